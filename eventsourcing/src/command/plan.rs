use super::{Slot, StreamField};
use crate::stream::StreamKey;
use crate::{EventTypes, InvalidStreamId, StreamId};

/// The streams of a command, in the order of its fields.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    streams: Vec<Planned>,
}

/// One stream of a command.
#[derive(Clone, Debug)]
pub struct Planned {
    /// The stream.
    pub stream: StreamId,
    /// What the command may do with it.
    pub access: Access,
    /// What is read of it.
    pub reads: Reads,
    /// The part of the state that it is folded into.
    pub slot: Slot,
}

/// What a command may do with a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// `#[stream]`: read it, and append to it if it has not moved on since.
    ReadWrite,
    /// `#[stream(read)]`: read it, and append elsewhere only if it has not moved on since.
    Read,
    /// `#[stream(append)]`: append to it, whatever it holds.
    Append,
}

/// What a command reads of a stream, and so what can conflict with it.
#[derive(Clone, Copy, Debug)]
pub enum Reads {
    /// The events of these types.
    Events(&'static EventTypes),
    /// Its head alone; any event conflicts.
    Head,
    /// Nothing.
    Nothing,
}

impl Plan {
    /// Adds the streams of a field.
    ///
    /// # Errors
    /// If a key does not make a stream id.
    pub fn field<F: StreamField>(
        &mut self,
        name: &'static str,
        field: u16,
        keys: &F,
        access: Access,
        reads: Reads,
    ) -> Result<(), InvalidStreamField> {
        (0..)
            .zip(keys.keys())
            .try_for_each(|(index, key)| self.key(name, key, access, reads, Slot { field, index }))
    }

    /// Adds the stream of one key.
    ///
    /// # Errors
    /// If the key does not make a stream id.
    pub fn key<K: StreamKey>(
        &mut self,
        name: &'static str,
        key: &K,
        access: Access,
        reads: Reads,
        slot: Slot,
    ) -> Result<(), InvalidStreamField> {
        let stream = key
            .to_stream_id()
            .map_err(|source| InvalidStreamField { field: name, source })?;
        self.streams.push(Planned {
            stream,
            access,
            reads,
            slot,
        });
        Ok(())
    }

    /// The streams so far.
    pub fn streams(&self) -> &[Planned] {
        &self.streams
    }
}

/// A field of a command whose value does not name a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the field `{field}` does not name a stream")]
pub struct InvalidStreamField {
    /// The field.
    pub field: &'static str,
    /// What is wrong with its value.
    pub source: InvalidStreamId,
}
