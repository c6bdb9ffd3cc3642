//! Running process managers: the log is read, its events are handed to lanes, and each goes its course.
//!
//! The course of an event is a state machine without I/O ([`course`]). Around it are tasks: per manager one reader, its
//! lanes, and one that tries again what was parked.

mod course;
mod lane;
mod parked;
mod policy;
mod reader;
mod retries;
mod send;
mod shared;
mod status;
#[cfg(test)]
mod tests;
mod trouble;

use std::fmt;
use std::sync::Arc;

use tokio::sync::{mpsc, watch};

use super::{Manager, Start};
use crate::bus::Bus;
use crate::environment::Environment;
use crate::store::{Append, AppendError, Checkpoint, EventStore, FeedError, Progress, StoreError};
use crate::{EventId, Position, TenantId};

use lane::{Lane, Work};
use shared::Shared;
use trouble::Trouble;

pub use policy::ProcessPolicy;
pub use shared::InvalidManagerName;
pub(crate) use shared::SendCommands;
pub use status::{ManagerStatus, ParkedEvent, ParkedInstance};

/// The process managers of a service, as they run: what they have come to, and what they could not deal with.
///
/// A handle: clones are the same.
#[derive(Clone)]
pub struct ProcessManagers {
    inner: Arc<Inner>,
}

struct Inner {
    managers: Vec<Running>,
    tenants: Vec<TenantId>,
    bus: Bus,
    stop: watch::Sender<bool>,
    /// Closed when the last task has ended.
    tasks: tokio::sync::Mutex<mpsc::Receiver<()>>,
}

/// A process manager at work for a tenant.
struct Running {
    shared: Arc<Shared>,
    /// How far each of its lanes has come.
    lanes: Vec<watch::Receiver<Position>>,
}

/// What process managers run with.
pub(crate) struct Surroundings {
    pub(crate) store: Arc<dyn EventStore>,
    pub(crate) tenants: Vec<TenantId>,
    pub(crate) bus: Bus,
    pub(crate) commands: Arc<dyn SendCommands>,
    pub(crate) environment: Environment,
    pub(crate) policy: ProcessPolicy,
}

/// So many events may wait in a lane.
const WAITING: usize = 256;

impl ProcessManagers {
    /// Starts process managers, each for each of the tenants.
    pub(crate) async fn start(
        managers: Vec<Manager>,
        surroundings: Surroundings,
    ) -> Result<Self, StartProcessesError> {
        let (stop, stopping) = watch::channel(false);
        let (alive, tasks) = mpsc::channel(1);
        let mut running = Vec::new();
        for manager in managers {
            for tenant in &surroundings.tenants {
                let tenant = surroundings.store.tenant(tenant);
                let shared = Shared::new(
                    manager,
                    tenant,
                    surroundings.store.identity(),
                    Arc::clone(&surroundings.commands),
                    surroundings.environment.clone(),
                    surroundings.policy,
                    stopping.clone(),
                )?;
                let prepared = Prepared::new(shared, &surroundings.bus).await?;
                running.push(prepared.start(&surroundings.bus, &alive));
            }
        }
        Ok(Self {
            inner: Arc::new(Inner {
                managers: running,
                tenants: surroundings.tenants,
                bus: surroundings.bus,
                stop,
                tasks: tokio::sync::Mutex::new(tasks),
            }),
        })
    }

    /// What each of them has come to.
    pub fn status(&self) -> Vec<ManagerStatus> {
        self.inner.managers.iter().map(Running::status).collect()
    }

    /// Tries the parked events of an instance again now, in their order, up to one that fails once more.
    ///
    /// # Errors
    /// If there is no such manager, or an event fails again: then it stays parked, with the new reason.
    pub async fn retry(&self, tenant: &TenantId, manager: &str, instance: &str) -> Result<(), ParkedError> {
        let running = self.find(tenant, manager)?;
        retries::retry(&running.shared, instance)
            .await
            .map_err(|trouble| ParkedError::Failed {
                reason: trouble.reason(),
            })
    }

    /// Passes over an event that is the first of the parked ones of its instance, for good; those behind it are taken up. Nothing
    /// happens if it is not parked, or not any more.
    ///
    /// # Errors
    /// If there is no such manager, the event waits behind another one, or the store fails.
    pub async fn skip(&self, tenant: &TenantId, manager: &str, event: EventId) -> Result<(), ParkedError> {
        let running = self.find(tenant, manager)?;
        let place = running.shared.parked().place_of(event);
        match place {
            None => return Ok(()),
            Some(0) => {}
            Some(_) => return Err(ParkedError::NotFirst { event }),
        }
        retries::skip(&running.shared, event)
            .await
            .map_err(|trouble| ParkedError::Failed {
                reason: trouble.reason(),
            })
    }

