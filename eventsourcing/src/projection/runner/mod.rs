//! Running projections: per slice of a projection and tenant one task, which follows the log and makes rows of it. A projection that
//! is not cut into slices is one.

mod activation;
mod dealt;
mod done;
mod error;
mod known;
mod lease;
mod orders;
mod parked;
mod parking;
mod policy;
mod project;
mod slices;
mod standby;
mod status;
mod stock;
mod task;
mod versions;
mod waiting;
mod watched;

use std::collections::HashMap;
use std::fmt;
use std::num::NonZeroU32;
use std::sync::Arc;

use tokio::sync::{Mutex, mpsc, watch};

use super::derived::Projector;
use super::query::RowQuery;
use super::slice::Slice;
use super::{Projection, ProjectionFacts, Row};
use crate::bus::Bus;
use crate::environment::Environment;
use crate::store::EventStore;
use crate::store::rows::Preparation;
use crate::{Clock as _, EventTypes, Position, TenantId};

use activation::Activation;
use dealt::Dealt;
use lease::{Keeper, Wanted};
use orders::Order;
use slices::together;
use status::Course;
use stock::Stock;
use task::Task;

pub use done::{CaughtUp, Done};
pub use error::{SettledProjectionsError, StartProjectionsError, WaitForError};
pub use lease::LeasePolicy;
pub use parked::ParkedError;
pub use policy::{OnFailure, ProjectionPolicy};
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
            let active = prepare(facts, &*surroundings.store).await?;
            let activation = Arc::new(Activation::new(facts, active, &surroundings.tenants));
            let provided = surroundings.provided.remove(facts.name);
            let projector = provided.unwrap_or_else(facts.projector);
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
                let (task, one) = beginning
                    .of(tenant, &surroundings, &mut wanted, &stopping)
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
        let status = |slices: &[Running]| {
            let running = slices.first()?;
            let course = together(slices);
            let working_on = course.working_on.map(|stored| now.since(stored).as_secs());
            Some(ProjectionStatus {
                projection: running.facts.name.to_owned(),
                version: running.facts.version,
                tenant: running.tenant.clone(),
                position: course.position,
                lag_events: course.head.get().saturating_sub(course.position.get()),
                lag_seconds: working_on.unwrap_or_default(),
                held_by: course.held_by_another(),
                is_active: running.activation.is_active(),
                state: course.state,
                parked_events: course.parked.len(),
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

    /// Asks for rows.
    pub(crate) fn rows<R: Row>(&self) -> RowQuery<R> {
        let fills =
            |facts: &&ProjectionFacts| std::ptr::eq(facts.table, R::TABLE) || *facts.table == *R::TABLE;
        let table = self
            .inner
            .facts
            .iter()
            .find(fills)
            .map(ProjectionFacts::table_version);
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

/// Sees to it that a version of a projection has its table, and is what it was when it was first run. Says which version is the
/// active one.
async fn prepare(
    facts: &ProjectionFacts,
    store: &dyn EventStore,
) -> Result<NonZeroU32, StartProjectionsError> {
    let preparation = Preparation {
        projection: facts.of_store(),
        fingerprint: facts.fingerprint(),
        slices: facts.slices,
        tables: vec![facts.table, facts.parked],
    };
    // Tables are those of all tenants.
    let rows = store.tenant(&TenantId::DEFAULT).rows;
    let prepared = rows.prepare(&preparation).await?;
    let version = facts.version.get();
    let next = version.saturating_add(1);
    if prepared.slices != facts.slices {
        return Err(StartProjectionsError::Slices {
            projection: facts.name,
            version,
            next,
            first: prepared.slices.get(),
            now: facts.slices.get(),
        });
    }
    if prepared.fingerprint == preparation.fingerprint {
        return Ok(prepared.active);
    }
    if let Some(reason) = facts.changed {
        tracing::info!(
            projection = facts.name,
            version,
            reason,
            "the projection is not what its version was at first"
        );
        return Ok(prepared.active);
    }
    Err(StartProjectionsError::Changed {
        projection: facts.name,
        version,
        next,
        first: prepared.fingerprint,
        now: preparation.fingerprint,
    })
}

/// A slice of a projection that is to begin.
struct Beginning<'p> {
    facts: &'p ProjectionFacts,
    slice: Slice,
    dealt: Arc<Dealt>,
    projector: &'p dyn Projector,
    activation: &'p Arc<Activation>,
}

impl Beginning<'_> {
    /// Finds out where it left off for a tenant.
    async fn of(
        self,
        tenant: &TenantId,
        surroundings: &Surroundings,
        wanted: &mut Wanted,
        stopping: &watch::Receiver<bool>,
    ) -> Result<(Task, Running), StartProjectionsError> {
        let Self { facts, slice, .. } = self;
        let tenant = surroundings.store.tenant(tenant);
        let reader = slice.reader(&facts.of_store());
        let Stock { place, parked } = Stock::take(&tenant, facts, slice).await?;
        let began_at = surroundings.bus.end(&tenant.tenant).await?.position;
        let position = place.checkpoint.map_or(Position::START, |saved| saved.position);
        let parked = Arc::new(parked);
        let course = Arc::new(watch::Sender::new(Course::at(position, Arc::clone(&parked))));
        let (orders, taken) = mpsc::channel(ORDERS);
        let policy = surroundings.policies.get(facts.name);
        let running = Running {
            facts: *facts,
            slice,
            tenant: tenant.tenant.clone(),
            course: Arc::clone(&course),
            orders,
            activation: Arc::clone(self.activation),
        };
        let lease = wanted.add(&tenant, &reader, &course);
        let task = Task {
            facts: *facts,
            slice,
            dealt: self.dealt,
            reader,
            tenant,
            store: surroundings.store.identity(),
            bus: surroundings.bus.clone(),
            policy: policy.copied().unwrap_or(surroundings.policy),
            batches: self.projector.batches(),
            place,
            parked,
            activation: Arc::clone(self.activation),
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
}

impl fmt::Debug for Projections {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.status()).finish()
    }
}
