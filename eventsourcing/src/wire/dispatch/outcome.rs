//! What came of a command, as it is told over the wire.

use std::collections::BTreeMap;

use super::core::DispatchError;
use crate::execute::{ExecuteError, Executed, InvalidCommand, OpenError};
use crate::told::chain;
use crate::wire::{CommandResult, InvalidPayload, Rejection, Success, WireEvent};

impl CommandResult {
    pub(super) fn of(result: Result<Executed, DispatchError>) -> Self {
        match result {
            Ok(executed) => Self::Success(executed.into()),
            Err(error) => error.into(),
        }
    }
}

impl From<Executed> for Success {
    fn from(executed: Executed) -> Self {
        let mut versions = BTreeMap::new();
        for place in executed.events().iter().flat_map(|event| event.streams()) {
            versions.insert(place.stream.clone(), place.version);
        }
        Self {
            command_id: executed.command_id(),
            position: executed.position(),
            versions,
            events: executed.events().iter().cloned().map(WireEvent).collect(),
            repeated: executed.is_repeated(),
        }
    }
}

impl From<DispatchError> for CommandResult {
    fn from(error: DispatchError) -> Self {
        match error {
            DispatchError::Unknown { name, suggestions } => Self::UnknownCommand { name, suggestions },
            DispatchError::Invalid(invalid) => invalid.into(),
            DispatchError::Open(OpenError::Invalid(InvalidPayload { path, message })) => Self::Invalid {
                path: format!("/payload{path}"),
                message,
            },
            DispatchError::Open(OpenError::Rejected { rejection, .. }) => Self::Rejected(rejection),
            DispatchError::Open(OpenError::Execute(error)) => error.into(),
            DispatchError::Panicked { message } => Self::Failed {
                message: format!("the command panicked: {message}"),
            },
        }
    }
}

impl From<ExecuteError<Rejection>> for CommandResult {
    fn from(error: ExecuteError<Rejection>) -> Self {
        let message = chain(&error);
        match error {
            ExecuteError::Rejected(rejection) => Self::Rejected(rejection),
            ExecuteError::Conflict { .. }
            | ExecuteError::UnexpectedVersion(_)
            | ExecuteError::Overtaken(_) => Self::Conflict { message },
            ExecuteError::UnknownOutcome { .. } => Self::UnknownOutcome { message },
            ExecuteError::Unavailable { .. }
            | ExecuteError::DeadlineExceeded
            | ExecuteError::ShuttingDown => Self::Unavailable { message },
            ExecuteError::Overloaded { .. } => Self::Overloaded { message },
            ExecuteError::Invalid(invalid) => Self::Invalid {
                path: place_of(&invalid),
                message: chain(&invalid),
            },
            ExecuteError::Inline { .. } | ExecuteError::Bug(_) => {
                tracing::error!(error = message, "a command failed");
                Self::Failed { message }
            }
        }
    }
}

/// Where in a command it is that makes it unacceptable.
fn place_of(invalid: &InvalidCommand) -> String {
    match invalid {
        InvalidCommand::Stream(stream) => format!("/payload/{}", stream.field),
        InvalidCommand::IdReused(_) => "/id".to_owned(),
        InvalidCommand::TooManyStreams { .. }
        | InvalidCommand::AcrossStores(_)
        | InvalidCommand::Unserializable(_) => "/payload".to_owned(),
        InvalidCommand::Append(_) | InvalidCommand::Progress(_) => String::new(),
    }
}
