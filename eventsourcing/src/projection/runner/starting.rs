//! What a projection needs before it runs: its table, and where it left off.

use std::num::NonZeroU32;
use std::sync::Arc;

use tokio::sync::{Mutex, mpsc, watch};

use super::super::ProjectionFacts;
use super::super::derived::Projector;
use super::super::slice::Slice;
use super::activation::Activation;
use super::dealt::Dealt;
use super::status::Course;
use super::stock::Stock;
use super::task::Task;
use super::{Running, StartProjectionsError, Surroundings};
use crate::lease::Leases;
use crate::store::EventStore;
use crate::store::rows::Preparation;
use crate::{Position, TenantId};

/// So many orders may wait for the task of a projection.
const ORDERS: usize = 8;

/// Sees to it that a version of a projection has its table, and is what it was when it was first run. Says which version is the
/// active one.
pub(super) async fn prepare(
    facts: &ProjectionFacts,
    store: &dyn EventStore,
) -> Result<Option<NonZeroU32>, StartProjectionsError> {
    let preparation = Preparation {
        projection: facts.of_store(),
        fingerprint: facts.fingerprint(),
        slices: facts.slices,
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
pub(super) struct Beginning<'p> {
    pub(super) facts: &'p ProjectionFacts,
    pub(super) slice: Slice,
    pub(super) dealt: Arc<Dealt>,
    pub(super) projector: &'p dyn Projector,
    pub(super) activation: &'p Arc<Activation>,
}

impl Beginning<'_> {
    /// Finds out where it left off for a tenant.
    pub(super) async fn of(
        self,
        tenant: &TenantId,
        surroundings: &Surroundings,
        leases: &Leases,
        stopping: &watch::Receiver<bool>,
    ) -> Result<(Task, Running), StartProjectionsError> {
        let Self { facts, slice, .. } = self;
        let tenant = surroundings.store.tenant(tenant);
        let reader = slice.reader(&facts.of_store());
        let Stock { place, parked } = Stock::take(&tenant, facts, slice).await?;
        let end = surroundings.bus.end_page(&tenant.tenant).await?;
        let types = surroundings.known.check_for(facts.events());
        let position = place.checkpoint.map_or(Position::START, |saved| saved.position);
        // If a type is not known, or the store cannot tell now, that is for the task to say.
        if position >= end.head && types.check(&*tenant.log, end.dictionary).await.is_ok() {
            self.activation
                .has_come_to_the_end(&tenant.tenant, slice, !parked.is_empty());
        }
        let parked = Arc::new(parked);
        let course = Course::at(position, end.head, Arc::clone(&parked));
        let course = Arc::new(watch::Sender::new(course));
        let (orders, taken) = mpsc::channel(ORDERS);
        let policy = surroundings.policies.get(facts.name).copied();
        let policy = policy.unwrap_or(surroundings.policy);
        let policy = policy.beside(&surroundings.leases, &tenant);
        let running = Running {
            facts: *facts,
            slice,
            tenant: tenant.tenant.clone(),
            course: Arc::clone(&course),
            orders,
            activation: Arc::clone(self.activation),
        };
        let onlooker = Arc::clone(&course);
        let lease = leases.ask(&tenant, &reader, onlooker);
        let task = Task {
            facts: *facts,
            slice,
            dealt: self.dealt,
            reader,
            tenant,
            store: surroundings.store.identity(),
            bus: surroundings.bus.clone(),
            policy,
            batches: self.projector.batches(),
            place,
            parked,
            activation: Arc::clone(self.activation),
            began_at: end.head,
            began_with: end.dictionary,
            types,
            clock: Arc::clone(&surroundings.environment.clock),
            orders: Mutex::new(taken),
            course,
            lease,
            stop: stopping.clone(),
        };
        Ok((task, running))
    }
}
