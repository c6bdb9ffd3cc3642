use std::error::Error;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::told::causes;

/// The domain says no: the command's own error, as it is told over the wire.
///
/// [`CommandLogic::rejection`](crate::command::CommandLogic::rejection) makes it; there a command can add a code and details.
/// It is an error itself, made of a text, for commands that need no other: `Err("the seat is taken".into())`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, thiserror::Error)]
#[error("{message}")]
pub struct Rejection {
    /// What people read.
    pub message: String,
    /// What led to it, the nearest cause first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub causes: Vec<String>,
    /// What programs read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// What else programs may want to know.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub details: Option<Value>,
}

impl Rejection {
    /// A rejection with this message.
    pub fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            causes: Vec::new(),
            code: None,
            details: None,
        }
    }

    /// What an error says, and its causes.
    ///
    /// ```
    /// use eventsourcing::wire::Rejection;
    ///
    /// #[derive(Debug, thiserror::Error)]
    /// #[error("insufficient funds: {missing} are missing")]
    /// struct InsufficientFunds { missing: i64 }
    ///
    /// let error = InsufficientFunds { missing: 30 };
    /// let rejection = Rejection::of(&error)
    ///     .with_code("insufficient_funds")
    ///     .with_details(serde_json::json!({ "missing": error.missing }));
    /// assert_eq!(
    ///     serde_json::to_string(&rejection)?,
    ///     concat!(
    ///         r#"{"message":"insufficient funds: 30 are missing","#,
    ///         r#""code":"insufficient_funds","details":{"missing":30}}"#
    ///     )
    /// );
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    pub fn of(error: &dyn Error) -> Self {
        Self {
            causes: causes(error),
            ..Self::new(error.to_string())
        }
    }

    /// The same, with a code for programs.
    #[must_use]
    pub fn with_code(mut self, code: impl Into<String>) -> Self {
        self.code = Some(code.into());
        self
    }

    /// The same, with details for programs.
    #[must_use]
    pub fn with_details(mut self, details: Value) -> Self {
        self.details = Some(details);
        self
    }
}

impl From<&str> for Rejection {
    fn from(message: &str) -> Self {
        Self::new(message)
    }
}

impl From<String> for Rejection {
    fn from(message: String) -> Self {
        Self::new(message)
    }
}
