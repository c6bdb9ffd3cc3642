use std::fmt;
use std::sync::{Arc, Weak};
use std::time::Duration;

use serde::Serialize;
use tokio::time::{sleep, timeout};

use super::{Health, Phase, Service, ServiceDescription, Status, StoreHealth, Table};
use crate::bus::{Bus, BusSubscription};
use crate::command::CommandLogic;
use crate::execute::{Execute, Executor, StoreNumber};
use crate::observe;
use crate::process::runner::Source;
use crate::process::{ProcessManagers, SettledError};
use crate::processor::{ProcessorBuilder, Processors};
use crate::projection::{CaughtUp, Done, Projection, Projections, Row, RowQuery, WaitForError};
use crate::query::{Ask, Follow, Queries, Query, QueryLogic};
use crate::store::{EventStore, FeedError, FeedFilter};
use crate::stream::{StreamKey, the_category_of};
use crate::wire::{self, CommandResult, Dispatcher, Protocol, Serve, ServeError, WireCommand};
use crate::{Position, StreamId, TenantId};

/// A service that runs.
///
/// A handle: clones are the same service. It runs until it is [shut down](Self::shutdown), or its last
/// handle is dropped: then its process managers and projections stop.
#[derive(Clone)]
pub struct Runtime {
    inner: Arc<Inner>,
}

struct Inner {
    name: &'static str,
    table: Table,
    describe: fn() -> ServiceDescription,
    executor: Executor,
    dispatcher: Dispatcher,
    /// The stores, each with its bus: the main one first.
    sources: Vec<Source>,
    managers: ProcessManagers,
    projections: Projections,
    processors: Processors,
    queries: Queries,
}

impl Runtime {
    pub(super) fn new<S: Service>(
        executor: Executor,
        dispatcher: Dispatcher,
        sources: Vec<Source>,
        managers: ProcessManagers,
        projections: Projections,
        processors: Processors,
        queries: Queries,
    ) -> Self {
        let environment = executor.environment().clone();
        let runtime = Self {
            inner: Arc::new(Inner {
                name: S::PART.name,
                table: S::TABLE,
                describe: ServiceDescription::of::<S>,
                executor,
                dispatcher,
                sources,
                managers,
                projections,
                processors,
                queries,
            }),
        };
        let inner = Arc::downgrade(&runtime.inner);
        environment.spawn.spawn(Box::pin(keep_gauges(inner)));
        runtime
    }

    /// Executes a command when the result is awaited. It need not be one that the service lists.
    pub fn execute<C: CommandLogic>(&self, command: C) -> Execute<C> {
        self.inner.executor.execute(command)
    }

    /// Executes a command that has arrived by its name, as bytes.
    ///
    /// # Cancel safety
    /// The future can be dropped at any await. The command has then happened as a whole or not at all.
    pub async fn dispatch(&self, command: WireCommand) -> CommandResult {
        self.inner.dispatcher.dispatch(command).await
    }

    /// What executes commands by name; for servers.
    pub fn dispatcher(&self) -> &Dispatcher {
        &self.inner.dispatcher
    }

    /// Serves a protocol, until it has no more commands or the service shuts down: dispatches its commands, sends the results,
    /// and publishes all events of [`TenantId::DEFAULT`] that are committed from now on, to whichever store.
    ///
    /// # Errors
    /// If the events cannot be read or published.
    pub async fn serve(&self, protocol: Arc<dyn Protocol>) -> Result<(), ServeError> {
        let mut how = Serve::default();
        for source in &self.inner.sources {
            how = how.with_events(from_now_on(&source.bus, FeedFilter::ALL).await?);
        }
        self.serve_with(protocol, how).await
    }

    /// Serves a protocol in a way of its own.
    ///
    /// # Errors
    /// If the events cannot be read or published.
    pub async fn serve_with(&self, protocol: Arc<dyn Protocol>, how: Serve) -> Result<(), ServeError> {
        let shutdown = self.inner.executor.closed();
        wire::serve(protocol, self.inner.dispatcher.clone(), how, shutdown).await
    }

