//! A command that is made by hand, and writes down what is folded into it.

use std::sync::Arc;

use bytes::Bytes;

use crate::command::{
    Access, Command, CommandKind, CommandLogic, Decide, Decider, InvalidStreamField, Plan, Planned, Reads,
    Slot, Undecided,
};
use crate::event::{DecodeError, DecodeFailure, EncodeError, Encoded, Event, Json, Stored, Variant};
use crate::store::StreamSlice;
use crate::{
    ContentType, EventId, EventType, EventTypeName, EventTypes, InvalidStreamId, NewEvent, Position,
    RecordedEvent, StreamId, StreamVersion, TenantId, Timestamp, TypeSet, Version,
};

const fn one_type(own: &'static [EventType]) -> EventTypes {
    EventTypes {
        origin: module_path!(),
        own,
        nested: &[],
        retired: &[],
    }
}

const fn named(name: &'static str) -> EventType {
    EventType::new(name, 1, &[])
}

pub(super) static ADDED: EventTypes = one_type(&[named("test.Added")]);
pub(super) static RENAMED: EventTypes = one_type(&[named("test.Renamed")]);

/// An event in any number of streams.
pub(super) struct Added(pub(super) Vec<StreamId>);

impl Event for Added {
    const TYPES: EventTypes = one_type(&[named("test.Added")]);
    const VARIANTS: &'static [Variant] = &[];

    fn streams(&self) -> Result<Vec<StreamId>, InvalidStreamId> {
        Ok(self.0.clone())
    }

    fn encode(&self) -> Result<Encoded, EncodeError> {
        Encoded::by::<Json>(named("test.Added"), &self.0)
    }

    fn decode(stored: Stored<'_>) -> Result<Self, DecodeFailure> {
        stored.payload_by::<Json, _>().map(Self)
    }
}

/// A command over any streams. With `COMMIT_ORDER`, one state folds them all.
pub(super) struct Probe<const COMMIT_ORDER: bool = false> {
    pub(super) plan: Vec<Planned>,
    pub(super) discover: fn(&Log) -> Vec<Planned>,
    pub(super) handle: fn(&Log, &mut Decide<Self>) -> Result<(), Refused>,
}

#[derive(Debug, PartialEq, thiserror::Error)]
#[error("refused")]
pub(super) struct Refused;

/// What was folded into which field, and what is known of the heads.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Log {
    /// The field, and the event as `stream@version`.
    pub(super) folded: Vec<(u16, String)>,
    /// The field, and the head of its stream.
    pub(super) heads: Vec<(u16, u64)>,
    found: Vec<u16>,
}

/// A command that discovers nothing and does nothing.
pub(super) fn over(plan: impl Into<Vec<Planned>>) -> Probe {
    Probe {
        plan: plan.into(),
        discover: |_| Vec::new(),
        handle: |_, _| Ok(()),
    }
}

/// A command with one state for all streams, that does nothing.
pub(super) fn in_commit_order(
    plan: impl Into<Vec<Planned>>,
    discover: fn(&Log) -> Vec<Planned>,
) -> Probe<true> {
    Probe {
        plan: plan.into(),
        discover,
        handle: |_, _| Ok(()),
    }
}

impl<const COMMIT_ORDER: bool> Command for Probe<COMMIT_ORDER> {
    const NAME: &'static str = "Probe";
    const EMITS: &'static [&'static EventTypes] = &[];
    const READS: &'static [&'static EventTypes] = &[];
    const ORIGIN: &'static str = concat!(module_path!(), "::Probe");
    const COMMIT_ORDER: bool = COMMIT_ORDER;

    type Origin = Self;
    type State = Log;
    type Found = Vec<Planned>;

    fn plan(&self, plan: &mut Plan) -> Result<(), InvalidStreamField> {
        self.plan.iter().try_for_each(|planned| add(plan, planned))
    }

    fn initial(&self) -> Log {
        Log::default()
    }

    fn fold(
        &self,
        state: &mut Log,
        slot: Slot,
        stream: &StreamId,
        events: &[Arc<RecordedEvent>],
    ) -> Result<(), DecodeError> {
        for event in events {
            let version = event.version_in(stream).expect("an event of the stream");
            state.folded.push((slot.field, format!("{stream}@{version}")));
        }
        Ok(())
    }

    fn seen(&self, state: &mut Log, slot: Slot, head: Version) {
        state.heads.retain(|(field, _)| *field != slot.field);
        state.heads.push((slot.field, head.get()));
        state.heads.sort_unstable();
    }

    fn discover(&self, state: &Log, found: &mut Vec<Planned>) {
        *found = (self.discover)(state);
    }

    fn found(&self, found: Vec<Planned>, state: &mut Log, plan: &mut Plan) -> Result<(), InvalidStreamField> {
        for planned in found {
            if !state.found.contains(&planned.slot.field) {
                state.found.push(planned.slot.field);
                add(plan, &planned)?;
            }
        }
        Ok(())
    }
}

