use std::sync::Arc;

use async_trait::async_trait;

use super::shared::SendCommands;
use super::trouble::SendError;
use crate::execute::{Bug, ExecuteError, Internal, OpenError, StoreNumber};
use crate::process::Outgoing;
use crate::store::{CommandKey, ErrorClass, Progress, TenantStore};
use crate::told::chain;
use crate::wire::{CommandResult, Core, DispatchError, Rejection, WireCommand, WireMetadata};
use crate::{Metadata, RecordedEvent};

/// Commands find their way as if they had come over the wire, without the layers that guard it.
#[async_trait]
impl SendCommands for Core {
    fn store_of(&self, category: Option<&str>, name: &str) -> Option<StoreNumber> {
        self.store_of(category, name)
    }

    async fn send(
        &self,
        tenant: &TenantStore,
        command: &Outgoing,
        key: CommandKey,
        metadata: Metadata,
        progress: Option<Progress>,
    ) -> Result<Vec<Arc<RecordedEvent>>, SendError> {
        let mut wire = WireCommand::from_bytes(&*command.name, command.payload.clone());
        wire.id = Some(key.id);
        wire.target.clone_from(&command.target);
        wire.metadata = WireMetadata {
            correlation_id: Some(metadata.correlation_id),
            causation_id: Some(metadata.causation_id),
            actor: metadata.actor,
            tenant: tenant.tenant.clone(),
            trace: metadata.trace,
            ..WireMetadata::default()
        };
        let internal = Internal {
            fingerprint: Some(key.fingerprint),
            progress,
        };
        match self.execute(wire, internal).await {
            Ok(executed) => Ok(executed.events().to_vec()),
            Err(error) => Err(error.into()),
        }
    }
}

impl From<DispatchError> for SendError {
    fn from(error: DispatchError) -> Self {
        match error {
            DispatchError::Open(OpenError::Rejected { rejection, store }) => {
                Self::Rejected { rejection, store }
            }
            DispatchError::Open(OpenError::Execute(ExecuteError::Overtaken(_))) => Self::Overtaken,
            DispatchError::Open(OpenError::Execute(error)) => Self::Failed {
                class: class_of(&error),
                reason: chain(&error),
            },
            // Another process may run a newer version of the program, which knows the command.
            DispatchError::Unknown { name, .. } => Self::Failed {
                class: ErrorClass::Overloaded,
                reason: format!("there is no command `{name}`"),
            },
            unroutable => Self::Failed {
                class: ErrorClass::Rejected,
                reason: told(&CommandResult::from(unroutable)),
            },
        }
    }
}

/// How to react to what is wrong with one command. The store being away is everybody's concern; this is not.
fn class_of(error: &ExecuteError<Rejection>) -> ErrorClass {
    match error {
        // What it asks before it decides takes too long; or another process may run a newer version of the program, which
        // knows the event types.
        ExecuteError::DeadlineExceeded | ExecuteError::Bug(Bug::UnknownEventTypes { .. }) => {
            ErrorClass::Overloaded
        }
        error => error.class(),
    }
}

/// Why a command could not even be opened.
fn told(result: &CommandResult) -> String {
    match result {
        CommandResult::Invalid { path, message } => format!("the command is invalid at `{path}`: {message}"),
        CommandResult::Failed { message } => message.clone(),
        other => format!("the command was not executed: {}", other.name()),
    }
}
