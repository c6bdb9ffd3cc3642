use std::fmt;
use std::sync::Arc;

use super::declared::Declared;
use super::fold::{self, FoldedFrom, ParsedKey};
use crate::command::{Access, Discovered, Folded, InvalidStreamField, Plan, Slot};
use crate::event::DecodeError;
use crate::stream::StreamKey;
use crate::{EventTypes, RecordedEvent, StreamId, Version};

/// How streams that are discovered under one name are bound to a part `T` of the state, as a
/// [`Binding`](super::Binding) binds those of a field.
pub struct Discovery<K, T> {
    declared: Declared<K>,
    admit: fn(&mut T, K),
    fold: Fold<T>,
    folded: fn(&mut T, u32) -> Option<&mut dyn Folded>,
    seen: fn(&mut T, u32, Version),
}

/// Folds events of a stream, which was found at a place in the order of discovery, into a part of the state.
type Fold<T> = fn(&mut T, u32, &StreamId, &[Arc<RecordedEvent>]) -> Result<(), DecodeError>;

/// Each discovered stream is folded into a state of its own.
pub const fn discover_state<K, S: FoldedFrom<K, M>, M>(
    name: &'static str,
    field: u16,
    access: Access,
) -> Discovery<K, Discovered<K, S>> {
    Discovery {
        declared: Declared::folded::<S, M>(name, field, access),
        admit: Discovered::admit,
        fold: |discovered, index, stream, events| match discovered.entry(index) {
            Some((key, state)) => fold::fold(key, state, stream, events),
            None => Ok(()),
        },
        folded: |discovered, index| Some(discovered.entry(index)?.1),
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
        declared: Declared::versions(name, field, access),
        admit: Discovered::admit,
        fold: |_, _, _, _| Ok(()),
        folded: |_, _| None,
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
        declared: Declared::appended(name, field),
        admit: |(), _| {},
        fold: |(), _, _, _| Ok(()),
        folded: |(), _| None,
        seen: |(), _, _| {},
    }
}

/// All streams of the command are folded into one state of its own, the discovered ones too.
///
/// Their keys are not kept, so the state's key is read from the name of the stream.
pub const fn discover_own<K, S: FoldedFrom<K, M>, M>(
    name: &'static str,
    field: u16,
    access: Access,
) -> Discovery<K, S> {
    Discovery {
        declared: Declared::folded::<S, M>(name, field, access),
        admit: |_, _| {},
        fold: |state, _, stream, events| fold::fold::<_, _, ParsedKey>(stream, state, stream, events),
        folded: |_, _| None,
        seen: |_, _, _| {},
    }
}

impl<K, T> Discovery<K, T> {
    /// The event types that are read.
    pub const fn types(&self) -> &'static EventTypes {
        self.declared.types()
    }

    /// The category of the streams; `None` if they can be of any.
    pub const fn category(&self) -> Option<&'static str> {
        self.declared.category()
    }

    /// Makes room in the state for streams that were found, and adds those that are new to the plan.
    ///
    /// # Errors
    /// If a key does not make a stream id.
    pub fn found(&self, keys: Vec<K>, state: &mut T, plan: &mut Plan) -> Result<(), InvalidStreamField> {
        for key in keys {
            let stream = self.declared.stream_of(&key)?;
            let known = || {
                plan.streams()
                    .iter()
                    .filter(|planned| planned.slot.field == self.declared.field)
            };
            if known().all(|planned| planned.stream != stream) {
                let index = u32::try_from(known().count()).unwrap_or(u32::MAX);
                (self.admit)(state, key);
                self.declared.plan(stream, index, plan);
            }
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

    /// The state of one of the streams, if it has one of its own.
    pub fn folded<'s>(&self, state: &'s mut T, slot: Slot) -> Option<&'s mut dyn Folded> {
        (self.folded)(state, slot.index)
    }

    /// Tells the head of one of the streams.
    pub fn seen(&self, state: &mut T, slot: Slot, head: Version) {
        (self.seen)(state, slot.index, head);
    }
}

impl<K, T> fmt::Debug for Discovery<K, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Discovery")
            .field("name", &self.declared.name)
            .finish_non_exhaustive()
    }
}
