//! Waiting for what was done.

use std::sync::Arc;

use super::status::{Course, ProjectionState};
use super::stock::Stock;
use super::{CaughtUp, Done, Projections, Running, WaitForError};
use crate::store::EventStore;
use crate::{Position, TenantId};

impl Projections {
    /// Waits until all slices of a projection have dealt with what was done.
    pub(super) async fn has_dealt_with(
        &self,
        tenant: &TenantId,
        projection: &'static str,
        done: Done,
    ) -> Result<CaughtUp, WaitForError> {
        let slices = self.slices(projection, tenant)?;
        let have_come = async {
            for slice in &slices {
                slice.has_come_to(done.last).await?;
            }
            Ok(())
        };
        tokio::select! {
            biased;
            come = have_come => come?,
            Err(beyond) = self.is_in_log(tenant, done.last) => return Err(beyond),
        }
        let mut all: Option<CaughtUp> = None;
        for slice in slices {
            let one = slice.has_parked_none_of(done, &*self.inner.store).await?;
            all = Some(all.map_or(one, |all| CaughtUp {
                position: all.position.min(one.position),
                parked_events: all.parked_events + one.parked_events,
            }));
        }
        // There is at least one.
        Ok(all.unwrap_or(CaughtUp {
            position: done.last,
            parked_events: 0,
        }))
    }

    /// Refuses a position that the log has not come to.
    pub(crate) async fn is_in_log(&self, tenant: &TenantId, position: Position) -> Result<(), WaitForError> {
        if position <= self.end_of_log(tenant) {
            return Ok(());
        }
        // Another process may have appended since this one has heard of the log.
        match self.inner.bus.end_before(tenant, position).await {
            Some(end) => Err(WaitForError::BeyondEnd { position, end }),
            None => Ok(()),
        }
    }
}

impl Running {
    pub(super) async fn has_come_to(&self, position: Position) -> Result<(), WaitForError> {
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
    pub(super) async fn has_parked_none_of(
        &self,
        done: Done,
        store: &dyn EventStore,
    ) -> Result<CaughtUp, WaitForError> {
        let Course {
            position, mut parked, ..
        } = self.course.borrow().clone();
        if parked.within(done.first, done.last).is_some() {
            // Another process may have dealt with it since this one heard of it.
            if let Ok(stock) = Stock::take(&store.tenant(&self.tenant), &self.facts, self.slice).await {
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
