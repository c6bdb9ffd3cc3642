//! Running projections: per projection and tenant one task, which follows the log and makes rows of it.

mod activation;
mod done;
mod known;
mod lease;
mod orders;
mod parked;
mod parking;
mod policy;
mod project;
mod sql;
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
use crate::store::rows::{Preparation, PrepareError, ProjectionFingerprint, ReadRowsError};
use crate::store::sql::WorkError;
use crate::store::{EventStore, FeedError};
use crate::{Clock as _, EventTypes, Position, TenantId};

use activation::Activation;
use lease::{Keeper, Wanted};
use orders::Order;
use status::Course;
use stock::Stock;
use task::Task;

pub use done::{CaughtUp, Done};
pub use lease::LeasePolicy;
pub use parked::ParkedError;
pub use policy::{OnFailure, ProjectionPolicy};
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
    /// Those that are not to be made from their defaults, by name.
    pub(crate) provided: HashMap<&'static str, Box<dyn Projector>>,
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
        for facts in &all {
            let provided = surroundings.provided.remove(facts.name);
            let projector = provided.unwrap_or_else(facts.projector);
            let active = prepare(facts, &*surroundings.store).await?;
            sql::make_tables(facts, &*projector, &surroundings).await?;
            let activation = Arc::new(Activation::new(facts.version, active, &surroundings.tenants));
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
            let working_on = course.working_on.map(|stored| now.since(stored).as_secs());
            ProjectionStatus {
                projection: running.facts.name.to_owned(),
                version: running.facts.version,
                tenant: running.tenant.clone(),
                position: course.position,
                lag_events: course.head.get().saturating_sub(course.position.get()),
                lag_seconds: working_on.unwrap_or_default(),
                held_by: course
                    .held_by
                    .clone()
                    .filter(|_| course.state == ProjectionState::Standby)
                    .map(|label| label.to_string()),
                is_active: running.activation.is_active(),
                state: course.state,
                parked_events: course.parked.len(),
                parked: course.parked_sequences(),
                failing: course.failing,
                error: course.error,
            }
        };
        self.inner.running.iter().map(status).collect()
    }

    /// Asks for rows.
    pub(crate) fn rows<R: Row>(&self) -> RowQuery<R> {
        let mut tables = self.inner.facts.iter().filter_map(ProjectionFacts::table_version);
        let table = tables.find(|known| std::ptr::eq(known.table, R::TABLE) || *known.table == *R::TABLE);
        RowQuery::new(Arc::clone(&self.inner.store), table)
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
) -> Result<NonZeroU32, StartProjectionsError> {
    let preparation = Preparation {
        projection: facts.of_store(),
        fingerprint: facts.fingerprint(),
        tables: facts
            .table_version()
            .map(|version| version.table)
            .into_iter()
            .chain([facts.parked])
            .collect(),
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
    let parked = Arc::new(parked);
    let course = Arc::new(watch::Sender::new(Course::at(position, Arc::clone(&parked))));
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
    /// A projection in SQL is on a store that runs no such SQL.
    #[error(
        "the projection `{projection}` is in SQL for {database}, and {}", found.map_or_else(
            || "the store runs no SQL of others: a PostgreSQL store does once it has connections for it, `PostgresOptions::sql_pool`"
                .to_owned(),
            |found| format!("the store is on {found}"))
    )]
    OtherDatabase {
        /// The projection.
        projection: &'static str,
        /// The database that it is for.
        database: &'static str,
        /// That of the store, if it runs SQL of others.
        found: Option<&'static str>,
    },
    /// A projection in SQL has failed to make its tables.
    #[error("the projection `{projection}` has not made its tables")]
    Create {
        /// The projection.
        projection: &'static str,
        /// What it says.
        #[source]
        source: WorkError,
    },
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
