use std::error::Error;
use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::event::{DecodeError, EncodeError};
use crate::told::panic_message;
use crate::{CommandId, EventTypeName, StreamId};

/// Why a process manager could not react. It comes again until the code or the event is mended, so the instance is parked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Failure {
    /// An event, or a record of an earlier reaction, cannot be read.
    #[error(transparent)]
    Decode(#[from] DecodeError),
    /// The key of an event, or the name of its home stream, does not make the id of the instance's stream.
    #[error("no instance is named by the key of a `{event}`")]
    InvalidKey {
        /// The event, as the handler names it.
        event: &'static str,
        /// What is wrong with it.
        source: Box<dyn Error + Send + Sync>,
    },
    /// The event is for a running instance, by `strict`, and there is none.
    #[error("`{instance}` is not running, and `{event}` is for one that is")]
    NotRunning {
        /// The stream of the instance.
        instance: StreamId,
        /// The event, as the handler names it.
        event: &'static str,
    },
    /// The event starts an instance, by `strict`, and it runs already.
    #[error("`{instance}` is running, and `{event}` is to start it")]
    AlreadyRunning {
        /// The stream of the instance.
        instance: StreamId,
        /// The event, as the handler names it.
        event: &'static str,
    },
    /// The instance has reacted to an event for which there is no handler any more, so its state cannot be told.
    #[error(
        "`{instance}` has reacted to a `{event_type}`, for which there is no handler; keep one, it may be empty"
    )]
    HandlerMissing {
        /// The stream of the instance.
        instance: StreamId,
        /// The name of the type of the event.
        event_type: EventTypeName,
    },
    /// The instance has reacted to the refusal of a command for which there is no handler any more.
    #[error(
        "`{instance}` has reacted to the refusal of a `{command}`, for which there is no handler; keep one"
    )]
    RefusalHandlerMissing {
        /// The stream of the instance.
        instance: StreamId,
        /// The name of the command.
        command: String,
    },
    /// The instance has not sent this command.
    #[error("`{instance}` has not sent the command {command}")]
    UnknownCommand {
        /// The stream of the instance.
        instance: StreamId,
        /// The id of the command.
        command: CommandId,
    },
    /// A command cannot be written as JSON, or its key does not make a stream id.
    #[error("the command `{command}` cannot be written")]
    UnwritableCommand {
        /// The name of the command.
        command: &'static str,
        /// What is wrong with it.
        source: Box<dyn Error + Send + Sync>,
    },
    /// A command that was refused cannot be read.
    #[error("the command `{command}` cannot be read")]
    UnreadableCommand {
        /// The name of the command.
        command: &'static str,
        /// What is wrong with it.
        source: serde_json::Error,
    },
    /// What is to be recorded cannot be written.
    #[error(transparent)]
    UnwritableRecord(#[from] EncodeError),
    /// The code of a handler, or what it calls, has panicked.
    #[error("the process manager panicked: {message}")]
    Panicked {
        /// What it said.
        message: String,
    },
}

/// Runs code of the user. Should it panic, that is a failure like any other: the panic would end the task that all instances
/// of a lane share, and come again with the same event after every restart.
///
/// What the code was changing is not looked at again afterwards.
pub(super) fn guarded<T>(code: impl FnOnce() -> Result<T, Failure>) -> Result<T, Failure> {
    catch_unwind(AssertUnwindSafe(code)).unwrap_or_else(|panic| {
        Err(Failure::Panicked {
            message: panic_message(&*panic),
        })
    })
}