    fn find(&self, tenant: &TenantId, manager: &str) -> Result<&Running, ParkedError> {
        let mut managers = self.inner.managers.iter();
        managers
            .find(|running| running.shared.manager.name == manager && running.shared.tenant.tenant == *tenant)
            .ok_or_else(|| ParkedError::NoSuchManager {
                manager: manager.to_owned(),
            })
    }

    /// Waits until all have dealt with everything that was committed, and with what that has led to; or have parked it for
    /// people to look at.
    pub(crate) async fn settled(&self) -> Result<(), SettledError> {
        loop {
            let mut seen = Vec::with_capacity(self.inner.tenants.len());
            for tenant in &self.inner.tenants {
                let head = self.inner.bus.end(tenant).await?.position;
                for running in self.of(tenant) {
                    running.has_come_to(head).await?;
                }
                seen.push(head);
            }
            let mut unchanged = true;
            for (tenant, head) in self.inner.tenants.iter().zip(seen) {
                unchanged &= self.inner.bus.end(tenant).await?.position == head;
            }
            if unchanged {
                return Ok(());
            }
        }
    }

    fn of<'a>(&'a self, tenant: &'a TenantId) -> impl Iterator<Item = &'a Running> {
        let managers = self.inner.managers.iter();
        managers.filter(move |running| running.shared.tenant.tenant == *tenant)
    }

    /// Lets no further event begin, and waits for those under way.
    pub(crate) async fn stop(&self) {
        self.inner.stop.send_replace(true);
        // Nobody sends anything: it ends when all tasks have.
        let _ = self.inner.tasks.lock().await.recv().await;
    }
}

/// A manager that knows where it left off.
struct Prepared {
    shared: Arc<Shared>,
    lanes: Vec<(Arc<str>, Option<Checkpoint>)>,
}

impl Prepared {
    async fn new(shared: Shared, bus: &Bus) -> Result<Self, StartProcessesError> {
        let mut lanes = Vec::new();
        for number in 0..reader::LANES.get() {
            let reader: Arc<str> = format!("process/{}/{number}", shared.manager.name).into();
            let saved = shared.tenant.checkpoints.load(&reader).await?;
            lanes.push((reader, saved));
        }
        if shared.manager.start == Start::Now {
            begin_now(&shared, bus, &mut lanes).await?;
        }
        shared.reload_parked().await?;
        Ok(Self {
            shared: Arc::new(shared),
            lanes,
        })
    }

    fn start(self, bus: &Bus, alive: &mpsc::Sender<()>) -> Running {
        let spawn = Arc::clone(&self.shared.environment.spawn);
        let after = self
            .lanes
            .iter()
            .map(|(_, saved)| *saved)
            .min_by_key(|saved| saved.map(|saved| saved.position));
        let subscription = bus.subscribe(
            &self.shared.tenant.tenant,
            after.flatten(),
            reader::filter(&self.shared),
        );
        let mut senders = Vec::new();
        let mut lanes = Vec::new();
        for (reader, saved) in self.lanes {
            let (sender, work) = mpsc::channel::<Work>(WAITING);
            let (handled, come_to) = watch::channel(saved.map_or(Position::START, |saved| saved.position));
            senders.push(sender);
            lanes.push(come_to);
            let lane = Lane::new(Arc::clone(&self.shared), reader, saved, handled);
            let alive = alive.clone();
            spawn.spawn(Box::pin(async move {
                lane.run(work).await;
                drop(alive);
            }));
        }
        let (shared, alive_reader) = (Arc::clone(&self.shared), alive.clone());
        spawn.spawn(Box::pin(async move {
            match reader::read(&shared, subscription, senders).await {
                Err(error) => shared.give_up(&error.into()),
                Ok(()) if !shared.stopping() => shared.give_up(&Trouble::LaneDied),
                Ok(()) => {}
            }
            drop(alive_reader);
        }));
        let (shared, alive) = (Arc::clone(&self.shared), alive.clone());
        spawn.spawn(Box::pin(async move {
            retries::retry_when_due(shared).await;
            drop(alive);
        }));
        Running {
            shared: self.shared,
            lanes,
        }
    }
}

