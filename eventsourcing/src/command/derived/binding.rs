use std::fmt;
use std::sync::Arc;

use super::Container;
use super::fold::{self, FoldedFrom};
use crate::command::{Access, InvalidStreamField, Plan, Planned, Reads, Slot};
use crate::event::DecodeError;
use crate::stream::StreamKey;
use crate::{EventTypes, InvalidStreamId, RecordedEvent, StreamId, Version};

/// How a stream field of a command is bound to a part `T` of its state.
///
/// The derive keeps one for each field. Only the functions that make one have bounds, so that a wrong key or state is
/// one compile error.
pub struct Binding<X: Container, K, T> {
    name: &'static str,
    field: u16,
    access: Access,
    reads: Reads,
    stream_of: fn(&K) -> Result<StreamId, InvalidStreamId>,
    initial: fn(&X::Keys<K>) -> T,
    fold: fn(&K, &mut T, u32, &StreamId, &[Arc<RecordedEvent>]) -> Result<(), DecodeError>,
    seen: fn(&mut T, u32, Version),
}

/// Each stream of the field is folded into a state of its own.
pub const fn bind_state<X: Container, K: Clone, S: FoldedFrom<K, M>, M>(
    name: &'static str,
    field: u16,
    access: Access,
) -> Binding<X, K, X::States<K, S>> {
    Binding {
        name,
        field,
        access,
        reads: Reads::Events(fold::types_of::<S>()),
        stream_of: S::stream_of,
        initial: X::initial,
        fold: |key, states, index, stream, events| match X::state::<K, S>(states, index) {
            Some(state) => fold::fold(key, state, stream, events),
            None => Ok(()),
        },
        seen: |_, _, _| {},
    }
}

/// Of each stream of the field, the state has the version.
pub const fn bind_version<X: Container, K: StreamKey>(
    name: &'static str,
    field: u16,
    access: Access,
) -> Binding<X, K, X::States<K, Version>> {
    Binding {
        name,
        field,
        access,
        reads: Reads::Head,
        stream_of: K::to_stream_id,
        initial: X::initial,
        fold: |_, _, _, _, _| Ok(()),
        seen: |versions, index, head| {
            if let Some(version) = X::state::<K, Version>(versions, index) {
                *version = head;
            }
        },
    }
}

/// The streams of the field are only appended to; the state knows nothing of them.
pub const fn bind_append<X: Container, K: StreamKey>(name: &'static str, field: u16) -> Binding<X, K, ()> {
    Binding {
        name,
        field,
        access: Access::Append,
        reads: Reads::Nothing,
        stream_of: K::to_stream_id,
        initial: |_| (),
        fold: |_, (), _, _, _| Ok(()),
        seen: |(), _, _| {},
    }
}

/// All streams of the command are folded into one state of its own.
pub const fn bind_own<X: Container, K, S: FoldedFrom<K, M>, M>(
    name: &'static str,
    field: u16,
    access: Access,
) -> Binding<X, K, S> {
    Binding {
        name,
        field,
        access,
        reads: Reads::Events(fold::types_of::<S>()),
        stream_of: S::stream_of,
        initial: |_| S::default(),
        fold: |key, state, _, stream, events| fold::fold(key, state, stream, events),
        seen: |_, _, _| {},
    }
}

impl<X: Container, K, T> Binding<X, K, T> {
    /// The event types that are read.
    pub const fn types(&self) -> &'static EventTypes {
        match self.reads {
            Reads::Events(types) => types,
            Reads::Head | Reads::Nothing => &EventTypes::NONE,
        }
    }

    /// Adds the streams of the field to the plan.
    ///
    /// # Errors
    /// If a key does not make a stream id.
    pub fn plan(&self, keys: &X::Keys<K>, plan: &mut Plan) -> Result<(), InvalidStreamField> {
        (0..).zip(X::keys(keys)).try_for_each(|(index, key)| {
            let stream = (self.stream_of)(key).map_err(|source| InvalidStreamField {
                field: self.name,
                source,
            })?;
            plan.add(Planned {
                stream,
                access: self.access,
                reads: self.reads,
                slot: Slot {
                    field: self.field,
                    index,
                },
            });
            Ok(())
        })
    }

    /// The part of the state, before any event.
    pub fn initial(&self, keys: &X::Keys<K>) -> T {
        (self.initial)(keys)
    }

    /// Adds events of one of the streams.
    ///
    /// # Errors
    /// If an event cannot be read.
    pub fn fold(
        &self,
        keys: &X::Keys<K>,
        state: &mut T,
        slot: Slot,
        stream: &StreamId,
        events: &[Arc<RecordedEvent>],
    ) -> Result<(), DecodeError> {
        match X::keys(keys).get(slot.index as usize) {
            Some(key) => (self.fold)(key, state, slot.index, stream, events),
            None => Ok(()),
        }
    }

    /// Tells the head of one of the streams.
    pub fn seen(&self, state: &mut T, slot: Slot, head: Version) {
        (self.seen)(state, slot.index, head);
    }
}

impl<X: Container, K, T> fmt::Debug for Binding<X, K, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Binding")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}
