//! When a version of a projection becomes the active one, and from when on its rows can be asked for.

use std::collections::HashSet;
use std::num::NonZeroU32;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::super::ProjectionFacts;
use super::super::slice::Slice;
use super::task::{Task, Turn};
use crate::TenantId;
use crate::store::rows::{PrepareError, ProjectionVersion, RowStore};

/// Whether a version of a projection is the active one, and for whom and in which slices it has yet to come to the end of the log
/// before it is.
#[derive(Debug)]
pub(super) struct Activation {
    projection: ProjectionVersion,
    stage: Mutex<Stage>,
}

#[derive(Debug)]
struct Stage {
    /// The active version, as far as this process knows.
    active: Option<NonZeroU32>,
    /// Once it was, its rows can be asked for: also after a newer version has taken its place.
    is_ready: bool,
    /// What has not come to the end of the log.
    behind: HashSet<Part>,
    /// What has not come there with nothing parked.
    incomplete: HashSet<Part>,
}

/// A slice, for a tenant.
type Part = (TenantId, Slice);

impl Activation {
    /// Of a version, while this one or another may be active.
    pub(super) fn new(facts: &ProjectionFacts, active: Option<NonZeroU32>, tenants: &[TenantId]) -> Self {
        let slices = || Slice::all(facts.slices);
        let tenants = tenants.iter();
        let parts: HashSet<Part> = tenants
            .flat_map(|tenant| slices().map(move |slice| (tenant.clone(), slice)))
            .collect();
        Self {
            projection: facts.of_store(),
            stage: Mutex::new(Stage {
                active,
                is_ready: active == Some(facts.version),
                behind: parts.clone(),
                incomplete: parts,
            }),
        }
    }

    pub(super) fn is_active(&self) -> bool {
        self.stage().active == Some(self.projection.version)
    }

    /// Whether its rows are complete, or were before something was parked or it fell behind.
    pub(super) fn is_ready(&self) -> bool {
        self.stage().is_ready
    }

    /// Takes note of which version is active.
    fn learn(&self, active: Option<NonZeroU32>) {
        let version = self.projection.version;
        let mut stage = self.stage();
        stage.active = active;
        stage.is_ready |= active == Some(version) || stage.is_complete_and_outdated(version);
    }

    /// Asks the store which version is active: another process may have made this one so.
    pub(super) async fn ask(&self, rows: &dyn RowStore) -> Result<(), crate::store::StoreError> {
        let active = rows.active(&self.projection.name).await?;
        self.learn(active);
        Ok(())
    }

    /// Takes note that a slice has come to the end of the log for a tenant.
    pub(super) fn has_come_to_the_end(&self, tenant: &TenantId, slice: Slice, has_parked: bool) {
        let version = self.projection.version;
        let part = (tenant.clone(), slice);
        let mut stage = self.stage();
        stage.behind.remove(&part);
        if !has_parked {
            stage.incomplete.remove(&part);
        }
        stage.is_ready |= stage.is_complete_and_outdated(version);
    }

    /// Takes note that the rows of a slice are not complete for a tenant, whether they were or not.
    pub(super) fn lacks_some_of(&self, tenant: &TenantId, slice: Slice) {
        self.stage().incomplete.insert((tenant.clone(), slice));
    }

    /// Makes it the active version, if it is time. Tells whether it did.
    pub(super) async fn settle(&self, rows: &dyn RowStore) -> Result<bool, PrepareError> {
        if !self.stage().is_due(self.projection.version) {
            return Ok(false);
        }
        // A process of another program may have been faster.
        self.ask(rows).await?;
        if !self.stage().is_due(self.projection.version) {
            return Ok(false);
        }
        rows.activate(&self.projection).await?;
        self.learn(Some(self.projection.version));
        tracing::info!(
            projection = %self.projection,
            "the version of the projection has come to the end of the log, and is active"
        );
        Ok(true)
    }

    fn stage(&self) -> MutexGuard<'_, Stage> {
        self.stage.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Stage {
    /// While something is parked, an older version stays: it lacks less. Where there is none, whatever there is, is better.
    fn is_due(&self, version: NonZeroU32) -> bool {
        match self.active {
            None => self.behind.is_empty(),
            Some(active) => active < version && self.incomplete.is_empty(),
        }
    }

    /// A newer version is active, and this one is started again by a program that knows of no other.
    fn is_complete_and_outdated(&self, version: NonZeroU32) -> bool {
        self.active.is_some_and(|active| active > version) && self.behind.is_empty()
    }
}

impl Task {
    /// Makes this version the active one, if the end of the log is reached for all tenants and in all slices for
    /// the first time.
    pub(super) async fn activate_if_due(&self) -> Result<(), Turn> {
        let has_parked = !self.course.borrow().parked.is_empty();
        self.activation
            .has_come_to_the_end(&self.tenant.tenant, self.slice, has_parked);
        let mut failures = 0;
        while let Err(error) = self.activation.settle(&*self.tenant.rows).await {
            failures += 1;
            self.pause_or_give_up(error.class(), &error, failures).await?;
        }
        Ok(())
    }

