/// A payload that does not make a command.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}{message}", shown(path))]
#[non_exhaustive]
pub struct InvalidPayload {
    /// Where it is wrong, as a JSON Pointer, [RFC 6901](https://www.rfc-editor.org/rfc/rfc6901): `/lines/2/count`. Empty if it
    /// is wrong as a whole.
    pub path: String,
    /// What is wrong.
    pub message: String,
}

impl InvalidPayload {
    /// Something is wrong at a place.
    pub fn new(path: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            path: path.into(),
            message: message.into(),
        }
    }
}

fn shown(path: &str) -> String {
    if path.is_empty() {
        "invalid: ".to_owned()
    } else {
        format!("invalid at `{path}`: ")
    }
}
