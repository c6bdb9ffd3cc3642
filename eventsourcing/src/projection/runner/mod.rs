//! Running projections: per projection and tenant one task, which follows the log and makes rows of it.

mod activation;
mod done;
mod known;
mod lease;
mod orders;
mod parked;
mod parking;
mod policy;
mod progress;
mod project;
mod readiness;
mod standby;
mod status;
mod stock;
mod task;
mod versions;
mod watched;

use std::collections::HashMap;
use std::fmt;
use std::num::NonZeroU32;
use std::sync::Arc;

use tokio::sync::{Mutex, mpsc, watch};

use super::derived::Projector;
use super::parked::ParkedEvent;
use super::query::RowQuery;
use super::{Projection, ProjectionFacts, Row};
use crate::bus::Bus;
use crate::environment::Environment;
use crate::service::Projectors;
use crate::store::rows::{Preparation, PrepareError, ProjectionFingerprint, ReadRowsError};
use crate::store::{EventStore, FeedError};
use crate::{Clock as _, EventTypes, Position, TenantId};

use activation::Activation;
use lease::{Keeper, Wanted};
use orders::Order;
use progress::Progress;
use readiness::whole_seconds;
use status::Course;
use stock::Stock;
use task::Task;

pub use done::{CaughtUp, Done};
pub use lease::LeasePolicy;
pub use parked::ParkedError;
pub use policy::{OnFailure, ProjectionPolicy};
pub use readiness::NotReady;
pub(crate) use status::RowsAt;
pub use status::{FailingEvent, ProjectionState, ProjectionStatus};
pub use versions::VersionError;
pub(crate) use watched::Watched;

/// The projections of a service, as they run: what they have come to.
///
/// A handle: clones are the same.
#[derive(Clone)]
pub struct Projections {
    inner: Arc<Inner>,
}

struct Inner {
    store: Arc<dyn EventStore>,
    bus: Bus,
    environment: Environment,
    facts: Vec<ProjectionFacts>,
    running: Vec<Running>,
    tenants: Vec<TenantId>,
    stop: watch::Sender<bool>,
    /// Closed when the last task has ended.
    tasks: Mutex<mpsc::Receiver<()>>,
}

/// A projection at work for a tenant.
struct Running {
    facts: ProjectionFacts,
    tenant: TenantId,
    course: Arc<watch::Sender<Course>>,
    /// Takes what people ask for to its task.
    orders: mpsc::Sender<Order>,
    activation: Arc<Activation>,
}

/// So many orders may wait for the task of a projection.
const ORDERS: usize = 8;

