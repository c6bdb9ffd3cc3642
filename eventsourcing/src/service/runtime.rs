use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::timeout;

use super::{Health, Phase, Service, ServiceDescription, Status, Table};
use crate::TenantId;
use crate::bus::{Bus, BusSubscription};
use crate::command::CommandLogic;
use crate::execute::{Execute, Executor};
use crate::process::{ProcessManagers, SettledError};
use crate::store::{EventStore, FeedError, FeedFilter};
use crate::wire::{self, CommandResult, Dispatcher, Protocol, Serve, ServeError, WireCommand};

/// A service that runs.
///
/// A handle: clones are the same service. It runs until it is [shut down](Self::shutdown), or its last
/// handle is dropped: then its process managers stop.
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
    bus: Bus,
    managers: ProcessManagers,
}

impl Runtime {
    pub(super) fn new<S: Service>(
        executor: Executor,
        dispatcher: Dispatcher,
        bus: Bus,
        managers: ProcessManagers,
    ) -> Self {
        Self {
            inner: Arc::new(Inner {
                name: S::PART.name,
                table: S::TABLE,
                describe: ServiceDescription::of::<S>,
                executor,
                dispatcher,
                bus,
                managers,
            }),
        }
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
    /// and publishes all events of [`TenantId::DEFAULT`] that are committed from now on.
    ///
    /// # Errors
    /// If the events cannot be read or published.
    pub async fn serve(&self, protocol: Arc<dyn Protocol>) -> Result<(), ServeError> {
        let events = self.subscribe(FeedFilter::ALL).await?;
        self.serve_with(protocol, Serve::default().with_events(events))
            .await
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

    /// Where its events are kept; for servers, which read it.
    pub fn store(&self) -> &Arc<dyn EventStore> {
        self.inner.executor.store()
    }

    /// What was committed, as it is.
    pub fn bus(&self) -> &Bus {
        &self.inner.bus
    }

    /// The events of [`TenantId::DEFAULT`] that are committed from now on, and pass the filter.
    ///
    /// # Errors
    /// If the store does not say where its log ends.
    pub async fn subscribe(&self, filter: FeedFilter) -> Result<BusSubscription, FeedError> {
        let end = self.inner.bus.end(&TenantId::DEFAULT).await?;
        Ok(self.inner.bus.subscribe(&TenantId::DEFAULT, Some(end), filter))
    }

    /// The process managers: what they have come to, and what they could not deal with.
    pub fn process_managers(&self) -> &ProcessManagers {
        &self.inner.managers
    }

    /// Waits until all process managers have dealt with everything that was committed, and with what that has led to; or have
    /// parked it for people to look at. For tests: while others commit, there may be no such moment.
    ///
    /// # Errors
    /// If the end of the log cannot be found, or a process manager does not run any more.
    pub async fn settled(&self) -> Result<(), SettledError> {
        self.inner.managers.settled().await
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
        }
    }

    /// What it does, and whether its store answers: for those who decide whether to send it more.
    pub async fn health(&self) -> Health {
        let status = self.status();
        match self.inner.bus.end(&TenantId::DEFAULT).await {
            Ok(end) => Health {
                ready: status.phase == Phase::Running,
                status,
                end_of_log: Some(end.position),
                store_error: None,
            },
            Err(error) => Health {
                ready: false,
                status,
                end_of_log: None,
                store_error: Some(error.to_string()),
            },
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
        };
        timeout(within, at_rest).await.map_err(|_| StillBusy {
            commands: executor.commands_under_way(),
        })
    }
}

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
