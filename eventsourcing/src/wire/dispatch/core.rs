use std::convert::Infallible;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use tower::Service;

use crate::StreamId;
use crate::caught::caught;
use crate::execute::{Executed, Executor, Internal, OpenError, StoreNumber};
use crate::service::Table;
use crate::store::EventStore as _;
use crate::told::panic_message;
use crate::wire::suggest::suggestions;
use crate::wire::{CommandHandler, CommandResult, CommandRouter, InvalidPayload, WireCommand};

/// Dispatch without layers.
#[derive(Clone)]
pub(crate) struct Core {
    executor: Executor,
    table: Table,
    router: Option<Arc<dyn CommandRouter>>,
}

/// Why a command that was sent by name did not succeed.
#[derive(Debug)]
pub(crate) enum DispatchError {
    Unknown { name: String, suggestions: Vec<String> },
    Invalid(InvalidPayload),
    Open(OpenError),
    Panicked { message: String },
}

impl Core {
    pub(super) fn new(executor: Executor, table: Table, router: Option<Arc<dyn CommandRouter>>) -> Self {
        Self {
            executor,
            table,
            router,
        }
    }

    pub(super) async fn dispatch(&self, command: WireCommand) -> CommandResult {
        CommandResult::of(self.execute(command, Internal::default()).await)
    }

    /// Executes a command.
    pub(crate) async fn execute(
        &self,
        command: WireCommand,
        internal: Internal,
    ) -> Result<Executed, DispatchError> {
        let limits = self.executor.store().limits();
        if let Err(error) = limits.check_json(&command.payload) {
            return Err(DispatchError::Invalid(InvalidPayload::new(
                "/payload",
                error.to_string(),
            )));
        }
        if command.metadata.expected_version.is_some() && command.target.is_none() {
            return Err(DispatchError::Invalid(InvalidPayload::new(
                "/metadata/expected_version",
                "there is no target whose version could be expected",
            )));
        }
        if let Some(router) = &self.router {
            let routed = catch_unwind(AssertUnwindSafe(|| router.route(&command)));
            let routed = routed.map_err(|panic| DispatchError::Panicked {
                message: panic_message(&*panic),
            })?;
            if let Some(handler) = routed {
                return self.execute_by(&*handler, command, internal).await;
            }
        }
        let category = command.target.as_ref().map(StreamId::category);
        match self.table.find(category, &command.name) {
            Some(route) => self.execute_by(route.handler, command, internal).await,
            None => Err(self.unknown(command)),
        }
    }

    /// The store that all streams of a command are in, if that is known before it is opened.
    pub(crate) fn store_of(&self, category: Option<&str>, name: &str) -> Option<StoreNumber> {
        let placement = self.executor.placement();
        if !placement.is_split() {
            return Some(StoreNumber::MAIN);
        }
        // Whoever routes it may handle it otherwise than the table says.
        let route = self.table.find(category, name).filter(|_| self.router.is_none());
        route.and_then(|route| placement.of_all(route.categories))
    }

    async fn execute_by(
        &self,
        handler: &dyn CommandHandler,
        command: WireCommand,
        internal: Internal,
    ) -> Result<Executed, DispatchError> {
        match caught(self.executor.execute_open(handler, command, internal)).await {
            Ok(executed) => executed.map_err(DispatchError::Open),
            Err(panic) => Err(DispatchError::Panicked {
                message: panic_message(&*panic),
            }),
        }
    }

    #[cold]
    fn unknown(&self, command: WireCommand) -> DispatchError {
        let known = self.table.routes().map(|route| (route.category, route.name));
        let category = command.target.as_ref().map(StreamId::category);
        DispatchError::Unknown {
            suggestions: suggestions(category, &command.name, known),
            name: command.name,
        }
    }
}

impl Service<WireCommand> for Core {
    type Response = CommandResult;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<CommandResult, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, command: WireCommand) -> Self::Future {
        let core = self.clone();
        Box::pin(async move { Ok(core.dispatch(command).await) })
    }
}

impl fmt::Debug for Core {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Core")
            .field("executor", &self.executor)
            .field("has_router", &self.router.is_some())
            .finish_non_exhaustive()
    }
}
