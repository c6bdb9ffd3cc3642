use std::fmt;
use std::sync::Arc;

use super::Container;
use super::declared::Declared;
use super::fold::{self, FoldedFrom};
use crate::command::{Access, Folded, InvalidStreamField, Plan, Slot};
use crate::event::DecodeError;
use crate::stream::StreamKey;
use crate::{EventTypes, RecordedEvent, StreamId, Version};

/// How a stream field of a command is bound to a part `T` of its state.
///
/// The derive keeps one for each field. Only the functions that make one have bounds, so that a wrong key or state is
/// one compile error.
pub struct Binding<X: Container, K, T> {
    declared: Declared<K>,
    initial: fn(&X::Keys<K>) -> T,
    fold: Fold<K, T>,
    folded: fn(&mut T, u32) -> Option<&mut dyn Folded>,
    seen: fn(&mut T, u32, Version),
}

/// Folds events of a stream, whose key stands at a place in the field, into a part of the state.
type Fold<K, T> = fn(&K, &mut T, u32, &StreamId, &[Arc<RecordedEvent>]) -> Result<(), DecodeError>;

/// Each stream of the field is folded into a state of its own.
pub const fn bind_state<X: Container, K: Clone, S: FoldedFrom<K, M>, M>(
    name: &'static str,
    field: u16,
    access: Access,
) -> Binding<X, K, X::States<K, S>> {
    Binding {
        declared: Declared::folded::<S, M>(name, field, access),
        initial: X::initial,
        fold: |key, states, index, stream, events| match X::state::<K, S>(states, index) {
            Some(state) => fold::fold(key, state, stream, events),
            None => Ok(()),
        },
        folded: |states, index| Some(X::state::<K, S>(states, index)?),
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
        declared: Declared::versions(name, field, access),
        initial: X::initial,
        fold: |_, _, _, _, _| Ok(()),
        folded: |_, _| None,
        seen: |versions, index, head| {
            if let Some(version) = X::state::<K, Version>(versions, index) {
                *version = head;
            }
        },
    }
}

/// The streams of the field are only appended to; the state knows nothing of them.
pub const fn bind_append<X: Container, K: StreamKey>(name: &'static str, field: u16) -> Binding<X, K, ()> {
    bind_stateless(name, field)
}

/// The same, where something stands for the state.
pub const fn bind_stateless<X: Container, K: StreamKey, T: Default>(
    name: &'static str,
    field: u16,
) -> Binding<X, K, T> {
    Binding {
        declared: Declared::appended(name, field),
        initial: |_| T::default(),
        fold: |_, _, _, _, _| Ok(()),
        folded: |_, _| None,
        seen: |_, _, _| {},
    }
}

/// All streams of the command are folded into one state of its own.
pub const fn bind_own<X: Container, K, S: FoldedFrom<K, M>, M>(
    name: &'static str,
    field: u16,
    access: Access,
) -> Binding<X, K, S> {
    Binding {
        declared: Declared::folded::<S, M>(name, field, access),
        initial: |_| S::default(),
        fold: |key, state, _, stream, events| fold::fold(key, state, stream, events),
        folded: |_, _| None,
        seen: |_, _, _| {},
    }
}

impl<X: Container, K, T> Binding<X, K, T> {
    /// The event types that are read.
    pub const fn types(&self) -> &'static EventTypes {
        self.declared.types()
    }

    /// The category of the streams; `None` if they can be of any.
    pub const fn category(&self) -> Option<&'static str> {
        self.declared.category()
    }

    /// Adds the streams of the field to the plan.
    ///
    /// # Errors
    /// If a key does not make a stream id.
    pub fn plan(&self, keys: &X::Keys<K>, plan: &mut Plan) -> Result<(), InvalidStreamField> {
        for (index, key) in (0..).zip(X::keys(keys)) {
            self.declared.plan(self.declared.stream_of(key)?, index, plan);
        }
        Ok(())
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

    /// The state of one of the streams, if it has one of its own.
    pub fn folded<'s>(&self, state: &'s mut T, slot: Slot) -> Option<&'s mut dyn Folded> {
        (self.folded)(state, slot.index)
    }

    /// Tells the head of one of the streams.
    pub fn seen(&self, state: &mut T, slot: Slot, head: Version) {
        (self.seen)(state, slot.index, head);
    }
}

impl<X: Container, K, T> fmt::Debug for Binding<X, K, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Binding")
            .field("name", &self.declared.name)
            .finish_non_exhaustive()
    }
}
