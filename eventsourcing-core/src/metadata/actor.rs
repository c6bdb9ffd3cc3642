use crate::text::{Text, text_newtype};

/// On whose behalf a command runs: a user, a service, a schedule. The framework does not look inside.
///
/// Any text without control characters, at most [`Actor::MAX_BYTES`] bytes.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Actor(Text);

impl Actor {
    /// The longest actor, in bytes.
    pub const MAX_BYTES: usize = 250;

    /// Checks and takes an actor.
    ///
    /// # Errors
    /// If the text is empty, too long, or holds control characters.
    pub fn new(text: &str) -> Result<Self, InvalidActor> {
        if text.is_empty() || text.len() > Self::MAX_BYTES || text.chars().any(char::is_control) {
            return Err(InvalidActor);
        }
        Ok(Self(text.into()))
    }
}

text_newtype!(Actor, InvalidActor);

/// The text is not an [`Actor`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an actor has 1 to {max} bytes and no control characters", max = Actor::MAX_BYTES)]
pub struct InvalidActor;
