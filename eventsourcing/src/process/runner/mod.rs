//! Running process managers: the log is read, its events are handed to lanes, and each goes its course.
//!
//! The course of an event is a state machine without I/O ([`course`]). Around it are tasks: per manager one reader, its
//! lanes, and one that tries again what was parked.

mod board;
mod course;
mod error;
mod lane;
mod parked;
mod parking;
mod policy;
mod reader;
mod retries;
mod send;
mod shared;
mod status;
mod step;
#[cfg(test)]
mod tests;
mod trouble;

use std::fmt;
use std::sync::Arc;

use tokio::sync::{mpsc, watch};

use super::{Manager, Start};
use crate::bus::Bus;
use crate::environment::Environment;
use crate::execute::{Placement, StoreNumber};
use crate::known::Known;
use crate::store::{Append, AppendError, Checkpoint, EventStore, FeedError, Progress};
use crate::{Category, EventId, Position, TenantId};

use lane::{Lane, Work};
use shared::{Family, Shared};
use trouble::Trouble;

pub use error::{ParkedError, SettledError, StartProcessesError};
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
    sources: Vec<Source>,
    stop: watch::Sender<bool>,
    /// Closed when the last task has ended.
    tasks: tokio::sync::Mutex<mpsc::Receiver<()>>,
}

/// A process manager at work for a tenant, at the events of a store.
struct Running {
    shared: Arc<Shared>,
    /// How far each of its lanes has come.
    lanes: Vec<watch::Receiver<Position>>,
}

/// What process managers run with.
pub(crate) struct Surroundings {
    /// The stores whose events they take, in the order of their numbers.
    pub(crate) sources: Vec<Source>,
    pub(crate) placement: Arc<Placement>,
    pub(crate) tenants: Vec<TenantId>,
    pub(crate) commands: Arc<dyn SendCommands>,
    pub(crate) environment: Environment,
    pub(crate) policy: ProcessPolicy,
    /// What the service knows of the events in the logs.
    pub(crate) known: Arc<Known>,
}

/// A store, and the bus that tells what is committed to it.
#[derive(Clone, Debug)]
pub(crate) struct Source {
    pub(crate) store: Arc<dyn EventStore>,
    pub(crate) bus: Bus,
    /// The categories that were said to be in it; none of the main store.
    pub(crate) categories: Vec<Category>,
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
        let mut prepared = Vec::new();
        for manager in managers {
            for tenant in &surroundings.tenants {
                let family = Arc::new(Family::new(&surroundings, tenant));
                for (number, source) in surroundings.sources.iter().enumerate() {
                    let number = StoreNumber::new(number);
                    let shared = Shared::new(manager, &family, number, &surroundings, stopping.clone())?;
                    prepared.push((Prepared::new(shared, &source.bus).await?, &source.bus));
                }
            }
        }
        let started = prepared
            .into_iter()
            .map(|(prepared, bus)| prepared.start(bus, &alive));
        let running = started.collect();
        Ok(Self {
            inner: Arc::new(Inner {
                managers: running,
                tenants: surroundings.tenants,
                sources: surroundings.sources,
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
        for running in self.find(tenant, manager)? {
            retries::retry(&running.shared, instance)
                .await
                .map_err(|trouble| ParkedError::Failed {
                    reason: trouble.reason(),
                })?;
        }
        Ok(())
    }

    /// Passes over an event that is the first of the parked ones of its instance, for good; those behind it are taken up. Nothing
    /// happens if it is not parked, or not any more.
    ///
    /// # Errors
    /// If there is no such manager, the event waits behind another one, or the store fails.
    pub async fn skip(&self, tenant: &TenantId, manager: &str, event: EventId) -> Result<(), ParkedError> {
        for running in self.find(tenant, manager)? {
            let place = running.shared.parked().place_of(event);
            match place {
                None => continue,
                Some(0) => {}
                Some(_) => return Err(ParkedError::NotFirst { event }),
            }
            return retries::skip(&running.shared, event)
                .await
                .map_err(|trouble| ParkedError::Failed {
                    reason: trouble.reason(),
                });
        }
        Ok(())
    }

    /// Those who are at work for a manager, at the events of each store.
    fn find(&self, tenant: &TenantId, manager: &str) -> Result<Vec<&Running>, ParkedError> {
        let managers = self.inner.managers.iter();
        let found: Vec<_> = managers
            .filter(|running| running.shared.manager.name == manager)
            .filter(|running| running.shared.tenant.tenant == *tenant)
            .collect();
        if found.is_empty() {
            return Err(ParkedError::NoSuchManager {
                manager: manager.to_owned(),
            });
        }
        Ok(found)
    }

    /// Waits until all have dealt with everything that was committed, and with what that has led to; or have parked it for
    /// people to look at.
    pub(crate) async fn settled(&self) -> Result<(), SettledError> {
        loop {
            let seen = self.ends().await?;
            for running in &self.inner.managers {
                let shared = &running.shared;
                let logs = seen.iter().filter(|end| end.is_of(shared));
                for end in logs {
                    running.has_come_to(end.position).await?;
                }
            }
            if self.ends().await? == seen {
                return Ok(());
            }
        }
    }

    /// Where the logs end, of all tenants in all stores.
    async fn ends(&self) -> Result<Vec<LogEnd<'_>>, FeedError> {
        let mut ends = Vec::new();
        for (number, source) in self.inner.sources.iter().enumerate() {
            for tenant in &self.inner.tenants {
                ends.push(LogEnd {
                    store: StoreNumber::new(number),
                    tenant,
                    position: source.bus.end(tenant).await?.position,
                });
            }
        }
        Ok(ends)
    }

    /// Lets no further event begin, and waits for those under way.
    pub(crate) async fn stop(&self) {
        self.inner.stop.send_replace(true);
        // Nobody sends anything: it ends when all tasks have.
        let _ = self.inner.tasks.lock().await.recv().await;
    }
}

/// Where the log of a tenant ends in a store.
#[derive(PartialEq)]
struct LogEnd<'a> {
    store: StoreNumber,
    tenant: &'a TenantId,
    position: Position,
}

impl LogEnd<'_> {
    fn is_of(&self, shared: &Shared) -> bool {
        self.store == shared.number && *self.tenant == shared.tenant.tenant
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
                Err(trouble) => shared.give_up(&trouble),
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
            let changed = self.shared.parked_changed().notified();
            if !self.shared.is_tried_again() {
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
            categories: self.shared.categories.clone(),
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