/// What projections run with.
pub(crate) struct Surroundings {
    pub(crate) store: Arc<dyn EventStore>,
    pub(crate) tenants: Vec<TenantId>,
    pub(crate) bus: Bus,
    pub(crate) environment: Environment,
    pub(crate) policy: ProjectionPolicy,
    pub(crate) leases: LeasePolicy,
    /// Of those that have one of their own, by name.
    pub(crate) policies: HashMap<&'static str, ProjectionPolicy>,
    /// The event types that anybody in the service knows.
    pub(crate) known: Arc<[&'static EventTypes]>,
    /// What makes them, by name.
    pub(crate) provided: Projectors,
}

impl Projections {
    /// Starts projections, each for each of the tenants.
    pub(crate) async fn start(
        all: Vec<ProjectionFacts>,
        mut surroundings: Surroundings,
    ) -> Result<Self, StartProjectionsError> {
        let (stop, stopping) = watch::channel(false);
        let (alive, tasks) = mpsc::channel(1);
        let mut running = Vec::new();
        let mut wanted = Wanted::nothing();
        // Tables are those of all tenants.
        let main = surroundings.store.tenant(&TenantId::DEFAULT);
        for facts in &all {
            let active = prepare(facts, &*surroundings.store).await?;
            let activation = Arc::new(Activation::new(facts.of_store(), active, &surroundings.tenants));
            let projector = surroundings.provided.remove(facts.name);
            #[expect(
                clippy::expect_used,
                reason = "the type of the builder lists every projection"
            )]
            let projector = projector.expect("every projection is provided, or made");
            for tenant in &surroundings.tenants {
                let (task, one) = begin(
                    facts,
                    tenant,
                    &*projector,
                    &activation,
                    &surroundings,
                    &mut wanted,
                    &stopping,
                )
                .await?;
                running.push(one);
                let alive = alive.clone();
                surroundings.environment.spawn.spawn(Box::pin(async move {
                    task.run().await;
                    drop(alive);
                }));
            }
            // On a log without anything new, whoever asks need not wait for the tasks to find that out.
            activation.settle(&*main.rows).await?;
        }
        if !running.is_empty() {
            let id = surroundings.environment.ids.new_id();
            let keeper = Keeper::new(id, surroundings.leases, wanted);
            surroundings.environment.spawn.spawn(Box::pin(async move {
                keeper.run(stopping).await;
                drop(alive);
            }));
        }
        Ok(Self {
            inner: Arc::new(Inner {
                store: surroundings.store,
                bus: surroundings.bus,
                environment: surroundings.environment,
                facts: all,
                running,
                tenants: surroundings.tenants,
                stop,
                tasks: Mutex::new(tasks),
            }),
        })
    }

    /// What each of them has come to.
    pub fn status(&self) -> Vec<ProjectionStatus> {
        let now = self.inner.environment.clock.now();
        let status = |running: &Running| {
            let course = running.course.borrow().clone();
            let progress = course.progress(self.end_of_log(&running.tenant), now);
            ProjectionStatus {
                projection: running.facts.name.to_owned(),
                version: running.facts.version,
                tenant: running.tenant.clone(),
                position: progress.position,
                end: progress.end,
                lag_events: progress.lag(),
                lag_seconds: progress.waits(now).as_secs(),
                events_handled: progress.events,
                events_per_second: progress.events_per_second,
                seconds_left: progress.time_left.map(whole_seconds),
                held_by: course
                    .held_by
                    .clone()
                    .filter(|_| course.state == ProjectionState::Standby)
                    .map(|label| label.to_string()),
                is_active: running.activation.is_active(),
                is_ready: running.activation.is_ready(),
                state: course.state,
                parked_events: progress.parked,
                parked: course.parked_sequences(),
                failing: course.failing,
                error: course.error,
            }
        };
        self.inner.running.iter().map(status).collect()
    }

    /// The end of the log, as far as any of them knows.
    fn end_of_log(&self, tenant: &TenantId) -> Position {
        let running = self.inner.running.iter();
        let heads = running
            .filter(|running| running.tenant == *tenant)
            .map(|running| running.course.borrow().head);
        heads.max().unwrap_or(Position::START)
    }

    /// Asks for rows.
    pub(crate) fn rows<R: Row>(&self) -> RowQuery<R> {
        let fills =
            |facts: &&ProjectionFacts| std::ptr::eq(facts.table, R::TABLE) || *facts.table == *R::TABLE;
        let facts = self.inner.facts.iter().find(fills).copied();
        RowQuery::new(self.clone(), facts)
    }

    /// Where the rows are.
    pub(crate) fn store(&self) -> &dyn EventStore {
        &*self.inner.store
    }

    /// Waits until a projection of a tenant has dealt with what was done.
    pub(crate) async fn wait_for<P: Projection>(
        &self,
        tenant: &TenantId,
        done: Done,
    ) -> Result<CaughtUp, WaitForError> {
        let running = self.running(P::PROJECTION.name, tenant)?;
        running.has_come_to(done.last).await?;
        running.has_parked_none_of(done, &*self.inner.store).await
    }

    /// Waits until all have come to the end of the log, and have parked nothing.
    pub(crate) async fn settled(&self) -> Result<(), SettledProjectionsError> {
        for tenant in &self.inner.tenants {
            let mut running = self
                .inner
                .running
                .iter()
                .filter(|running| running.tenant == *tenant)
                .peekable();
            if running.peek().is_none() {
                continue;
            }
            let end = self.inner.bus.end(tenant).await?.position;
            for running in running {
                running.has_come_to(end).await?;
            }
        }
        for running in &self.inner.running {
            running.has_parked_none_of(Done::EVER, &*self.inner.store).await?;
        }
        Ok(())
    }

    /// Lets no further batch begin, and waits for those under way.
    pub(crate) async fn stop(&self) {
        self.inner.stop.send_replace(true);
        // Nobody sends anything: it ends when all tasks have.
        let _ = self.inner.tasks.lock().await.recv().await;
    }
}

