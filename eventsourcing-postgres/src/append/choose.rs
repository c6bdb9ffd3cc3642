use std::collections::{HashSet, VecDeque};
use std::sync::Arc;

use eventsourcing_core::{CommandId, NewEvent, StreamId};

use super::Command;
use crate::room::{bytes, places};

/// What one batch may hold: about as much as the server works off in a few milliseconds. Places are those of events, links
/// and conditions.
const COMMANDS: usize = 256;
const PLACES: usize = 4_096;
const BYTES: usize = 4 * 1024 * 1024;

/// Takes commands that do not get in each other's way. Those that do stay in the queue, in their order.
///
/// The server checks all conditions of a batch before it writes any of its events. That is as if the commands came one
/// after the other, if none has a condition on a stream that one before it writes, and no command id and no reader comes
/// twice.
pub(super) fn choose(queue: &mut VecDeque<Command>) -> Vec<Command> {
    let mut batch = Batch::default();
    let mut waiting = VecDeque::new();
    while let Some(command) = queue.pop_front() {
        // Its caller has stopped waiting, and nothing of it was sent.
        if command.reply.is_closed() {
            continue;
        }
        match batch.fit(&command) {
            Fit::Joins => batch.add(command),
            Fit::Waits => waiting.push_back(command),
            Fit::IsTooMuch => {
                waiting.push_back(command);
                break;
            }
        }
    }
    // What waits came before what is still in the queue.
    waiting.append(queue);
    *queue = waiting;
    batch.commands
}

#[derive(Default)]
struct Batch {
    commands: Vec<Command>,
    places: usize,
    bytes: usize,
    written: HashSet<(i32, StreamId)>,
    ids: HashSet<(i32, CommandId)>,
    readers: HashSet<(i32, Arc<str>)>,
}

enum Fit {
    Joins,
    Waits,
    IsTooMuch,
}

impl Batch {
    fn fit(&self, command: &Command) -> Fit {
        let Some(first) = self.commands.first() else {
            return Fit::Joins;
        };
        let (tenant, append) = (command.tenant.key(), &*command.append);
        if self.commands.len() == COMMANDS
            || self.places + places(append) > PLACES
            || self.bytes + bytes(append) > BYTES
        {
            Fit::IsTooMuch
        } else if command.fence != first.fence
            || append
                .command
                .is_some_and(|command| self.ids.contains(&(tenant, command.id)))
            || append
                .progress
                .as_ref()
                .is_some_and(|progress| self.readers.contains(&(tenant, Arc::clone(&progress.reader))))
            || append
                .conditions
                .iter()
                .any(|condition| self.written.contains(&(tenant, condition.stream.clone())))
        {
            Fit::Waits
        } else {
            Fit::Joins
        }
    }

    fn add(&mut self, command: Command) {
        let (tenant, append) = (command.tenant.key(), &*command.append);
        self.places += places(append);
        self.bytes += bytes(append);
        let written = append.events.iter().flat_map(NewEvent::streams);
        self.written
            .extend(written.map(|stream| (tenant, stream.clone())));
        self.ids
            .extend(append.command.map(|command| (tenant, command.id)));
        let progress = append.progress.iter();
        self.readers
            .extend(progress.map(|progress| (tenant, Arc::clone(&progress.reader))));
        self.commands.push(command);
    }
}

#[cfg(test)]
mod tests {
    use eventsourcing_core::store::{
        Append, AppendError, Appended, Checkpoint, StoreEpoch, StoreId, StoreIdentity,
    };
    use eventsourcing_core::{Position, TenantId};
    use eventsourcing_testkit::fixture::{AppendExt, NewEventExt, append, event};
    use tokio::sync::oneshot::{Receiver, channel};
    use uuid::Uuid;

    use super::*;
    use crate::room::Room;
    use crate::tenant::Tenants;

    type Reply = Receiver<Result<Appended, AppendError>>;

    fn queue(appends: impl IntoIterator<Item = Append>) -> (VecDeque<Command>, Vec<Reply>) {
        let (tenants, room) = (Tenants::default(), Room::new(usize::MAX));
        let command = |append: Append| {
            let (reply, outcome) = channel();
            let command = Command {
                room: room.take(&append).expect("there is room"),
                append: Arc::new(append),
                tenant: tenants.get(&TenantId::DEFAULT),
                fence: 0,
                reply,
            };
            (command, outcome)
        };
        appends.into_iter().map(command).unzip()
    }

    #[test]
    fn a_batch_ends_before_it_has_too_many_conditions_or_links() {
        let conditional = (0..1_000).fold(append([]), |append, nth| append.if_absent(&format!("a-{nth}")));
        let linked = || {
            (0..15).fold(event("a.Happened", "a-1"), |event, nth| {
                event.linked_to(&format!("b-{nth}"))
            })
        };
        let linked = append((0..100).map(|_| linked()));
        for (append, fitting) in [(conditional, 4), (linked, 2)] {
            let (mut queue, _outcomes) = queue(vec![append; 7]);
            assert_eq!(choose(&mut queue).len(), fitting);
            assert_eq!(queue.len(), 7 - fitting);
        }
    }

    #[test]
    fn a_reader_comes_once_in_a_batch() {
        let start = Checkpoint {
            store: StoreIdentity {
                id: StoreId::new(Uuid::nil()),
                epoch: StoreEpoch::new(Uuid::nil()),
            },
            position: Position::START,
        };
        let moves = ["one", "other", "one"].map(|reader| append([]).moving(reader, None, start));
        let (mut queue, _outcomes) = queue(moves);
        assert_eq!(choose(&mut queue).len(), 2);
        assert_eq!(choose(&mut queue).len(), 1);
    }

    #[test]
    fn nothing_is_chosen_if_nobody_waits() {
        let (mut queue, outcomes) = queue([append([event("a.Happened", "a-1")])]);
        drop(outcomes);
        assert!(choose(&mut queue).is_empty());
    }
}
