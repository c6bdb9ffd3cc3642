use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{CopiedEvent, Failure, Outgoing, ids, metadata_caused_by};
use crate::event::{DecodeError, Event};
use crate::stream::StreamKey;
use crate::wire::Rejection;
use crate::{CommandId, EventTypeName, NewEvent, RecordedEvent, StreamId};

/// What is stored in the stream of an instance of a stateful process manager. The state is what its handlers make of these.
///
/// A manager without state that sends commands to another store than that of the event has a stream for each such event, with
/// the one record of what it has sent: `process_sent-<name>/<event id>`.
///
/// # Stored format
/// JSON, in the stream `<category>-<key>`. The commands in them are the ones that were sent: should the code of the handlers
/// change, what they sent does not.
///
/// ```json
/// { "type": "process.Reacted", "payload": {
///     "instance": "fulfilment-17", "manager": "fulfilment", "role": "start",
///     "cause": { "id": "..", "position": 4, "type": "order.Placed", "payload": { "json": { "order": "17" } }, ".." : ".." },
///     "commands": [ { "id": "..", "name": "TakePayment", "payload": { "order": "17" } } ]
/// } }
/// { "type": "process.Refused", "payload": {
///     "instance": "fulfilment-17", "manager": "fulfilment", "command": "..",
///     "rejection": { "message": "the card was declined" },
///     "commands": [ { "id": "..", "name": "Cancel", "target": "order-17", "payload": { "reason": ".." } } ]
/// } }
/// ```
#[derive(Event, Clone, Debug)]
pub enum ProcessEvent {
    /// It has reacted to an event.
    Reacted(Reacted),
    /// A command that it has sent was refused, and it has reacted to that.
    Refused(Refused),
}

/// An instance has reacted to an event.
#[derive(Event, Clone, Debug, Serialize, Deserialize)]
#[event(name = "process.Reacted")]
pub struct Reacted {
    /// The stream of the instance.
    #[stream]
    pub instance: StreamId,
    /// The name of the process manager.
    pub manager: String,
    /// What the event did to the instance.
    pub role: Role,
    /// The event.
    pub cause: CopiedEvent,
    /// What was sent.
    pub commands: Vec<Outgoing>,
}

/// A command that an instance has sent was refused.
#[derive(Event, Clone, Debug, Serialize, Deserialize)]
#[event(name = "process.Refused")]
pub struct Refused {
    /// The stream of the instance.
    #[stream]
    pub instance: StreamId,
    /// The name of the process manager.
    pub manager: String,
    /// The command.
    pub command: CommandId,
    /// Why it was refused.
    pub rejection: Rejection,
    /// What was sent in response.
    pub commands: Vec<Outgoing>,
}

/// A command was refused in another store than that of the instance that has sent it. This is recorded there under the id
/// of the command, so that the command is not executed any more; then the instance is told.
///
/// # Stored format
/// JSON, in the stream `process_withdrawn-<command id>`.
///
/// ```json
/// { "type": "process.Withdrawn", "payload": {
///     "command": "..", "manager": "fulfilment", "instance": "fulfilment-17",
///     "rejection": { "message": "out of stock" }
/// } }
/// ```
#[derive(Event, Clone, Debug, Serialize, Deserialize)]
#[event(name = "process.Withdrawn")]
pub(super) struct Withdrawn {
    /// The command.
    #[stream]
    pub(super) command: WithdrawnCommand,
    /// The name of the process manager.
    pub(super) manager: String,
    /// The stream of the instance that has sent it.
    pub(super) instance: StreamId,
    /// Why it was refused.
    pub(super) rejection: Rejection,
}

/// A command that is not to be executed any more: it names the streams of the category `process_withdrawn`.
#[derive(StreamKey, Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[stream_key(category = "process_withdrawn")]
#[serde(transparent)]
pub(super) struct WithdrawnCommand(pub(super) CommandId);

/// A record of a process manager, as it is to be appended to a stream.
pub(super) fn record_of(
    manager: &'static str,
    reacts_to: Uuid,
    cause: &RecordedEvent,
    event: &ProcessEvent,
    home: &StreamId,
) -> Result<NewEvent, Failure> {
    let encoded = event.encode()?;
    let record_id = ids::record_id(manager, reacts_to);
    Ok(NewEvent {
        id: ids::record_event_id(manager, reacts_to),
        event_type: EventTypeName::from_static(encoded.event_type.name),
        schema_version: encoded.event_type.version,
        content_type: encoded.content_type,
        payload: encoded.payload,
        metadata: metadata_caused_by(cause, record_id).to_bytes(),
        home: home.clone(),
        links: Vec::new(),
    })
}

/// Reads a record. Events of other kinds in the stream are nobody's concern.
pub(super) fn recorded(record: &RecordedEvent) -> Result<Option<ProcessEvent>, Failure> {
    if !ProcessEvent::TYPES.contains(record.event_type.as_str()) {
        return Ok(None);
    }
    match ProcessEvent::decode(record.into()) {
        Ok(event) => Ok(Some(event)),
        Err(failure) => Err(DecodeError::of(record, failure).into()),
    }
}

impl Withdrawn {
    /// As it is to be appended where the command was refused.
    pub(super) fn to_record(
        &self,
        manager: &'static str,
        cause: &RecordedEvent,
    ) -> Result<NewEvent, Failure> {
        let encoded = self.encode()?;
        let command = self.command.0;
        let home = self.command.to_stream_id();
        Ok(NewEvent {
            id: ids::withdrawn_event_id(manager, command.get()),
            event_type: EventTypeName::from_static(encoded.event_type.name),
            schema_version: encoded.event_type.version,
            content_type: encoded.content_type,
            payload: encoded.payload,
            metadata: metadata_caused_by(cause, command).to_bytes(),
            home: home.map_err(|error| Failure::InvalidKey {
                event: encoded.event_type.name,
                source: error.into(),
            })?,
            links: Vec::new(),
        })
    }

    /// Why a command was refused, if this event says that it was withdrawn.
    pub(super) fn read(event: &RecordedEvent) -> Result<Option<Rejection>, Failure> {
        if !Self::TYPES.contains(event.event_type.as_str()) {
            return Ok(None);
        }
        match Self::decode(event.into()) {
            Ok(withdrawn) => Ok(Some(withdrawn.rejection)),
            Err(failure) => Err(DecodeError::of(event, failure).into()),
        }
    }
}

/// What an event does to an instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// It starts.
    Start,
    /// It goes on.
    Continue,
    /// It has come to its end.
    Stop,
}