/// Sees to it that a version of a projection has its table, and is what it was when it was first run. Says which version is the
/// active one.
async fn prepare(
    facts: &ProjectionFacts,
    store: &dyn EventStore,
) -> Result<Option<NonZeroU32>, StartProjectionsError> {
    let preparation = Preparation {
        projection: facts.of_store(),
        fingerprint: facts.fingerprint(),
        tables: vec![facts.table, facts.parked],
    };
    // Tables are those of all tenants.
    let rows = store.tenant(&TenantId::DEFAULT).rows;
    let prepared = rows.prepare(&preparation).await?;
    if prepared.fingerprint == preparation.fingerprint {
        return Ok(prepared.active);
    }
    if let Some(reason) = facts.changed {
        tracing::info!(
            projection = facts.name,
            version = facts.version,
            reason,
            "the projection is not what its version was at first"
        );
        return Ok(prepared.active);
    }
    Err(StartProjectionsError::Changed {
        projection: facts.name,
        version: facts.version.get(),
        next: facts.version.get().saturating_add(1),
        first: prepared.fingerprint,
        now: preparation.fingerprint,
    })
}

/// A projection that knows where it left off.
async fn begin(
    facts: &ProjectionFacts,
    tenant: &TenantId,
    projector: &dyn Projector,
    activation: &Arc<Activation>,
    surroundings: &Surroundings,
    wanted: &mut Wanted,
    stopping: &watch::Receiver<bool>,
) -> Result<(Task, Running), StartProjectionsError> {
    let tenant = surroundings.store.tenant(tenant);
    let reader = facts.of_store().reader();
    let Stock { place, parked } = Stock::take(&tenant, facts, &reader).await?;
    let began_at = surroundings.bus.end(&tenant.tenant).await?.position;
    let position = place.checkpoint.map_or(Position::START, |saved| saved.position);
    if position >= began_at {
        activation.has_come_to_the_end(&tenant.tenant, !parked.is_empty());
    }
    let parked = Arc::new(parked);
    let course = Course::at(position, began_at, Arc::clone(&parked));
    let course = Arc::new(watch::Sender::new(course));
    let (orders, taken) = mpsc::channel(ORDERS);
    let policy = surroundings.policies.get(facts.name);
    let running = Running {
        facts: *facts,
        tenant: tenant.tenant.clone(),
        course: Arc::clone(&course),
        orders,
        activation: Arc::clone(activation),
    };
    let lease = wanted.add(&tenant, &reader, &course);
    let task = Task {
        facts: *facts,
        reader,
        tenant,
        store: surroundings.store.identity(),
        bus: surroundings.bus.clone(),
        policy: policy.copied().unwrap_or(surroundings.policy),
        batches: projector.batches(),
        place,
        parked,
        activation: Arc::clone(activation),
        began_at,
        known: Arc::clone(&surroundings.known),
        checked: Vec::new(),
        clock: Arc::clone(&surroundings.environment.clock),
        orders: Mutex::new(taken),
        course,
        lease,
        stop: stopping.clone(),
    };
    Ok((task, running))
}

impl Running {
    async fn has_come_to(&self, position: Position) -> Result<(), WaitForError> {
        let mut course = self.course.subscribe();
        let has_come = course
            .wait_for(|course| {
                course.position >= position
                    || matches!(course.state, ProjectionState::Failed | ProjectionState::Stopped)
            })
            .await;
        let course = match has_come {
            Ok(course) => course.clone(),
            // The sender is in `self`.
            Err(_) => self.course.borrow().clone(),
        };
        if course.position >= position {
            return Ok(());
        }
        let projection = self.facts.name;
        Err(match course.failing {
            Some(failing) if course.state == ProjectionState::Failed => WaitForError::Failed {
                projection,
                failing: Box::new(failing),
            },
            _ => WaitForError::Stopped {
                projection,
                reason: course.error,
            },
        })
    }