    /// Whether the rows of this version can be asked for.
    pub(super) async fn is_ready(&self) -> Result<bool, Turn> {
        let mut failures = 0;
        while !self.activation.is_ready() {
            // Another process may have made it active.
            match self.activation.ask(&*self.tenant.rows).await {
                Ok(()) => break,
                Err(error) => {
                    failures += 1;
                    self.pause_or_give_up(error.class(), &error, failures).await?;
                }
            }
        }
        Ok(self.activation.is_ready())
    }

    /// Does so after parked events were dealt with.
    pub(super) async fn activate_after_orders(&self) -> Result<(), Turn> {
        let is_at_the_end = self.course.borrow().is_at_the_end();
        if is_at_the_end {
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

    const SLICES: NonZeroU32 = version(2);

    /// Two slices for each of two tenants.
    fn parts() -> [(TenantId, Slice); 4] {
        let [a, b] = ["a", "b"].map(|tenant| TenantId::new(tenant).unwrap());
        let [one, other] = Slice::all(SLICES).collect::<Vec<_>>().try_into().unwrap();
        [(a.clone(), one), (b.clone(), other), (a, other), (b, one)]
    }

    fn activation(number: u32, active: Option<u32>) -> Activation {
        let facts = ProjectionFacts {
            name: "balances",
            version: version(number),
            slices: SLICES,
            ..no_projection()
        };
        let tenants = parts().map(|(tenant, _)| tenant);
        Activation::new(&facts, active.map(version), &tenants[..2])
    }

    fn all_come_to_the_end(activation: &Activation, has_parked: bool) {
        for (tenant, slice) in parts() {
            activation.has_come_to_the_end(&tenant, slice, has_parked);
        }
    }

    fn is_due(activation: &Activation) -> bool {
        activation.stage().is_due(activation.projection.version)
    }

    #[test]
    fn a_version_is_due_when_the_last_slice_of_the_last_tenant_has_come_to_the_end() {
        let [first @ .., (tenant, slice)] = parts();
        for active in [None, Some(1)] {
            let second = activation(2, active);
            assert!(!second.is_active() && !second.is_ready());
            for (tenant, slice) in first.iter().chain(&first) {
                second.has_come_to_the_end(tenant, *slice, false);
                assert!(!is_due(&second));
            }
            for _ in 0..2 {
                second.has_come_to_the_end(&tenant, slice, false);
                assert!(is_due(&second), "it may have failed the first time");
            }
            assert!(!second.is_ready(), "it is not active yet");
            second.learn(Some(version(2)));
            assert!(second.is_active() && second.is_ready() && !is_due(&second));
        }
    }

    #[test]
    fn what_is_parked_holds_a_version_up_only_if_there_is_an_older_one() {
        for (active, is_held_up) in [(None, false), (Some(1), true)] {
            let second = activation(2, active);
            all_come_to_the_end(&second, true);
            assert_eq!(is_due(&second), !is_held_up);
            all_come_to_the_end(&second, false);
            assert!(is_due(&second));
        }
    }

    #[test]
    fn a_slice_that_parks_something_meanwhile_holds_the_version_back() {
        let second = activation(2, Some(1));
        all_come_to_the_end(&second, false);
        let [(tenant, slice), ..] = parts();
        second.lacks_some_of(&tenant, slice);
        assert!(!is_due(&second));
        second.has_come_to_the_end(&tenant, slice, false);
        assert!(is_due(&second));
    }

    #[test]
    fn an_older_version_does_not_come_back_and_is_ready_at_the_end_of_the_log() {
        let first = activation(1, Some(2));
        assert!(!first.is_ready());
        all_come_to_the_end(&first, true);
        assert!(first.is_ready() && !first.is_active() && !is_due(&first));
    }

    #[test]
    fn a_version_whose_place_is_taken_stays_ready() {
        let first = activation(1, Some(1));
        assert!(first.is_active() && first.is_ready());
        first.learn(Some(version(2)));
        assert!(!first.is_active() && first.is_ready() && !is_due(&first));
    }
}
