use std::borrow::Cow;

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::copied::raw_json;
use crate::store::{CommandKey, Fingerprint};
use crate::{CausationId, CommandId, Metadata, RecordedEvent, StreamId};

/// A command that a process manager sends, as bytes: what the runtime routes.
///
/// It is also a part of what is stored of a stateful manager, see [`Reacted`](super::Reacted).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outgoing {
    /// Its id: the same each time the manager reacts to the same cause, so that it is executed once.
    pub id: CommandId,
    /// Its name on the wire.
    pub name: Cow<'static, str>,
    /// The stream it goes to, if it is the command of an aggregate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<StreamId>,
    /// The command itself, as JSON.
    #[serde(with = "raw_json")]
    pub payload: Bytes,
}

impl Outgoing {
    /// The category of the aggregate that it goes to, if it goes to one: with the name, it makes the route.
    pub fn category(&self) -> Option<&str> {
        self.target.as_ref().map(StreamId::category)
    }

    /// Under what it is recorded that it was executed, or refused. The order in which the members of its objects come does
    /// not count: a map may be written in another one each time.
    pub(crate) fn key(&self) -> Result<CommandKey, serde_json::Error> {
        let mut payload: Value = serde_json::from_slice(&self.payload)?;
        payload.sort_all_objects();
        Ok(CommandKey {
            id: self.id,
            fingerprint: Fingerprint::of(&self.name, payload.to_string().as_bytes()),
        })
    }
}

/// The metadata of a command that an event has led to: its id, and of the event's metadata correlation, actor and trace.
///
/// An event whose metadata was not written by this framework has none of these.
pub fn metadata_caused_by(cause: &RecordedEvent, command: CommandId) -> Metadata {
    let mut metadata = Metadata::of_command(command);
    metadata.causation_id = CausationId::from(cause.id);
    if let Ok(known) = cause.metadata() {
        metadata.correlation_id = known.correlation_id;
        metadata.actor = known.actor;
        metadata.trace = known.trace;
    }
    metadata
}