    /// Tells what is parked, if it is nothing of what was done.
    async fn has_parked_none_of(&self, done: Done, store: &dyn EventStore) -> Result<CaughtUp, WaitForError> {
        let Course {
            position, mut parked, ..
        } = self.course.borrow().clone();
        if parked.within(done.first, done.last).is_some() {
            // Another process may have dealt with it since this one heard of it.
            let reader = self.facts.of_store().reader();
            if let Ok(stock) = Stock::take(&store.tenant(&self.tenant), &self.facts, &reader).await {
                parked = Arc::new(stock.parked);
            }
        }
        match parked.within(done.first, done.last) {
            None => Ok(CaughtUp {
                position,
                parked_events: parked.len(),
            }),
            Some(parked) => Err(WaitForError::Parked {
                projection: self.facts.name,
                parked: Box::new(parked.clone()),
            }),
        }
    }
}

impl fmt::Debug for Projections {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.status()).finish()
    }
}

/// Why projections were not started.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartProjectionsError {
    /// The table of a projection cannot be made.
    #[error(transparent)]
    Prepare(#[from] PrepareError),
    /// The code of a projection, or what it handles, is not what it was when its version was first run, so its rows may not be
    /// what they would be now.
    #[error(
        "the projection `{projection}` has changed since its version {version} was first run (its fingerprint was {first}, and is \
         {now}); write `version = {next}` to fill a new table from the beginning, or, if the rows would be the same, say why: \
         `changed = \"..\"`"
    )]
    Changed {
        /// The projection.
        projection: &'static str,
        /// Its version.
        version: u32,
        /// The version that it is to have.
        next: u32,
        /// What it was.
        first: ProjectionFingerprint,
        /// What it is.
        now: ProjectionFingerprint,
    },
    /// It could not be found out where they left off.
    #[error("the progress of the projections cannot be read")]
    Progress(#[from] ReadRowsError),
    /// It could not be found out where the log ends.
    #[error("the end of the log cannot be found")]
    Log(#[from] FeedError),
}

/// Why it cannot be told that a projection has come to a position.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WaitForError {
    /// The service does not list the projection, or does not run it for this tenant.
    #[error("the projection `{projection}` does not run for the tenant `{tenant}`")]
    NotRunning {
        /// Its name.
        projection: &'static str,
        /// The tenant.
        tenant: TenantId,
    },
    /// An event before the position fails.
    #[error("the projection `{projection}` cannot deal with the event {}, a `{}` at position {}: {}", failing.event, failing.event_type, failing.position, failing.reason)]
    Failed {
        /// Its name.
        projection: &'static str,
        /// The event.
        failing: Box<FailingEvent>,
    },
    /// An event of what was done is parked: its rows lack it, until somebody [deals](Projections::retry) with it.
    #[error("the projection `{projection}` has parked the event {}, a `{}` at position {}, and the sequence `{}` with it", parked.event, parked.event_type, parked.position, parked.sequence)]
    Parked {
        /// Its name.
        projection: &'static str,
        /// The event; of several, one.
        parked: Box<ParkedEvent>,
    },
    /// It does not run any more.
    #[error("the projection `{projection}` does not run any more{}", reason.as_ref().map(|reason| format!(": {reason}")).unwrap_or_default())]
    Stopped {
        /// Its name.
        projection: &'static str,
        /// Why, unless everything was stopped.
        reason: Option<String>,
    },
}

/// Why it cannot be told that all projections have come to the end of the log.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SettledProjectionsError {
    /// One of them does not come to it.
    #[error(transparent)]
    Projection(#[from] WaitForError),
    /// The end of the log could not be found.
    #[error("the end of the log cannot be found")]
    Log(#[from] FeedError),
}
