use std::fmt;
use std::sync::Arc;

use super::{Failure, Outgoing};
use crate::wire::Rejection;
use crate::{CommandId, NewEvent, RecordedEvent, StreamId};

/// What a process manager does, for whoever runs it: over recorded events, and commands as bytes. Nothing here waits, or talks
/// to a store.
#[derive(Clone, Copy)]
pub enum Behaviour {
    /// It reacts to each event by itself.
    Stateless(&'static dyn Stateless),
    /// It remembers, per instance, what it has reacted to.
    Stateful(&'static dyn Stateful),
}

impl Behaviour {
    /// What the events are handled in the order of: the stream of the instance, or for a manager without state the home
    /// of the event. `None` if the event is none that it waits for.
    ///
    /// # Errors
    /// If the event cannot be read, or its key makes no stream id.
    pub fn instance(&self, event: &Arc<RecordedEvent>) -> Result<Option<StreamId>, Failure> {
        match self {
            Self::Stateless(manager) => Ok(manager.listens(event).then(|| event.home.stream.clone())),
            Self::Stateful(manager) => manager.instance(event),
        }
    }
}

impl fmt::Debug for Behaviour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Stateless(_) => "Stateless",
            Self::Stateful(_) => "Stateful",
        })
    }
}

/// A process manager without state. `#[process_manager]` on a function makes it.
pub trait Stateless: Send + Sync {
    /// Whether it waits for events of this type.
    fn listens(&self, event: &RecordedEvent) -> bool;

    /// What it sends on an event, in order. The same event gives the same ids.
    ///
    /// # Errors
    /// If the event cannot be read, a command cannot be written, or the function panics.
    fn react(&self, event: &Arc<RecordedEvent>) -> Result<Vec<Outgoing>, Failure>;
}

/// A process manager with state. `#[process_manager]` on an `impl` makes it.
pub trait Stateful: Send + Sync {
    /// The stream of the instance that an event is for; `None` if the manager does not wait for it.
    ///
    /// # Errors
    /// If the event cannot be read, or its key makes no stream id.
    fn instance(&self, event: &Arc<RecordedEvent>) -> Result<Option<StreamId>, Failure>;

    /// An instance as its stream tells it: all its [`ProcessEvent`](super::ProcessEvent)s, from the first, in order.
    ///
    /// The handlers run over what they have reacted to; what they send is passed over. So a handler that is changed sees old
    /// events too, and must still make the state of them that the others expect.
    ///
    /// # Errors
    /// If one cannot be read, its handler is gone, or panics.
    fn replay(
        &self,
        instance: &StreamId,
        history: &[Arc<RecordedEvent>],
    ) -> Result<Box<dyn Instance>, Failure>;

    /// Whether it does something when this command is refused.
    fn handles_refusal_of(&self, command: &Outgoing) -> bool;
}

/// An instance of a stateful process manager: its state, and all that it has ever sent.
///
/// It takes what it decides for recorded. If that was not appended, or after an error, it is of no use: replay it.
pub trait Instance: Send {
    /// Reacts to an event.
    ///
    /// # Errors
    /// If the event cannot be read, is not what `strict` asks for, a command cannot be written, or the handler panics.
    fn react(&mut self, event: &Arc<RecordedEvent>) -> Result<Reaction, Failure>;

    /// Reacts to the refusal of a command that it has sent.
    ///
    /// # Errors
    /// If it has not sent the command, or as for [`react`](Self::react).
    fn refused(&mut self, command: CommandId, rejection: &Rejection) -> Result<Reaction, Failure>;

    /// Whether it was started, and has not come to its end.
    fn is_running(&self) -> bool;
}

/// What comes of an event, or of the refusal of a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reaction {
    /// No handler takes it: the event is for a running instance, and this one is not; or nobody said what to do when the
    /// command is refused.
    PassedOver,
    /// It is to be recorded, and then the commands are to be sent.
    New {
        /// What is to be appended to the stream of the instance, if that is as it was replayed.
        record: NewEvent,
        /// What is to be sent, in order.
        commands: Vec<Outgoing>,
    },
    /// It was recorded earlier. What was decided then counts: some of it may not have been sent.
    Repeated {
        /// What is to be sent, in order.
        commands: Vec<Outgoing>,
    },
}