/// Lets the lanes begin that have not yet: of a manager that takes only what comes, at the end of the log. If somebody has begun
/// and was cut off, where that one has: no lane moves on before all have begun.
async fn begin_now(
    shared: &Shared,
    bus: &Bus,
    lanes: &mut [(Arc<str>, Option<Checkpoint>)],
) -> Result<(), StartProcessesError> {
    let begun = lanes.iter().filter_map(|(_, saved)| *saved);
    let begin = match begun.min_by_key(|saved| saved.position) {
        Some(begin) => begin,
        None => bus.end(&shared.tenant.tenant).await?,
    };
    for (reader, saved) in lanes {
        if saved.is_none() {
            *saved = begin_at(shared, reader, begin).await?;
        }
    }
    Ok(())
}

/// Lets a lane begin, unless another instance has let it already.
async fn begin_at(
    shared: &Shared,
    reader: &Arc<str>,
    begin: Checkpoint,
) -> Result<Option<Checkpoint>, StartProcessesError> {
    let append = Append {
        progress: Some(Progress {
            reader: Arc::clone(reader),
            from: None,
            to: begin,
        }),
        ..Append::default()
    };
    match shared.append(append).await {
        Ok(_) => Ok(Some(begin)),
        Err(AppendError::Overtaken(overtaken)) => Ok(overtaken.saved),
        Err(error) => Err(error.into()),
    }
}

impl Running {
    /// Waits until every lane has come to a position, and nothing is left that is tried again by itself.
    async fn has_come_to(&self, head: Position) -> Result<(), SettledError> {
        for lane in &self.lanes {
            let (mut lane, mut ended) = (lane.clone(), self.shared.ended.subscribe());
            let has_come = tokio::select! {
                biased;
                come = lane.wait_for(|come_to| *come_to >= head) => come.is_ok(),
                _ = ended.wait_for(Option::is_some) => false,
            };
            if !has_come {
                return Err(self.has_ended());
            }
        }
        loop {
            let changed = self.shared.parked_changed.notified();
            if !self.shared.parked().is_tried_again() {
                return Ok(());
            }
            tokio::select! {
                () = changed => {}
                () = self.shared.stopped() => return Err(self.has_ended()),
            }
        }
    }

    fn has_ended(&self) -> SettledError {
        SettledError::Ended {
            manager: self.shared.manager.name,
            reason: self.shared.ended.borrow().clone(),
        }
    }

    fn status(&self) -> ManagerStatus {
        let lanes = self.lanes.iter().map(|lane| *lane.borrow());
        ManagerStatus {
            manager: self.shared.manager.name.to_owned(),
            tenant: self.shared.tenant.tenant.clone(),
            position: lanes.min().unwrap_or_default(),
            error: self.shared.ended.borrow().clone(),
            parked: status::parked(&self.shared.parked()),
        }
    }
}

impl fmt::Debug for ProcessManagers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.status()).finish()
    }
}

/// Why process managers were not started.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartProcessesError {
    /// A name that cannot be stored.
    #[error(transparent)]
    Name(#[from] InvalidManagerName),
    /// It could not be found out where they left off.
    #[error("the progress of the process managers cannot be read")]
    Progress(#[from] StoreError),
    /// It could not be found out where the log ends.
    #[error("the end of the log cannot be found")]
    Log(#[from] FeedError),
    /// It could not be noted where they begin.
    #[error("the progress of the process managers cannot be written")]
    Begin(#[from] AppendError),
}

/// Why it cannot be told that all process managers have caught up.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SettledError {
    /// One of them does not run any more.
    #[error("the process manager `{manager}` does not run any more{}", reason.as_ref().map(|reason| format!(": {reason}")).unwrap_or_default())]
    Ended {
        /// Its name.
        manager: &'static str,
        /// Why, unless everything was stopped.
        reason: Option<String>,
    },
    /// The end of the log could not be found.
    #[error("the end of the log cannot be found")]
    Log(#[from] FeedError),
}

/// Why parked events are not dealt with.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ParkedError {
    /// No process manager of this name runs for this tenant.
    #[error("there is no process manager `{manager}`")]
    NoSuchManager {
        /// The name.
        manager: String,
    },
    /// The event waits behind another one of its instance, which comes first.
    #[error("the event {event} waits behind another one of its instance")]
    NotFirst {
        /// The event.
        event: EventId,
    },
    /// It has not worked.
    #[error("it has not worked: {reason}")]
    Failed {
        /// Why.
        reason: String,
    },
}
