use serde::{Deserialize, Serialize};

use super::{CopiedEvent, Outgoing};
use crate::event::Event;
use crate::wire::Rejection;
use crate::{CommandId, StreamId};

/// What is stored in the stream of an instance of a stateful process manager. The state is what its handlers make of these.
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
