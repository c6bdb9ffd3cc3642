//! When a new version of a projection takes the place of the old one.

use std::collections::HashSet;
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use super::status::ProjectionState;
use super::task::{Task, Turn};
use crate::TenantId;

/// Whether a version of a projection is the active one, and for whom it has yet to come to the end of the log before it is.
#[derive(Debug)]
pub(super) struct Activation {
    is_active: AtomicBool,
    /// A program of a newer version runs already: this one is not to take its place.
    is_outdated: bool,
    behind: Mutex<HashSet<TenantId>>,
}

impl Activation {
    /// Of a version, while another one may be active.
    pub(super) fn new(version: NonZeroU32, active: NonZeroU32, tenants: &[TenantId]) -> Self {
        Self {
            is_active: AtomicBool::new(version == active),
            is_outdated: version < active,
            behind: Mutex::new(tenants.iter().cloned().collect()),
        }
    }

    pub(super) fn is_active(&self) -> bool {
        self.is_active.load(Ordering::Acquire)
    }

    /// Takes note that the end of the log was reached for a tenant. Tells whether it is time.
    fn is_due_after(&self, tenant: &TenantId) -> bool {
        let mut behind = self.behind.lock().unwrap_or_else(PoisonError::into_inner);
        behind.remove(tenant);
        behind.is_empty()
    }
}

impl Task {
    /// Makes this version the active one, if the end of the log is reached for all tenants for the first time. While something is
    /// parked, the old version stays: it lacks less.
    pub(super) async fn activate_if_due(&self) -> Result<(), Turn> {
        let activation = &self.activation;
        let is_settled = activation.is_active() || activation.is_outdated;
        let is_complete = self.course.borrow().parked.is_empty();
        if is_settled || !is_complete || !activation.is_due_after(&self.tenant.tenant) {
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

    const fn version(version: u32) -> NonZeroU32 {
        NonZeroU32::new(version).unwrap()
    }

    #[test]
    fn a_version_is_active_when_the_last_tenant_has_come_to_the_end() {
        let tenants = ["a", "b"].map(|tenant| TenantId::new(tenant).unwrap());
        let second = Activation::new(version(2), version(1), &tenants);
        assert!(!second.is_active() && !second.is_outdated);
        assert!(!second.is_due_after(&tenants[0]));
        assert!(!second.is_due_after(&tenants[0]), "the same one again");
        assert!(second.is_due_after(&tenants[1]));
        assert!(
            second.is_due_after(&tenants[1]),
            "it may have failed the first time"
        );
    }

    #[test]
    fn an_older_version_does_not_come_back() {
        assert!(Activation::new(version(1), version(2), &[]).is_outdated);
        assert!(Activation::new(version(2), version(2), &[]).is_active());
    }
}
