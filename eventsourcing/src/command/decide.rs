use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use bytes::Bytes;
use uuid::Uuid;

use crate::environment::IdSource;
use crate::event::{EncodeError, Encoded, Event};
use crate::execute::Bug;
use crate::{
    Actor, EventId, EventTypeName, InvalidStreamId, Metadata, NewEvent, StreamId, TenantId, Timestamp,
};

/// What a decision is made with: what it may know besides the state, and where its events go.
///
/// Time, ids, actor and metadata are the same on every attempt of a command.
pub struct Decide<C> {
    decision: Arc<Decision>,
    metadata: Bytes,
    /// Apart from the ids of events, whose number may change from attempt to attempt.
    new_ids: Ids,
    event_ids: Ids,
    writable: Vec<StreamId>,
    events: Vec<NewEvent>,
    bug: Option<Bug>,
    command: PhantomData<fn(C)>,
}

/// What a decision may know besides the state.
#[derive(Clone, Debug)]
pub struct Decision {
    /// When the command was taken up.
    pub now: Timestamp,
    /// Whose data it works on.
    pub tenant: TenantId,
    /// What will be stored beside each event.
    pub metadata: Metadata,
}

impl<C> Decide<C> {
    pub(crate) fn new(decision: Arc<Decision>, metadata: Bytes, ids: Arc<dyn IdSource>) -> Self {
        Self {
            decision,
            metadata,
            new_ids: Ids::new(Arc::clone(&ids)),
            event_ids: Ids::new(ids),
            writable: Vec::new(),
            events: Vec::new(),
            bug: None,
            command: PhantomData,
        }
    }

    /// Starts an attempt: nothing is emitted yet, and ids come in the same order as in the last one.
    pub(crate) fn restart(&mut self, writable: Vec<StreamId>) {
        self.new_ids.rewind();
        self.event_ids.rewind();
        self.writable = writable;
        self.events.clear();
        self.bug = None;
    }

    /// What was emitted since the start of the attempt.
    pub(crate) fn take_events(&mut self) -> Result<Vec<NewEvent>, Bug> {
        let events = std::mem::take(&mut self.events);
        self.bug.take().map_or(Ok(events), Err)
    }

    /// When the command was taken up.
    pub fn now(&self) -> Timestamp {
        self.decision.now
    }

    /// An id that is used nowhere else: the first call of every attempt returns the same one, and so on.
    pub fn new_id(&mut self) -> Uuid {
        self.new_ids.next()
    }

    /// On whose behalf the command runs.
    pub fn actor(&self) -> Option<&Actor> {
        self.decision.metadata.actor.as_ref()
    }

    /// Whose data it works on.
    pub fn tenant(&self) -> &TenantId {
        &self.decision.tenant
    }

    /// What will be stored beside each event.
    pub fn metadata(&self) -> &Metadata {
        &self.decision.metadata
    }

    pub(crate) fn decision(&self) -> &Arc<Decision> {
        &self.decision
    }

    /// Where [`new_id`](Self::new_id) takes them from.
    pub(crate) fn new_ids(&mut self) -> &mut Ids {
        &mut self.new_ids
    }

    pub(super) fn push<E: Event>(&mut self, event: &E) {
        self.push_to(event, None);
    }

    /// Emits an event of an aggregate. If the event does not say which stream it belongs to, that is the only one of the
    /// command.
    pub(crate) fn push_of_aggregate<E: Event>(&mut self, event: &E) {
        let own = self.writable.first().cloned();
        self.push_to(event, own);
    }

    fn push_to<E: Event>(&mut self, event: &E, unless_it_says: Option<StreamId>) {
        match self.admit(event, unless_it_says) {
            Ok(event) => self.events.push(event),
            Err(bug) => self.bug = self.bug.take().or(Some(bug)),
        }
    }

