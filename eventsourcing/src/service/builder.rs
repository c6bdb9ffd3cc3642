use std::fmt;
use std::marker::PhantomData;
use std::pin::Pin;
use std::sync::Arc;

use super::{AskedFor, Complete, Content, Part, Runtime, Service};
use crate::TenantId;
use crate::bus::Bus;
use crate::environment::Environment;
use crate::execute::{Executor, ExecutorBuilder, RetryPolicy};
use crate::store::{EventStore, FeedError};

/// Builds the [`Runtime`] of a service: `TodoApp::builder(store)`.
///
/// What the service lists under `resources(..)` has to be [provided](Self::provide), or `start` does not compile.
#[must_use = "call `start` to run the service"]
pub struct RuntimeBuilder<S, Resources> {
    store: Arc<dyn EventStore>,
    executor: ExecutorBuilder,
    environment: Environment,
    service: PhantomData<fn(S, Resources)>,
}

impl<S: Service> RuntimeBuilder<S, S::Resources> {
    /// A runtime on a store, with everything else as by default.
    pub fn new(store: impl EventStore) -> Self {
        let store: Arc<dyn EventStore> = Arc::new(store);
        let mut executor = Executor::builder(Arc::clone(&store));
        const { &S::PART }.for_each(&mut |part| know(&mut executor, part));
        Self {
            store,
            executor,
            environment: Environment::default(),
            service: PhantomData,
        }
    }
}

impl<S: Service, Resources> RuntimeBuilder<S, Resources> {
    /// Gives the service a resource that it asks for.
    pub fn provide<T, Place, Rest>(self, resource: T) -> RuntimeBuilder<S, Rest>
    where
        T: AskedFor<Resources, Place, Rest = Rest> + Send + Sync + 'static,
    {
        RuntimeBuilder {
            store: self.store,
            executor: self.executor.resource(resource),
            environment: self.environment,
            service: PhantomData,
        }
    }

    /// Where time, ids and tasks come from.
    pub fn environment(mut self, environment: Environment) -> Self {
        self.environment = environment;
        self
    }

    /// How often, and after which pauses, commands are tried, and how long they may take.
    pub fn policy(mut self, policy: RetryPolicy) -> Self {
        self.executor = self.executor.retry(policy);
        self
    }

    /// How much memory folded states may take, in bytes: [`ExecutorBuilder::state_cache`].
    pub fn state_cache(mut self, bytes: usize) -> Self {
        self.executor = self.executor.state_cache(bytes);
        self
    }

    /// Starts the service, when it is awaited.
    ///
    /// # Errors
    /// If the store does not answer.
    pub fn start(self) -> Starting
    where
        Resources: Complete,
    {
        let executor = self.executor.environment(self.environment.clone()).build();
        let bus = Bus::new(self.store, &self.environment);
        Box::pin(async move {
            bus.end(&TenantId::DEFAULT).await?;
            Ok(Runtime::new::<S>(executor, bus))
        })
    }
}

/// A service that is about to run. Its type says nothing of resources, so that one that is missing is one error.
pub type Starting = Pin<Box<dyn Future<Output = Result<Runtime, StartError>> + Send>>;

/// Makes every event type known that the service speaks of, so that none is taken for one that was renamed.
fn know(executor: &mut ExecutorBuilder, part: &'static Part) {
    match &part.content {
        Content::Aggregate { events, .. } | Content::ExternEvents { events, .. } => executor.know(events),
        Content::Command(route) => {
            for types in route.emits.iter().chain(route.reads) {
                executor.know(types);
            }
        }
        Content::ProcessManager(manager) => {
            for listened in manager.on {
                executor.know(listened.types);
            }
        }
        Content::Module { .. } | Content::ExternCommand { .. } => {}
    }
}

impl<S: Service, Resources> fmt::Debug for RuntimeBuilder<S, Resources> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RuntimeBuilder")
            .field("service", &S::PART.name)
            .field("executor", &self.executor)
            .finish_non_exhaustive()
    }
}

/// Why a service did not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// The store did not say where its log ends.
    #[error("the store cannot be read")]
    Store(#[from] FeedError),
}
