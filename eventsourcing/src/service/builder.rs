use std::collections::HashMap;
use std::convert::Infallible;
use std::fmt;
use std::marker::PhantomData;
use std::pin::Pin;
use std::sync::Arc;

use serde::Serialize;
use tower::Layer;

use super::{
    AskedFor, CommandsAcrossStores, Complete, Content, ListedIn, Part, Projectors, Runtime, Service, stores,
};
use crate::bus::{Bus, LogFollower, Transport};
use crate::environment::Environment;
use crate::execute::{Executor, ExecutorBuilder, RetryPolicy, StoreNumber};
use crate::known::Known;
use crate::process::runner::{Source, Surroundings};
use crate::process::{Manager, ProcessManagers, ProcessPolicy, StartProcessesError};
use crate::processor::Processors;
use crate::projection::{
    InlineProjection, InlineStore, LeasePolicy, Projection, ProjectionPolicy, Projections,
    StartProjectionsError, runner,
};
use crate::query::{Caches, Queries, Query, QueryCache, QueryLogic, QueryPolicy, Results};
use crate::snapshot::SnapshotPolicy;
use crate::store::{EventStore, FeedError};
use crate::stream::StreamKey;
use crate::wire::{CommandResult, CommandRouter, Dispatcher, DispatcherBuilder, Layered, WireCommand};
use crate::{EventTypes, TenantId};

/// Builds the [`Runtime`] of a service: `TodoApp::builder(store)`.
///
/// What the service lists under `resources(..)` has to be [provided](Self::provide), and so does a [projection](Self::projection)
/// that has no default, or `start` does not compile.
#[must_use = "call `start` to run the service"]
pub struct RuntimeBuilder<S, Resources> {
    executor: ExecutorBuilder,
    environment: Environment,
    transport: Option<Arc<dyn Transport>>,
    dispatcher: Vec<Configure>,
    tenants: Vec<TenantId>,
    processes: ProcessPolicy,
    projections: ProjectionPolicy,
    leases: LeasePolicy,
    projection_policies: HashMap<&'static str, ProjectionPolicy>,
    queries: QueryPolicy,
    caches: Caches,
    provided: Projectors,
    service: PhantomData<fn(S, Resources)>,
}