    /// The name of the service.
    pub fn name(&self) -> &'static str {
        self.inner.name
    }

    /// Where commands are routed to.
    pub fn table(&self) -> Table {
        self.inner.table
    }

    /// What was committed, as it is: to the store that the service was started with. Of another one, see
    /// [`bus_of`](Self::bus_of).
    pub fn bus(&self) -> &Bus {
        &self.main().bus
    }

    /// What was committed to the store of the streams of a key. Positions of two stores have nothing to do with each other.
    pub fn bus_of<K: StreamKey>(&self) -> &Bus {
        let category = const { the_category_of::<K>() };
        let number = self.inner.executor.placement().of(category);
        let source = self.inner.sources.get(number.get());
        &source.unwrap_or_else(|| self.main()).bus
    }

    /// What was committed to the store of the streams that a filter names, or else of its categories. A filter that names neither
    /// means the store that the service was started with.
    ///
    /// # Errors
    /// If what it names is in several stores: their events have no common order.
    pub fn bus_for(&self, filter: &FeedFilter) -> Result<&Bus, FilterAcrossStores> {
        let streams = filter.streams.iter().flatten().map(StreamId::category);
        let mut categories: Vec<_> = streams.map(Some).collect();
        if filter.streams.is_none() {
            categories.extend(
                filter
                    .categories
                    .iter()
                    .flatten()
                    .map(|category| Some(category.as_str())),
            );
        }
        let store = self.inner.executor.placement().of_all(&categories);
        Ok(&self.inner.sources[store.ok_or(FilterAcrossStores)?.get()].bus)
    }

    /// Where a stream is kept.
    pub fn store_of(&self, stream: &StreamId) -> &Arc<dyn EventStore> {
        let number = self.inner.executor.placement().of(stream.category());
        &self.inner.sources[number.get()].store
    }

    fn main(&self) -> &Source {
        &self.inner.sources[StoreNumber::MAIN.get()]
    }

    /// The events of [`TenantId::DEFAULT`] that are committed from now on to the store that the service was started with, and
    /// pass the filter. For those of another store, subscribe to [`bus_of`](Self::bus_of).
    ///
    /// # Errors
    /// If the store does not say where its log ends.
    pub async fn subscribe(&self, filter: FeedFilter) -> Result<BusSubscription, FeedError> {
        from_now_on(self.bus(), filter).await
    }

    /// The process managers: what they have come to, and what they could not deal with.
    pub fn process_managers(&self) -> &ProcessManagers {
        &self.inner.managers
    }

    /// Does something with every event: see [processors](crate::processor). The name stays, since progress is saved under it.
    ///
    /// It takes the events of the store that the service was started with; of another one, see
    /// [`ProcessorBuilder::new`]. It ends when the service is shut down, and none is started after that.
    pub fn processor(&self, name: &str) -> ProcessorBuilder {
        let environment = self.inner.executor.environment();
        ProcessorBuilder::among(name, self.bus(), environment, self.inner.processors.clone())
    }

    /// The projections: what they have come to.
    pub fn projections(&self) -> &Projections {
        &self.inner.projections
    }

    /// Asks for the rows of a projection.
    pub fn rows<R: Row>(&self) -> RowQuery<R> {
        self.inner.projections.rows()
    }

    /// Asks a query when the answer is awaited. It need not be one that the service lists; its projections are.
    pub fn query<Q: QueryLogic>(&self, query: Q) -> Ask<Q> {
        Ask::new(self.inner.queries.clone(), query)
    }

    /// Follows a query: its result first, then each that differs. It need not be one that the service lists; its projections
    /// are.
    pub fn follow<Q>(&self, query: Q) -> Follow<Q>
    where
        Q: QueryLogic + Query<Result: Serialize> + Serialize,
    {
        Follow::new(self.inner.queries.clone(), query)
    }

    /// The queries that the service lists, to be asked by name; for servers.
    pub fn queries(&self) -> &Queries {
        &self.inner.queries
    }

    /// Waits until a projection has dealt with what was done for [`TenantId::DEFAULT`]: with what a command has
    /// [come to](crate::execute::Executed), or with everything up to a position. Whoever has done it finds it in the rows.
    ///
    /// Events of others may be parked all the same, and how many are is told.
    ///
    /// # Errors
    /// If an event of what was done is [parked](WaitForError::Parked), so that it is not in the rows; if the projection stands still
    /// before an event that it cannot deal with; if it does not run; or if the log does not go so [far](WaitForError::BeyondEnd):
    /// nobody waits for what has not happened.
    pub async fn wait_for<P: Projection>(&self, done: impl Into<Done>) -> Result<CaughtUp, WaitForError> {
        self.wait_for_in::<P>(&TenantId::DEFAULT, done).await
    }

    /// The same, of any tenant.
    ///
    /// # Errors
    /// As for [`wait_for`](Self::wait_for).
    pub async fn wait_for_in<P: Projection>(
        &self,
        tenant: &TenantId,
        done: impl Into<Done>,
    ) -> Result<CaughtUp, WaitForError> {
        self.inner.projections.wait_for::<P>(tenant, done.into()).await
    }

    /// Waits until all projections of the service have come to a position of a tenant.
    ///
    /// # Errors
    /// As for [`wait_for`](Self::wait_for).
    pub async fn wait_for_all_in(&self, tenant: &TenantId, position: Position) -> Result<(), WaitForError> {
        self.inner.projections.wait_for_each(tenant, position).await
    }

    /// Waits until all process managers have dealt with everything that was committed, and with what that has led to, or have
    /// parked it for people to look at; and all projections have come to what is committed then. For tests: while others commit,
    /// there may be no such moment.
    ///
    /// # Errors
    /// If the end of the log cannot be found, a process manager or a projection does not run any more, or a projection cannot
    /// deal with an event, or has parked one.
    pub async fn settled(&self) -> Result<(), SettledError> {
        self.inner.managers.settled().await?;
        Ok(self.inner.projections.settled().await?)
    }

    /// Describes the service: what it handles, what happens then, and what follows from that.
    pub fn describe(&self) -> ServiceDescription {
        (self.inner.describe)()
    }

    /// What it does at this moment.
    pub fn status(&self) -> Status {
        let commands = self.inner.executor.commands_under_way();
        let phase = match (self.inner.executor.is_closed(), commands) {
            (false, _) => Phase::Running,
            (true, 0) => Phase::Stopped,
            (true, _) => Phase::ShuttingDown,
        };
        Status {
            service: self.inner.name.to_owned(),
            phase,
            commands_under_way: commands,
            process_managers: self.inner.managers.status(),
            projections: self.inner.projections.status(),
            processors: self.inner.processors.status(),
            snapshots: self.inner.executor.snapshot_counts(),
        }
    }

    /// What it does, and whether its stores answer: for those who decide whether to send it more.
    pub async fn health(&self) -> Health {
        let status = self.status();
        let mut stores = Vec::with_capacity(self.inner.sources.len());
        for source in &self.inner.sources {
            let end = source.bus.end(&TenantId::DEFAULT).await;
            stores.push(StoreHealth {
                categories: source.categories.clone(),
                end_of_log: end.as_ref().ok().map(|end| end.position),
                error: end.err().map(|error| error.to_string()),
            });
        }
        Health {
            ready: status.phase == Phase::Running && stores.iter().all(|store| store.error.is_none()),
            status,
            stores,
        }
    }

    /// Ready as soon as it takes no more commands: once somebody has begun to [shut it down](Self::shutdown).
    pub async fn closed(&self) {
        self.inner.executor.closed().await;
    }

    /// Takes no more commands, which are refused as
    /// [`ShuttingDown`](crate::execute::ExecuteError::ShuttingDown), and waits for those that are under way.
    ///
    /// It can be called again, to wait longer.
    ///
    /// # Errors
    /// If some are still under way after this time. Each of them happens as a whole or not at all, also if the program
    /// ends now.
    pub async fn shutdown(&self, within: Duration) -> Result<(), StillBusy> {
        let executor = &self.inner.executor;
        executor.close();
        let at_rest = async {
            self.inner.managers.stop().await;
            executor.drained().await;
            self.inner.projections.stop().await;
            self.inner.processors.stop().await;
        };
        timeout(within, at_rest).await.map_err(|_| StillBusy {
            commands: executor.commands_under_way(),
        })
    }
}

/// Sets the gauges of a service for as long as it runs, or anybody has a handle of it.
async fn keep_gauges(service: Weak<Inner>) {
    while let Some(inner) = service.upgrade() {
        let status = Runtime { inner }.status();
        observe::set_gauges(&status);
        if status.phase == Phase::Stopped {
            return;
        }
        sleep(observe::EVERY).await;
    }
}

/// The events of the default tenant that are committed from now on.
async fn from_now_on(bus: &Bus, filter: FeedFilter) -> Result<BusSubscription, FeedError> {
    let end = bus.end(&TenantId::DEFAULT).await?;
    Ok(bus.subscribe(&TenantId::DEFAULT, Some(end), filter))
}

/// A filter names streams or categories of several stores.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the streams or categories are in several stores, whose events have no common order")]
pub struct FilterAcrossStores;

impl fmt::Debug for Runtime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Runtime")
            .field("status", &self.status())
            .finish_non_exhaustive()
    }
}

/// A service did not come to rest in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("commands or process managers are still under way: {commands} commands")]
pub struct StillBusy {
    /// How many commands are under way.
    pub commands: usize,
}
