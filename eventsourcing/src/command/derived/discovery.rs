use std::fmt;
use std::sync::Arc;

use super::fold::{self, FoldedFrom};
use crate::command::{Access, Discovered, InvalidStreamField, Plan, Planned, Reads, Slot};
use crate::event::DecodeError;
use crate::stream::StreamKey;
use crate::{EventTypes, InvalidStreamId, RecordedEvent, StreamId, Version};

/// How streams that are discovered under one name are bound to a part `T` of the state: [`Binding`](super::Binding) for
/// streams that no field names.
pub struct Discovery<K, T> {
    name: &'static str,
    field: u16,
    access: Access,
    reads: Reads,
    stream_of: fn(&K) -> Result<StreamId, InvalidStreamId>,
    admit: fn(&mut T, K),
    fold: fn(&mut T, u32, &StreamId, &[Arc<RecordedEvent>]) -> Result<(), DecodeError>,
    seen: fn(&mut T, u32, Version),
}

/// Each discovered stream is folded into a state of its own.
pub const fn discover_state<K, S: FoldedFrom<K, M>, M>(
    name: &'static str,
    field: u16,
    access: Access,
) -> Discovery<K, Discovered<K, S>> {
    Discovery {
        name,
        field,
        access,
        reads: Reads::Events(fold::types_of::<S>()),
        stream_of: S::stream_of,
        admit: Discovered::admit,
        fold: |discovered, index, stream, events| match discovered.entry(index) {
            Some((key, state)) => fold::fold(key, state, stream, events),
            None => Ok(()),
        },
        seen: |_, _, _| {},
    }
}

/// Of each discovered stream, the state has the version.
pub const fn discover_version<K: StreamKey>(
    name: &'static str,
    field: u16,
    access: Access,
) -> Discovery<K, Discovered<K, Version>> {
    Discovery {
        name,
        field,
        access,
        reads: Reads::Head,
        stream_of: K::to_stream_id,
        admit: Discovered::admit,
        fold: |_, _, _, _| Ok(()),
        seen: |discovered, index, head| {
            if let Some((_, version)) = discovered.entry(index) {
                *version = head;
            }
        },
    }
}

/// Discovered streams are only appended to; the state knows nothing of them.
pub const fn discover_append<K: StreamKey>(name: &'static str, field: u16) -> Discovery<K, ()> {
    Discovery {
        name,
        field,
        access: Access::Append,
        reads: Reads::Nothing,
        stream_of: K::to_stream_id,
        admit: |(), _| {},
        fold: |(), _, _, _| Ok(()),
        seen: |(), _, _| {},
    }
}

/// All streams of the command are folded into one state of its own, the discovered ones too.
pub const fn discover_own<K, S: FoldedFrom<K, M>, M>(
    name: &'static str,
    field: u16,
    access: Access,
) -> Discovery<K, S> {
    Discovery {
        name,
        field,
        access,
        reads: Reads::Events(fold::types_of::<S>()),
        stream_of: S::stream_of,
        admit: |_, _| {},
        fold: |state, _, stream, events| {
            fold::fold::<StreamId, S, fold::ParsedKey>(stream, state, stream, events)
        },
        seen: |_, _, _| {},
    }
}

impl<K, T> Discovery<K, T> {
    /// The event types that are read.
    pub const fn types(&self) -> &'static EventTypes {
        match self.reads {
            Reads::Events(types) => types,
            Reads::Head | Reads::Nothing => &EventTypes::NONE,
        }
    }

    /// Makes room in the state for streams that were found, and adds those that are new to the plan.
    ///
    /// # Errors
    /// If a key does not make a stream id.
    pub fn found(&self, keys: Vec<K>, state: &mut T, plan: &mut Plan) -> Result<(), InvalidStreamField> {
        for key in keys {
            let stream = (self.stream_of)(&key).map_err(|source| InvalidStreamField {
                field: self.name,
                source,
            })?;
            let known = plan
                .streams()
                .iter()
                .filter(|planned| planned.slot.field == self.field);
            if known.clone().any(|planned| planned.stream == stream) {
                continue;
            }
            let index = u32::try_from(known.count()).unwrap_or(u32::MAX);
            (self.admit)(state, key);
            plan.add(Planned {
                stream,
                access: self.access,
                reads: self.reads,
                slot: Slot {
                    field: self.field,
                    index,
                },
            });
        }
        Ok(())
    }

    /// Adds events of one of the streams.
    ///
    /// # Errors
    /// If an event cannot be read.
    pub fn fold(
        &self,
        state: &mut T,
        slot: Slot,
        stream: &StreamId,
        events: &[Arc<RecordedEvent>],
    ) -> Result<(), DecodeError> {
        (self.fold)(state, slot.index, stream, events)
    }

    /// Tells the head of one of the streams.
    pub fn seen(&self, state: &mut T, slot: Slot, head: Version) {
        (self.seen)(state, slot.index, head);
    }
}

impl<K, T> fmt::Debug for Discovery<K, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Discovery")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}
