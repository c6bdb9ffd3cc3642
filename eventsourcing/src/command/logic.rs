use std::error::Error;

use super::{Command, Decide, Prepare};
use crate::wire::Rejection;

/// The decision of a command.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no `handle`",
    label = "nothing decides this command",
    note = "implement `CommandLogic` for `{Self}`: `type Error` and `fn handle`"
)]
pub trait CommandLogic: Command {
    /// Why the command may be refused: the domain's own error.
    type Error: Error + Send + Sync + 'static;

    /// Decides what happens: emits events by [`emit!`](crate::emit), or refuses.
    ///
    /// # Contract
    /// Pure: it depends on `self`, `state` and `cx` alone, and does nothing but emit. It runs again after a conflict.
    ///
    /// # Errors
    /// If the state does not allow what the command wants.
    fn handle(&self, state: &Self::State, cx: &mut Decide<Self>) -> Result<(), Self::Error>;

    /// How a refusal is told to those who have sent the command over the wire: its message and causes, and whatever else a
    /// program may want to know. A [`Rejection`] is told as it is.
    fn rejection(error: &Self::Error) -> Rejection {
        let error: &(dyn Error + 'static) = error;
        let told = error.downcast_ref::<Rejection>().cloned();
        told.unwrap_or_else(|| Rejection::of(error))
    }

    /// Fetches what the decision needs from elsewhere, and keeps it in the command. Runs once, before the first load.
    ///
    /// # Errors
    /// If the command is to be refused at once.
    fn prepare(&mut self, cx: &Prepare) -> impl Future<Output = Result<(), Self::Error>> + Send {
        let _ = cx;
        async { Ok(()) }
    }
}
