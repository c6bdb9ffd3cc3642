//! When a new version of a projection takes the place of the old one.

use std::collections::HashSet;
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::super::ProjectionFacts;
use super::super::slice::Slice;
use super::status::ProjectionState;
use super::task::{Task, Turn};
use crate::TenantId;

/// Whether a version of a projection is the active one, and for whom it has yet to come to the end of the log before it is.
#[derive(Debug)]
pub(super) struct Activation {
    is_active: AtomicBool,
    /// A program of a newer version runs already: this one is not to take its place.
    is_outdated: bool,
    behind: Mutex<HashSet<(TenantId, Slice)>>,
}

impl Activation {
    /// Of a version, while another one may be active.
    pub(super) fn new(facts: &ProjectionFacts, active: NonZeroU32, tenants: &[TenantId]) -> Self {
        let slices_of = |tenant: &TenantId| {
            Slice::all(facts.slices)
                .map(|slice| (tenant.clone(), slice))
                .collect::<Vec<_>>()
        };
        Self {
            is_active: AtomicBool::new(facts.version == active),
            is_outdated: facts.version < active,
            behind: Mutex::new(tenants.iter().flat_map(slices_of).collect()),
        }
    }

    pub(super) fn is_active(&self) -> bool {
        self.is_active.load(Ordering::Acquire)
    }

    /// Takes note that the rows of a slice are not complete for a tenant, whether they were or not.
    pub(super) fn lacks_some_of(&self, tenant: &TenantId, slice: Slice) {
        self.behind().insert((tenant.clone(), slice));
    }

    /// Takes note that a slice is complete up to the end of the log for a tenant. Tells whether it is time.
    fn is_due_after(&self, tenant: &TenantId, slice: Slice) -> bool {
        let mut behind = self.behind();
        behind.remove(&(tenant.clone(), slice));
        behind.is_empty()
    }

    fn behind(&self) -> MutexGuard<'_, HashSet<(TenantId, Slice)>> {
        self.behind.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Task {
    /// Makes this version the active one, if the end of the log is reached for all tenants and in all slices for the first time. While something is
    /// parked, the old version stays: it lacks less.
    pub(super) async fn activate_if_due(&self) -> Result<(), Turn> {
        let activation = &self.activation;
        let is_settled = activation.is_active() || activation.is_outdated;
        let is_complete = self.course.borrow().parked.is_empty();
        if is_settled || !is_complete || !activation.is_due_after(&self.tenant.tenant, self.slice) {
            return Ok(());
        }
        let mut failures = 0;
        while let Err(error) = self.tenant.rows.activate(&self.facts.of_store()).await {
            failures += 1;
            self.pause_or_give_up(error.class(), &error, failures).await?;
        }
        activation.is_active.store(true, Ordering::Release);
        tracing::info!(
            projection = self.facts.name,
            version = self.facts.version,
            "the version of the projection has come to the end of the log, and is active"
        );
        Ok(())
    }

    /// Does so after parked events were dealt with.
    pub(super) async fn activate_after_orders(&self) -> Result<(), Turn> {
        let is_live = self.course.borrow().state == ProjectionState::Live;
        if is_live {
            self.activate_if_due().await
        } else {
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::projection::derived::no_projection;

    const fn version(version: u32) -> NonZeroU32 {
        NonZeroU32::new(version).unwrap()
    }

    fn facts(number: u32, slices: u32) -> ProjectionFacts {
        ProjectionFacts {
            version: version(number),
            slices: version(slices),
            ..no_projection()
        }
    }

    fn tenants() -> [TenantId; 2] {
        ["a", "b"].map(|tenant| TenantId::new(tenant).unwrap())
    }

    #[test]
    fn a_version_is_active_when_the_last_slice_of_the_last_tenant_has_come_to_the_end() {
        let tenants = tenants();
        let second = Activation::new(&facts(2, 2), version(1), &tenants);
        assert!(!second.is_active() && !second.is_outdated);
        let [one, other] = Slice::all(version(2)).collect::<Vec<_>>().try_into().unwrap();
        for (tenant, slice) in [(0, one), (0, one), (1, other), (1, one)] {
            assert!(!second.is_due_after(&tenants[tenant], slice));
        }
        assert!(second.is_due_after(&tenants[0], other));
        assert!(
            second.is_due_after(&tenants[0], other),
            "it may have failed the first time"
        );
    }

    #[test]
    fn a_slice_that_parks_something_meanwhile_holds_the_version_back() {
        let tenants = tenants();
        let second = Activation::new(&facts(2, 1), version(1), &tenants);
        let whole = Slice::all(version(1)).next().unwrap();
        assert!(!second.is_due_after(&tenants[0], whole));
        second.lacks_some_of(&tenants[0], whole);
        assert!(!second.is_due_after(&tenants[1], whole));
        assert!(second.is_due_after(&tenants[0], whole));
    }

    #[test]
    fn an_older_version_does_not_come_back() {
        assert!(Activation::new(&facts(1, 1), version(2), &[]).is_outdated);
        assert!(Activation::new(&facts(2, 1), version(2), &[]).is_active());
    }
}
