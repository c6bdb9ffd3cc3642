use super::Slot;
use crate::stream::StreamKey;
use crate::{InvalidStreamId, StreamId, TypeSet};

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
#[derive(Clone, Debug)]
pub enum Reads {
    /// The events of these types.
    Events(TypeSet),
    /// Its head alone; any event conflicts.
    Head,
    /// Nothing.
    Nothing,
}

impl Plan {
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
        self.add(Planned {
            stream,
            access,
            reads,
            slot,
        });
        Ok(())
    }

    /// Adds a stream.
    pub fn add(&mut self, planned: Planned) {
        self.streams.push(planned);
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
