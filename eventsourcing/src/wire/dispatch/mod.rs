mod builder;
mod core;
mod outcome;

use std::convert::Infallible;
use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use tokio::sync::Semaphore;
use tower::util::BoxCloneSyncService;
use tower::{Service, ServiceExt as _};

pub use builder::DispatcherBuilder;

use super::{CommandResult, WireCommand};
use crate::execute::Executor;
use crate::service::Table;

pub(crate) use core::{Core, DispatchError};

/// Executes commands by name: finds the handler, checks the payload, and executes what that makes of it.
///
/// Whatever arrives, it answers with a [`CommandResult`]; it neither fails nor panics, even if the command's own code does.
///
/// A handle: clones are the same dispatcher. It is a [`tower::Service`] too.
#[derive(Clone)]
pub struct Dispatcher {
    core: Core,
    /// The same with layers around it, if there are any.
    layered: Option<Layered>,
    /// A permit for each command that may be under way.
    permits: Arc<Semaphore>,
}

/// A dispatcher of commands of whichever type.
pub type Layered = BoxCloneSyncService<WireCommand, CommandResult, Infallible>;

impl Dispatcher {
    /// A dispatcher of the commands in a table, to be told more.
    pub fn builder(executor: Executor, table: Table) -> DispatcherBuilder {
        DispatcherBuilder::new(executor, table)
    }

    /// Executes a command.
    ///
    /// # Cancel safety
    /// The future can be dropped at any await. The command has then happened as a whole or not at all; with an id, sent
    /// again it tells which, and happens if it has not.
    pub async fn dispatch(&self, command: WireCommand) -> CommandResult {
        let Ok(_permit) = self.permits.try_acquire() else {
            let message = "too many commands are under way".to_owned();
            return CommandResult::Overloaded { message };
        };
        match self.layered.clone() {
            None => self.core.dispatch(command).await,
            Some(layered) => {
                let Ok(result) = layered.oneshot(command).await;
                result
            }
        }
    }

    /// Executes commands without the layers: for commands that the service sends itself.
    pub(crate) fn core(&self) -> &Core {
        &self.core
    }
}

impl Service<WireCommand> for Dispatcher {
    type Response = CommandResult;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<CommandResult, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, command: WireCommand) -> Self::Future {
        let dispatcher = self.clone();
        Box::pin(async move { Ok(dispatcher.dispatch(command).await) })
    }
}

impl fmt::Debug for Dispatcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Dispatcher")
            .field("core", &self.core)
            .field("has_layers", &self.layered.is_some())
            .finish_non_exhaustive()
    }
}
