use std::fmt;

use serde::de::DeserializeOwned;

use crate::command::Command;
use crate::process::{Failure, Outgoing, Sends, SentBy};
use crate::wire::Rejection;

/// What a manager does when a command that it has sent is refused.
pub struct RefusalHandler<M, C> {
    /// The command.
    pub command: Refusing<C>,
    /// Calls the method.
    pub react: fn(&mut M, &C, &Rejection, &mut Sends<M>),
}

/// How a command that was refused is recognized and read.
#[derive(Debug)]
pub struct Refusing<C> {
    name: &'static str,
    category: Option<&'static str>,
    read: fn(&[u8]) -> Result<C, serde_json::Error>,
}

/// The only call of the macro that asks anything of the command, so that one mistake is one error.
pub const fn refusing<M, C>() -> Refusing<C>
where
    C: Command + SentBy<M> + Read,
{
    Refusing {
        name: C::NAME,
        category: C::CATEGORY,
        read: |payload| serde_json::from_slice(payload),
    }
}

/// A command that can be read back from the JSON that was sent.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be read, since it is not a serde type",
    label = "a handler is told which command was rejected",
    note = "add `#[derive(Serialize, Deserialize)]` to `{Self}`"
)]
pub trait Read: DeserializeOwned {}

#[diagnostic::do_not_recommend]
impl<C: DeserializeOwned> Read for C {}

/// A [`RefusalHandler`], whatever its command.
pub trait HandlesRefusal<M>: Sync {
    /// Whether it is this command.
    fn takes(&self, command: &Outgoing) -> bool;

    /// Reads the command, and reacts to its refusal.
    ///
    /// # Errors
    /// If it cannot be read.
    fn react(
        &self,
        state: &mut M,
        command: &Outgoing,
        rejection: &Rejection,
        cx: &mut Sends<M>,
    ) -> Result<(), Failure>;
}

impl<M, C> HandlesRefusal<M> for RefusalHandler<M, C> {
    fn takes(&self, command: &Outgoing) -> bool {
        (self.command.name, self.command.category) == (&*command.name, command.category())
    }

    fn react(
        &self,
        state: &mut M,
        command: &Outgoing,
        rejection: &Rejection,
        cx: &mut Sends<M>,
    ) -> Result<(), Failure> {
        let command = (self.command.read)(&command.payload).map_err(|source| Failure::UnreadableCommand {
            command: self.command.name,
            source,
        })?;
        (self.react)(state, &command, rejection, cx);
        Ok(())
    }
}

impl<M, C> fmt::Debug for RefusalHandler<M, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("RefusalHandler").field(&self.command.name).finish()
    }
}