    fn admit<E: Event>(&mut self, event: &E, unless_it_says: Option<StreamId>) -> Result<NewEvent, Bug> {
        let encoded = event.encode()?;
        let name = encoded.event_type.name;
        let mut streams = distinct(event.streams(), name)?;
        if streams.is_empty() {
            streams.extend(unless_it_says);
        }
        let [home, links @ ..] = &*streams else {
            return Err(Bug::EventWithoutStream { event_type: name });
        };
        for stream in std::iter::once(home).chain(links) {
            if !self.writable.contains(stream) {
                return Err(Bug::UndeclaredStream {
                    stream: stream.clone(),
                    event_type: name,
                });
            }
        }
        read_back::<E>(&encoded)?;
        Ok(NewEvent {
            id: EventId::new(self.event_ids.next()),
            event_type: EventTypeName::from_static(name),
            schema_version: encoded.event_type.version,
            content_type: encoded.content_type,
            payload: encoded.payload,
            metadata: self.metadata.clone(),
            home: home.clone(),
            links: links.to_vec(),
        })
    }
}

/// What is stored must be readable: a number that JSON writes as `null`, or a `serde` attribute that only works one way,
/// would make the stream unreadable for ever.
fn read_back<E: Event>(encoded: &Encoded) -> Result<(), Bug> {
    match E::decode(encoded.as_stored()) {
        Ok(_) => Ok(()),
        Err(failure) => Err(Bug::UnreadableEvent {
            event_type: encoded.event_type.name,
            failure,
        }),
    }
}

fn distinct(
    streams: Result<Vec<StreamId>, InvalidStreamId>,
    event_type: &'static str,
) -> Result<Vec<StreamId>, Bug> {
    let mut streams = streams.map_err(|source| Bug::InvalidStream { event_type, source })?;
    let mut at = 1;
    while at < streams.len() {
        if streams[..at].contains(&streams[at]) {
            streams.remove(at);
        } else {
            at += 1;
        }
    }
    Ok(streams)
}

impl From<EncodeError> for Bug {
    fn from(error: EncodeError) -> Self {
        Self::UnwritableEvent(error)
    }
}

/// Ids that are made once and handed out again, in the same order, on the next attempt.
pub(crate) struct Ids {
    source: Arc<dyn IdSource>,
    made: Vec<Uuid>,
    used: usize,
}

impl Ids {
    pub(crate) fn new(source: Arc<dyn IdSource>) -> Self {
        Self {
            source,
            made: Vec::new(),
            used: 0,
        }
    }

    /// Gives them to somebody who brings them back.
    pub(crate) fn lend(&mut self) -> Self {
        let none = Self::new(Arc::clone(&self.source));
        std::mem::replace(self, none)
    }

    /// Starts over with the first id.
    fn rewind(&mut self) {
        self.used = 0;
    }

    pub(crate) fn next(&mut self) -> Uuid {
        if self.used == self.made.len() {
            self.made.push(self.source.new_id());
        }
        let id = self.made[self.used];
        self.used += 1;
        id
    }
}

impl<C> fmt::Debug for Decide<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Decide")
            .field("decision", &self.decision)
            .field("events", &self.events)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::CommandId;
    use crate::event::Event;
    use crate::testing::SequentialIds;

    #[derive(Event)]
    enum Noted {
        Down {
            #[stream]
            note: StreamId,
        },
    }

    #[test]
    fn new_ids_stay_the_same_even_if_an_attempt_emits_more_than_the_last() {
        let note = StreamId::new("note-1").unwrap();
        let metadata = Metadata::of_command(CommandId::new(Uuid::nil()));
        let decision = Decision {
            now: Timestamp::UNIX_EPOCH,
            tenant: TenantId::DEFAULT,
            metadata,
        };
        let mut cx = Decide::<()>::new(
            Arc::new(decision),
            Bytes::new(),
            Arc::new(SequentialIds::default()),
        );

        cx.restart(vec![note.clone()]);
        let first = cx.new_id();
        cx.restart(vec![note.clone()]);
        cx.push(&Noted::Down { note });
        assert_eq!(cx.new_id(), first);
        assert_ne!(cx.take_events().unwrap()[0].id.get(), first);
    }
}
