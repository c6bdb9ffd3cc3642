use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{InvalidPayload, Rejection, WireEvent};
use crate::store::ErrorClass;
use crate::{CommandId, Position, StreamId, Version};

/// What came of a command that arrived over the wire.
///
/// Its JSON form is an object with one member, which is called after the variant:
/// `{"rejected":{"message":"insufficient funds"}}`. Except after `success` and `unknown_outcome`, nothing was written.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum CommandResult {
    /// It has happened.
    Success(Success),
    /// The domain says no.
    Rejected(Rejection),
    /// What it depends on has changed again and again, or is not at the expected version. It may be sent again.
    Conflict {
        /// What has changed.
        message: String,
    },
    /// As it is given it makes no sense, now or later.
    Invalid {
        /// Where it is wrong: a JSON Pointer, [RFC 6901](https://www.rfc-editor.org/rfc/rfc6901), into the JSON form of the
        /// command: `/payload/lines/2/count`, `/target`, `/metadata/expected_version`. Empty if it is wrong as a whole.
        path: String,
        /// What is wrong.
        message: String,
    },
    /// There is no such command.
    UnknownCommand {
        /// The name that was sent.
        name: String,
        /// What may have been meant, the likeliest first: `todo/Create` is `Create` for a target of the category `todo`.
        suggestions: Vec<String>,
    },
    /// Too much is waiting. It may be sent again, later.
    Overloaded {
        /// What is waiting.
        message: String,
    },
    /// The store cannot be reached, the time was too short, or the service is shutting down. It may be sent again, later.
    Unavailable {
        /// What is not available.
        message: String,
    },
    /// Nobody can tell whether it has happened. Sent again under the same id, it happens once; without an id, perhaps twice.
    UnknownOutcome {
        /// What was heard last.
        message: String,
    },
    /// The program or the stored data is broken: a person has to look.
    Failed {
        /// What is broken, for that person: not something to tell strangers.
        message: String,
    },
}

/// What has happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Success {
    /// The id of the command, which its events carry in their metadata.
    pub command_id: CommandId,
    /// Readers that have come this far have seen everything the command did.
    pub position: Position,
    /// The version that it brought each stream to that it wrote to.
    pub versions: BTreeMap<StreamId, Version>,
    /// The events, in the order in which they were emitted.
    pub events: Vec<WireEvent>,
    /// Whether a command with the same id had run before, and this is what came of it.
    pub repeated: bool,
}

impl CommandResult {
    /// How whoever has sent the command is to react; `None` if it has happened.
    pub fn class(&self) -> Option<ErrorClass> {
        match self {
            Self::Success(_) => None,
            Self::Rejected(_) | Self::Invalid { .. } | Self::UnknownCommand { .. } => {
                Some(ErrorClass::Rejected)
            }
            Self::Conflict { .. } => Some(ErrorClass::Conflict),
            Self::Overloaded { .. } => Some(ErrorClass::Overloaded),
            Self::Unavailable { .. } => Some(ErrorClass::Retry),
            Self::UnknownOutcome { .. } => Some(ErrorClass::UnknownOutcome),
            Self::Failed { .. } => Some(ErrorClass::Bug),
        }
    }

    /// Whether the command has happened.
    pub fn is_success(&self) -> bool {
        self.class().is_none()
    }

    /// The name of the variant in JSON: `success`, `rejected`, and so on.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Success(_) => "success",
            Self::Rejected(_) => "rejected",
            Self::Conflict { .. } => "conflict",
            Self::Invalid { .. } => "invalid",
            Self::UnknownCommand { .. } => "unknown_command",
            Self::Overloaded { .. } => "overloaded",
            Self::Unavailable { .. } => "unavailable",
            Self::UnknownOutcome { .. } => "unknown_outcome",
            Self::Failed { .. } => "failed",
        }
    }

    /// What has happened, or everything else that can come of a command.
    ///
    /// # Errors
    /// The result itself, if it is not a success.
    pub fn into_success(self) -> Result<Success, Self> {
        match self {
            Self::Success(success) => Ok(success),
            other => Err(other),
        }
    }
}

impl From<InvalidPayload> for CommandResult {
    /// Of what is wrong in the command as a whole, payload and all.
    fn from(InvalidPayload { path, message }: InvalidPayload) -> Self {
        Self::Invalid { path, message }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    /// One of each, with its JSON form and its class.
    fn every_result() -> Vec<(CommandResult, &'static str, Option<ErrorClass>)> {
        let message = || "why".to_owned();
        let success = Success {
            command_id: CommandId::new(Uuid::from_u128(1)),
            position: Position::new(7),
            versions: [(StreamId::new("todo-17").unwrap(), Version::new(3))].into(),
            events: Vec::new(),
            repeated: false,
        };
        vec![
            (
                CommandResult::Success(success),
                concat!(
                    r#"{"success":{"command_id":"00000000-0000-0000-0000-000000000001","position":7,"#,
                    r#""versions":{"todo-17":3},"events":[],"repeated":false}}"#
                ),
                None,
            ),
            (
                CommandResult::Rejected(Rejection::new("no")),
                r#"{"rejected":{"message":"no"}}"#,
                Some(ErrorClass::Rejected),
            ),
            (
                CommandResult::Conflict { message: message() },
                r#"{"conflict":{"message":"why"}}"#,
                Some(ErrorClass::Conflict),
            ),
            (
                CommandResult::Invalid {
                    path: "/payload/a".to_owned(),
                    message: message(),
                },
                r#"{"invalid":{"path":"/payload/a","message":"why"}}"#,
                Some(ErrorClass::Rejected),
            ),
            (
                CommandResult::UnknownCommand {
                    name: "Creat".to_owned(),
                    suggestions: vec!["todo/Create".to_owned()],
                },
                r#"{"unknown_command":{"name":"Creat","suggestions":["todo/Create"]}}"#,
                Some(ErrorClass::Rejected),
            ),
            (
                CommandResult::Overloaded { message: message() },
                r#"{"overloaded":{"message":"why"}}"#,
                Some(ErrorClass::Overloaded),
            ),
            (
                CommandResult::Unavailable { message: message() },
                r#"{"unavailable":{"message":"why"}}"#,
                Some(ErrorClass::Retry),
            ),
            (
                CommandResult::UnknownOutcome { message: message() },
                r#"{"unknown_outcome":{"message":"why"}}"#,
                Some(ErrorClass::UnknownOutcome),
            ),
            (
                CommandResult::Failed { message: message() },
                r#"{"failed":{"message":"why"}}"#,
                Some(ErrorClass::Bug),
            ),
        ]
    }

    #[test]
    fn the_json_form_of_each_result_is_this() {
        for (result, json, class) in every_result() {
            assert_eq!(serde_json::to_string(&result).unwrap(), json);
            assert_eq!(serde_json::from_str::<CommandResult>(json).unwrap(), result);
            assert_eq!(result.class(), class);
            assert!(json.starts_with(&format!("{{\"{}\":", result.name())));
        }
    }
}
