//! Running projections: per slice of a projection and tenant one task, which follows the log and makes rows of it. A projection that
//! is not cut into slices is one.

mod activation;
mod dealt;
mod done;
mod error;
mod following;
mod orders;
mod parked;
mod parking;
mod policy;
mod progress;
mod project;
mod readiness;
mod slices;
mod sql;
mod standby;
mod starting;
mod status;
mod stock;
mod task;
mod versions;
mod waiting;
mod watched;

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use tokio::sync::{Mutex, mpsc, watch};

use super::query::RowQuery;
use super::slice::Slice;
use super::{Projection, ProjectionFacts, Row};
use crate::bus::Bus;
use crate::environment::Environment;
use crate::known::Known;
use crate::lease::{Keeper, LeasePolicy, Leases};
use crate::service::Projectors;
use crate::store::EventStore;
use crate::{Clock as _, Position, TenantId};

use activation::Activation;
use orders::Order;
use progress::Progress;
use readiness::whole_seconds;
use slices::together;
use starting::{Beginning, prepare};
use status::Course;

pub use done::{CaughtUp, Done};
pub use error::{SettledProjectionsError, StartProjectionsError, WaitForError};
pub use parked::ParkedError;
pub use policy::{OnFailure, ProjectionPolicy};
pub use readiness::NotReady;
pub(crate) use status::RowsAt;
pub use status::{FailingEvent, ProjectionState, ProjectionStatus, SliceStatus};
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
    /// The slices of a projection of a tenant one after the other.
    running: Vec<Running>,
    tenants: Vec<TenantId>,
    stop: watch::Sender<bool>,
    /// Closed when the last task has ended.
    tasks: Mutex<mpsc::Receiver<()>>,
}

/// A slice of a projection at work for a tenant.
struct Running {
    facts: ProjectionFacts,
    slice: Slice,
    tenant: TenantId,
    course: Arc<watch::Sender<Course>>,
    /// Takes what people ask for to its task.
    orders: mpsc::Sender<Order>,
    activation: Arc<Activation>,
}

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
    /// What the service knows of the events in the log.
    pub(crate) known: Arc<Known>,
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
        let (leases, asked) = Leases::new();
        // Tables are those of all tenants.
        let main = surroundings.store.tenant(&TenantId::DEFAULT);
        for facts in &all {
            let projector = surroundings.provided.remove(facts.name);
            #[expect(
                clippy::expect_used,
                reason = "the type of the builder lists every projection"
            )]
            let projector = projector.expect("every projection is provided, or made");
            let active = prepare(facts, &*surroundings.store).await?;
            sql::make_tables(facts, &*projector, &surroundings).await?;
            let activation = Arc::new(Activation::new(facts, active, &surroundings.tenants));
            let tenants = surroundings.tenants.iter();
            let parts = tenants.flat_map(|tenant| {
                let dealt = Arc::default();
                Slice::all(facts.slices).map(move |slice| (tenant, slice, Arc::clone(&dealt)))
            });
            for (tenant, slice, dealt) in parts {
                let beginning = Beginning {
                    facts,
                    slice,
                    dealt,
                    projector: &*projector,
                    activation: &activation,
                };
                let (task, one) = beginning.of(tenant, &surroundings, &leases, &stopping).await?;
                running.push(one);
                let alive = alive.clone();
                surroundings.environment.spawn.spawn(Box::pin(async move {
                    task.run().await;
                    drop(alive);
                }));
            }
            // On a log without anything new, whoever asks need not wait for the tasks to find that out. Who runs a version for nobody
            // knows nothing of its rows.
            if !surroundings.tenants.is_empty() {
                activation.settle(&*main.rows).await?;
            }
        }
        if !running.is_empty() {
            let id = surroundings.environment.ids.new_id();
            let keeper = Keeper::new(id, surroundings.leases, asked);
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
        let status = |slices: &[Running]| {
            let running = slices.first()?;
            let course = together(slices);
            let end = self.end_of_log(&running.tenant);
            let progress = slices
                .iter()
                .map(|slice| slice.course.borrow().progress(end, now))
                .reduce(Progress::together)?;
            Some(ProjectionStatus {
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
                held_by: course.held_by_another(),
                is_active: running.activation.is_active(),
                is_ready: running.activation.is_ready(),
                state: course.state,
                parked_events: progress.parked,
                parked: course.parked_sequences(),
                failing: course.failing,
                error: course.error,
                slices: slices.iter().filter_map(Running::slice_status).collect(),
            })
        };
        self.inner
            .running
            .chunk_by(Running::is_of_the_same)
            .filter_map(status)
            .collect()
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
        let fills = |facts: &&ProjectionFacts| {
            let table = facts.table_version().map(|version| version.table);
            table.is_some_and(|table| std::ptr::eq(table, R::TABLE) || *table == *R::TABLE)
        };
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
        self.has_dealt_with(tenant, P::PROJECTION.name, done).await
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

impl fmt::Debug for Projections {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.status()).finish()
    }
}
