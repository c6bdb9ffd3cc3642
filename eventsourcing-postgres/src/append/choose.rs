use std::collections::{HashSet, VecDeque};

use eventsourcing_core::store::Append;
use eventsourcing_core::{CommandId, NewEvent, StreamId};

use super::Command;

/// What one batch may hold: about as much as the server works off in a few milliseconds.
const COMMANDS: usize = 256;
const EVENTS: usize = 4_096;
const BYTES: usize = 4 * 1024 * 1024;

/// Takes commands that do not get in each other's way. Those that do stay in the queue, in their order.
///
/// The server checks all conditions of a batch before it writes any of its events. That is as if the commands came one
/// after the other, if none has a condition on a stream that one before it writes, and no command id comes twice.
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
    events: usize,
    bytes: usize,
    written: HashSet<(i32, StreamId)>,
    ids: HashSet<(i32, CommandId)>,
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
            || self.events + append.events.len() > EVENTS
            || self.bytes + bytes(append) > BYTES
        {
            Fit::IsTooMuch
        } else if command.fence != first.fence
            || append
                .command
                .is_some_and(|command| self.ids.contains(&(tenant, command.id)))
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
        self.events += append.events.len();
        self.bytes += bytes(append);
        let written = append.events.iter().flat_map(NewEvent::streams);
        self.written
            .extend(written.map(|stream| (tenant, stream.clone())));
        self.ids
            .extend(append.command.map(|command| (tenant, command.id)));
        self.commands.push(command);
    }
}

fn bytes(append: &Append) -> usize {
    append
        .events
        .iter()
        .map(|event| event.payload.len() + event.metadata.len())
        .sum()
}
