//! What the slices of a projection are together, and what of the log is of which.

use std::sync::Arc;

use super::super::ProjectionFailure;
use super::status::{Course, SliceStatus};
use super::task::Task;
use super::{Projections, Running, WaitForError};
use crate::store::FeedPage;
use crate::{Position, RecordedEvent, TenantId};

impl Task {
    /// Leaves out the events of other slices.
    pub(super) fn keep_those_of_the_slice(&self, page: &mut FeedPage) {
        page.events.retain(|event| self.is_of_the_slice(event));
    }

    /// The last event of a page that is of the slice.
    pub(super) fn last_of_the_slice<'p>(&self, page: &'p FeedPage) -> Option<&'p Arc<RecordedEvent>> {
        page.events.iter().rfind(|event| self.is_of_the_slice(event))
    }

    /// An event that does not tell its sequence is of every slice, so that all stand still before it: once it can be read, it is of
    /// one of them, and that must not have passed over it.
    fn is_of_the_slice(&self, event: &Arc<RecordedEvent>) -> bool {
        if self.slice.is_whole() {
            return true;
        }
        let slice = self.dealt.slice_of(event.position, || {
            let sequence = self.batches.sequence(event)?;
            Ok::<_, ProjectionFailure>(self.slice.that_of(&sequence))
        });
        slice.map_or(true, |slice| slice == self.slice)
    }
}

impl Projections {
    /// The slices of a projection for a tenant: at least one.
    pub(super) fn slices(
        &self,
        projection: &'static str,
        tenant: &TenantId,
    ) -> Result<Vec<&Running>, WaitForError> {
        let running = self.inner.running.iter();
        let slices: Vec<_> = running
            .filter(|running| running.is_of(projection, tenant))
            .collect();
        if slices.is_empty() {
            let tenant = tenant.clone();
            return Err(WaitForError::NotRunning { projection, tenant });
        }
        Ok(slices)
    }
}

impl Running {
    pub(super) fn is_of(&self, projection: &str, tenant: &TenantId) -> bool {
        self.facts.name == projection && self.tenant == *tenant
    }

    pub(super) fn is_of_the_same(&self, other: &Self) -> bool {
        self.is_of(other.facts.name, &other.tenant)
    }

    /// How it fares, unless it is all that there is of the projection.
    pub(super) fn slice_status(&self) -> Option<SliceStatus> {
        if self.slice.is_whole() {
            return None;
        }
        let course = self.course.borrow();
        Some(SliceStatus {
            slice: self.slice.number(),
            position: course.position,
            state: course.state,
            held_by: course.held_by_another(),
            parked_events: course.parked.len(),
        })
    }
}

/// What the slices of a projection have come to together.
pub(super) fn together(slices: &[Running]) -> Course {
    let courses = slices.iter().map(|slice| slice.course.borrow().clone());
    let together = courses.reduce(both);
    // There is at least one.
    together.unwrap_or_else(|| Course::at(Position::START, Position::START, Arc::default()))
}

/// As far as the one that has come less far, and as well as the one that fares worse.
fn both(one: Course, other: Course) -> Course {
    let parked = one.parked.events().chain(other.parked.events());
    Course {
        position: one.position.min(other.position),
        reworked: one.reworked + other.reworked,
        head: one.head.max(other.head),
        parked: Arc::new(parked.cloned().collect()),
        state: std::cmp::max_by_key(one.state, other.state, |state| state.concern()),
        held_by: one.held_by.or(other.held_by),
        waiting_since: one.waiting_since.into_iter().chain(other.waiting_since).min(),
        failing: one.failing.or(other.failing),
        error: one.error.or(other.error),
        ..other
    }
}