impl<S: Service> RuntimeBuilder<S, S::Resources> {
    /// A runtime on a store, with everything else as by default.
    pub fn new(store: impl EventStore) -> Self {
        let mut executor = Executor::builder(store);
        for_each_type::<S>(&mut |types| executor.know(types));
        Self {
            executor,
            environment: Environment::default(),
            transport: None,
            dispatcher: Vec::new(),
            tenants: vec![TenantId::DEFAULT],
            processes: ProcessPolicy::default(),
            projections: ProjectionPolicy::default(),
            leases: LeasePolicy::default(),
            projection_policies: HashMap::new(),
            queries: QueryPolicy::default(),
            caches: Caches::new(),
            provided: Projectors::new(),
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
        let executor = self.executor.resource(resource);
        Self { executor, ..self }.asking_for()
    }

    /// The same, when something else is missing.
    fn asking_for<Rest>(self) -> RuntimeBuilder<S, Rest> {
        RuntimeBuilder {
            executor: self.executor,
            environment: self.environment,
            transport: self.transport,
            dispatcher: self.dispatcher,
            tenants: self.tenants,
            processes: self.processes,
            projections: self.projections,
            leases: self.leases,
            projection_policies: self.projection_policies,
            queries: self.queries,
            caches: self.caches,
            provided: self.provided,
            service: PhantomData,
        }
    }

    /// Keeps the streams of a category in another store: [`ExecutorBuilder::store_for`]. It may be called for several keys,
    /// with one store or with several.
    ///
    /// What a process manager does about an event of such a store is done once, too: its progress is kept in the store of the
    /// event. Of events in two stores nobody can tell which was first.
    pub fn store_for<K: StreamKey>(mut self, store: impl EventStore) -> Self {
        self.executor = self.executor.store_for::<K>(store);
        self
    }

    /// How this process hears that a log has gone on, instead of following it: [`Transport`].
    pub fn bus(mut self, transport: impl Transport) -> Self {
        self.transport = Some(Arc::new(transport));
        self
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

    /// When [snapshots](crate::snapshot) are taken, and how often they are verified: [`ExecutorBuilder::snapshots`].
    pub fn snapshots(mut self, policy: SnapshotPolicy) -> Self {
        self.executor = self.executor.snapshots(policy);
        self
    }

    /// Puts a layer of [`tower`] around dispatch and the layers so far: [`DispatcherBuilder::layer`].
    pub fn layer<L>(self, layer: L) -> Self
    where
        L: Layer<Layered> + Send + 'static,
        L::Service: tower::Service<WireCommand, Response = CommandResult, Error = Infallible>
            + Clone
            + Send
            + Sync
            + 'static,
        <L::Service as tower::Service<WireCommand>>::Future: Send,
    {
        self.configure(|dispatcher| dispatcher.layer(layer))
    }

    /// Asks a router for the handler of each command, before the routes of the service.
    pub fn router(self, router: impl CommandRouter) -> Self {
        self.configure(|dispatcher| dispatcher.router(router))
    }

    /// How many commands may be dispatched at a time: [`DispatcherBuilder::max_in_flight`].
    pub fn max_in_flight(self, commands: usize) -> Self {
        self.configure(move |dispatcher| dispatcher.max_in_flight(commands))
    }

    fn configure(
        mut self,
        configure: impl FnOnce(DispatcherBuilder) -> DispatcherBuilder + Send + 'static,
    ) -> Self {
        self.dispatcher.push(Box::new(configure));
        self
    }

    /// A projection as it is to be, and not as its default. Of one that has no default, `start` does not compile without it.
    pub fn projection<P, Place, Rest>(mut self, projection: P) -> RuntimeBuilder<S, Rest>
    where
        P: Projection + ListedIn<Resources, Place, Rest = Rest>,
    {
        let projector = projection.into_projector();
        self.provided.insert(P::PROJECTION.name, projector);
        self.asking_for()
    }

    /// Whose events the process managers and projections take; by default those of [`TenantId::DEFAULT`]. Commands are executed for any tenant.
    pub fn tenants(mut self, tenants: impl IntoIterator<Item = TenantId>) -> Self {
        self.tenants = tenants.into_iter().collect();
        self
    }

    /// How process managers deal with what does not work at once.
    pub fn process_policy(mut self, policy: ProcessPolicy) -> Self {
        self.processes = policy;
        self
    }

    /// How projections deal with what does not work at once.
    pub fn projection_policy(mut self, policy: ProjectionPolicy) -> Self {
        self.projections = policy;
        self
    }

    /// How this process shares its projections and processors with others that run the same ones on the same store.
    pub fn lease_policy(mut self, policy: LeasePolicy) -> Self {
        self.leases = policy;
        self
    }

    /// How one projection does, if not as the others.
    pub fn projection_policy_of<P: Projection>(mut self, policy: ProjectionPolicy) -> Self {
        self.projection_policies.insert(P::PROJECTION.name, policy);
        self
    }

    /// What queries may cost.
    pub fn query_policy(mut self, policy: QueryPolicy) -> Self {
        self.queries = policy;
        self
    }

    /// Keeps results of a query for those who ask the same, until its projections move: [`QueryCache`].
    pub fn cache<Q>(mut self, cache: QueryCache) -> Self
    where
        Q: QueryLogic + Query<Result: Serialize> + Serialize,
    {
        self.caches.insert(Q::ORIGIN, Results::of::<Q>(cache));
        self
    }

    /// Starts the service, its projections and its process managers, when it is awaited.
    ///
    /// # Errors
    /// If a command of the service needs streams of two stores, or a store does not answer.
    pub fn start(mut self) -> Starting
    where
        Resources: Complete,
    {
        Resources::make(&mut self.provided);
        self = self.with_inline_projections();
        let executor = self.executor.environment(self.environment.clone()).build();
        let dispatcher = Dispatcher::builder(executor.clone(), S::TABLE);
        let dispatcher = self
            .dispatcher
            .into_iter()
            .fold(dispatcher, |dispatcher, configure| configure(dispatcher))
            .build();
        let transport = self
            .transport
            .unwrap_or_else(|| Arc::new(LogFollower::new(&self.environment)));
        let placement = Arc::clone(executor.placement());
        let sources = sources(&executor, &transport, &self.environment);
        let known = Arc::new(known::<S>());
        let processors = Processors::sharing(self.leases.clone(), Arc::clone(&known));
        let projecting = runner::Surroundings {
            store: Arc::clone(&sources[StoreNumber::MAIN.get()].store),
            tenants: self.tenants.clone(),
            bus: sources[StoreNumber::MAIN.get()].bus.clone(),
            environment: self.environment.clone(),
            policy: self.projections,
            leases: self.leases,
            policies: self.projection_policies,
            known: Arc::clone(&known),
            provided: self.provided,
        };
        let surroundings = Surroundings {
            known: Arc::clone(&known),
            sources: sources.clone(),
            placement: Arc::clone(&placement),
            tenants: self.tenants,
            commands: Arc::new(dispatcher.core().clone()),
            environment: self.environment.clone(),
            policy: self.processes,
        };
        let (environment, policy, caches) = (self.environment, self.queries, self.caches);
        Box::pin(async move {
            stores::check(S::TABLE, &placement)?;
            let projections = const { &S::PART }.projections();
            if placement.is_split() && !projections.is_empty() {
                return Err(StartError::ProjectionsInOneStore);
            }
            for source in &sources {
                source.bus.end(&TenantId::DEFAULT).await?;
            }
            let projections = Projections::start(projections, projecting).await?;
            let listed = const { &S::PART }.queries();
            let queries = Queries::new(listed, projections.clone(), &environment, policy, caches);
            let managers = ProcessManagers::start(managers::<S>(), surroundings).await?;
            Ok(Runtime::new::<S>(
                executor,
                dispatcher,
                sources,
                managers,
                projections,
                processors,
                queries,
            ))
        })
    }
}

impl<S: Service, Resources> RuntimeBuilder<S, Resources> {
    /// Has commands append together with the effects on inline projections.
    fn with_inline_projections(mut self) -> Self {
        let mut inline = Vec::new();
        for facts in const { &S::PART }.projections() {
            let projector = self.provided.get(facts.name);
            if let Some(events) = projector.and_then(|projector| projector.inline()) {
                let policy = self
                    .projection_policies
                    .get(facts.name)
                    .unwrap_or(&self.projections);
                let limit = policy.handler_limit;
                inline.push(InlineProjection { facts, events, limit });
            }
        }
        if !inline.is_empty() {
            let (projections, tenants) = (inline.into(), self.tenants.clone());
            self.executor = self.executor.map_store(|store| {
                Arc::new(InlineStore {
                    store,
                    projections,
                    tenants,
                })
            });
        }
        self
    }
}

/// The stores of an executor, each with a bus.
fn sources(executor: &Executor, transport: &Arc<dyn Transport>, environment: &Environment) -> Vec<Source> {
    let stores = executor.stores().enumerate();
    stores
        .map(|(number, store)| Source {
            store: Arc::clone(store),
            bus: Bus::over(Arc::clone(transport), Arc::clone(store), environment),
            categories: executor.placement().categories(StoreNumber::new(number)),
        })
        .collect()
}

/// The process managers that a service lists.
fn managers<S: Service>() -> Vec<Manager> {
    let mut managers = Vec::new();
    const { &S::PART }.for_each(&mut |part| {
        if let Content::ProcessManager(manager) = part.content {
            managers.push(manager);
        }
    });
    managers
}

type Configure = Box<dyn FnOnce(DispatcherBuilder) -> DispatcherBuilder + Send>;

/// A service that is about to run. Its type says nothing of resources, so that one that is missing is one error.
pub type Starting = Pin<Box<dyn Future<Output = Result<Runtime, StartError>> + Send>>;

/// Every event type that the service speaks of, so that none is taken for one that was renamed.
fn known<S: Service>() -> Known {
    let mut known = Known::default();
    for_each_type::<S>(&mut |types| known.add(types));
    S::TABLE.routes().for_each(|route| known.add_places_of(route));
    known
}

fn for_each_type<S: Service>(visit: &mut dyn FnMut(&'static EventTypes)) {
    const { &S::PART }.for_each(&mut |part| types_of(part, visit));
}

fn types_of(part: &'static Part, visit: &mut dyn FnMut(&'static EventTypes)) {
    match &part.content {
        Content::Aggregate { events, .. } | Content::ExternEvents { events, .. } => visit(events),
        Content::Command(route) => route.emits.iter().chain(route.reads).copied().for_each(visit),
        Content::ProcessManager(manager) => manager.on.iter().for_each(|listened| visit(listened.event)),
        Content::Projection(projection) => projection.events().for_each(visit),
        Content::Query(_) | Content::Module { .. } | Content::ExternCommand { .. } | Content::Unknown => {}
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
    /// Commands need streams of two stores.
    #[error(transparent)]
    AcrossStores(#[from] CommandsAcrossStores),
    /// A store did not say where its log ends.
    #[error("the store cannot be read")]
    Store(#[from] FeedError),
    /// The process managers did not start.
    #[error(transparent)]
    ProcessManagers(#[from] StartProcessesError),
    /// The service has projections, and several stores. Projections read the store that the service is started with, and would
    /// never hear of what is in the others.
    #[error(
        "a service with projections keeps its streams in one store: leave out `store_for`, or the projections"
    )]
    ProjectionsInOneStore,
    /// The projections did not start.
    #[error(transparent)]
    Projections(#[from] StartProjectionsError),
}