impl<const COMMIT_ORDER: bool> CommandLogic for Probe<COMMIT_ORDER> {
    type Error = Refused;

    fn handle(&self, state: &Log, cx: &mut Decide<Self>) -> Result<(), Refused> {
        (self.handle)(state, cx)
    }
}

/// A probe of which only what is folded matters.
pub(super) struct Folding<'a, const COMMIT_ORDER: bool>(pub(super) &'a mut Log);

impl<const COMMIT_ORDER: bool> Decider for Folding<'_, COMMIT_ORDER> {
    type Rejection = Refused;

    fn kind(&self) -> CommandKind {
        CommandKind::Named("probe".into())
    }

    fn knows(&self, _: &str) -> bool {
        true
    }

    fn commit_order(&self) -> bool {
        COMMIT_ORDER
    }

    fn plan(&self, _: &mut Plan) -> Result<(), InvalidStreamField> {
        Ok(())
    }

    fn reset(&mut self) {
        *self.0 = Log::default();
    }

    fn fold(
        &mut self,
        slot: Slot,
        stream: &StreamId,
        events: &[Arc<RecordedEvent>],
    ) -> Result<(), DecodeError> {
        over([]).fold(self.0, slot, stream, events)
    }

    fn seen(&mut self, slot: Slot, head: Version) {
        over([]).seen(self.0, slot, head);
    }

    fn decide(&mut self, _: Vec<StreamId>) -> Result<Vec<NewEvent>, Undecided<Refused>> {
        Err(Undecided::Rejected(Refused))
    }
}

fn add(plan: &mut Plan, planned: &Planned) -> Result<(), InvalidStreamField> {
    let Planned {
        stream,
        access,
        reads,
        slot,
    } = planned;
    plan.key("stream", stream, *access, reads.clone(), *slot)
}

pub(super) fn stream(id: &str) -> StreamId {
    StreamId::new(id).unwrap()
}

/// A stream that a field reads and may write.
pub(super) fn writes(field: u16, id: &str) -> Planned {
    Planned {
        stream: stream(id),
        access: Access::ReadWrite,
        reads: Reads::Events(TypeSet::of(&ADDED)),
        slot: Slot { field, index: 0 },
    }
}

/// A stream that a field only reads.
pub(super) fn reads(field: u16, id: &str) -> Planned {
    Planned {
        access: Access::Read,
        ..writes(field, id)
    }
}

/// A stream that a field only appends to.
pub(super) fn appends(field: u16, id: &str) -> Planned {
    Planned {
        access: Access::Append,
        reads: Reads::Nothing,
        ..writes(field, id)
    }
}

/// An event that is in these streams, at these versions.
pub(super) fn recorded(position: u64, places: &[(&str, u64)]) -> Arc<RecordedEvent> {
    let mut places = places.iter().map(|(id, version)| StreamVersion {
        stream: stream(id),
        version: Version::new(*version),
    });
    Arc::new(RecordedEvent {
        id: EventId::new(uuid::Uuid::from_u128(position.into())),
        tenant: TenantId::DEFAULT,
        position: Position::new(position),
        event_type: EventTypeName::from_static("test.Added"),
        schema_version: 1,
        content_type: ContentType::JSON,
        payload: Bytes::from_static(b"[]"),
        metadata: Bytes::from_static(b"{}"),
        recorded_at: Timestamp::UNIX_EPOCH,
        home: places.next().unwrap(),
        links: places.collect(),
    })
}

pub(super) fn slice(head: u64, events: impl Into<Vec<Arc<RecordedEvent>>>) -> StreamSlice {
    StreamSlice {
        head: Version::new(head),
        events: events.into(),
    }
}
