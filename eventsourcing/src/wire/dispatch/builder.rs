use std::convert::Infallible;
use std::sync::Arc;

use tokio::sync::Semaphore;
use tower::{Layer, Service};

use super::{Core, Dispatcher, Layered};
use crate::execute::Executor;
use crate::service::Table;
use crate::wire::{CommandResult, CommandRouter, WireCommand};

/// Builds a [`Dispatcher`].
#[must_use = "call `build` to make the dispatcher"]
pub struct DispatcherBuilder {
    executor: Executor,
    table: Table,
    router: Option<Arc<dyn CommandRouter>>,
    layers: Vec<Box<dyn FnOnce(Layered) -> Layered + Send>>,
    max_in_flight: usize,
}

impl DispatcherBuilder {
    pub(super) fn new(executor: Executor, table: Table) -> Self {
        Self {
            executor,
            table,
            router: None,
            layers: Vec::new(),
            max_in_flight: 10_000,
        }
    }

    /// Asks a router for the handler of each command, before the table.
    pub fn router(mut self, router: impl CommandRouter) -> Self {
        self.router = Some(Arc::new(router));
        self
    }

    /// Puts a layer of [`tower`] around dispatch and the layers so far: the one that is added last is the outermost.
    ///
    /// Ready-made ones: [`timing`](crate::wire::timing), [`deadline`](crate::wire::deadline), [`check`](crate::wire::check).
    pub fn layer<L>(mut self, layer: L) -> Self
    where
        L: Layer<Layered> + Send + 'static,
        L::Service: Service<WireCommand, Response = CommandResult, Error = Infallible>
            + Clone
            + Send
            + Sync
            + 'static,
        <L::Service as Service<WireCommand>>::Future: Send,
    {
        self.layers
            .push(Box::new(move |inner| Layered::new(layer.layer(inner))));
        self
    }

    /// How many commands may be under way at a time; 10,000 by default. Further ones are refused as overloaded.
    pub fn max_in_flight(mut self, commands: usize) -> Self {
        self.max_in_flight = commands;
        self
    }

    /// The dispatcher.
    pub fn build(self) -> Dispatcher {
        let core = Core::new(self.executor, self.table, self.router);
        let layered = (!self.layers.is_empty()).then(|| {
            let core = Layered::new(core.clone());
            self.layers.into_iter().fold(core, |inner, layer| layer(inner))
        });
        Dispatcher {
            core,
            layered,
            permits: Arc::new(Semaphore::new(self.max_in_flight.min(Semaphore::MAX_PERMITS))),
        }
    }
}

impl std::fmt::Debug for DispatcherBuilder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DispatcherBuilder")
            .field("executor", &self.executor)
            .field("layers", &self.layers.len())
            .field("max_in_flight", &self.max_in_flight)
            .finish_non_exhaustive()
    }
}
