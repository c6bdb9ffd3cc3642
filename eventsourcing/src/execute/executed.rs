use std::sync::Arc;

use crate::event::{DecodeError, Event, Recorded};
use crate::store::Appended;
use crate::{CommandId, Position, RecordedEvent, StreamId, Version};

/// What came of a command.
#[derive(Clone, Debug)]
pub struct Executed {
    command_id: CommandId,
    events: Vec<Arc<RecordedEvent>>,
    position: Position,
    attempts: u32,
    repeated: bool,
}

impl Executed {
    pub(super) fn new(command_id: CommandId, appended: Appended, attempts: u32) -> Self {
        Self {
            command_id,
            events: appended.events,
            position: appended.position,
            attempts,
            repeated: appended.repeated,
        }
    }

    /// The id of the command, which its events carry in their metadata.
    pub fn command_id(&self) -> CommandId {
        self.command_id
    }

    /// The events as they lie in the store, in the order in which they were emitted.
    pub fn events(&self) -> &[Arc<RecordedEvent>] {
        &self.events
    }

    /// The events of one Rust type; others are left out.
    ///
    /// # Errors
    /// If an event cannot be read, which can only happen if another program wrote it under the same command id.
    pub fn events_of<E: Event>(&self) -> Result<Vec<Recorded<E>>, DecodeError> {
        self.events
            .iter()
            .filter(|event| E::TYPES.contains(event.event_type.as_str()))
            .map(|event| Recorded::decode(Arc::clone(event)))
            .collect()
    }

    /// The version that the command brought a stream to, if it wrote to it.
    pub fn version_of(&self, stream: &StreamId) -> Option<Version> {
        self.events
            .iter()
            .rev()
            .find_map(|event| event.version_in(stream))
    }

    /// The position of its last event. Readers that have come this far have seen everything the command did. If it emitted
    /// nothing, it is the end of the log at that moment or a little later.
    pub fn position(&self) -> Position {
        self.position
    }

    /// How often it was tried, the last time included.
    pub fn attempts(&self) -> u32 {
        self.attempts
    }

    /// Whether a command with the same id had run before, and this is what came of it.
    pub fn is_repeated(&self) -> bool {
        self.repeated
    }
}
