//! What people may know of parked events, and do about them.

use std::num::NonZeroUsize;

use tokio::sync::oneshot;

use super::super::parked::{ParkedEvent, key_of, read_row};
use super::super::{ProjectionFacts, RowError};
use super::orders::{Order, Wanted};
use super::status::{Course, ProjectionState};
use super::{Projections, Running};
use crate::store::rows::{ReadRows, ReadRowsError};
use crate::{EventId, TenantId};

impl Projections {
    /// The parked events of a projection, by sequence and position: so many, after one of them. Whichever process has parked
    /// them.
    ///
    /// # Errors
    /// If the service does not list the projection, or the store fails.
    pub async fn parked(
        &self,
        tenant: &TenantId,
        projection: &str,
        after: Option<&ParkedEvent>,
        limit: NonZeroUsize,
    ) -> Result<Vec<ParkedEvent>, ParkedError> {
        let facts = self.facts_of(tenant, projection)?;
        let read = ReadRows {
            after: after.map(|event| key_of(event, facts.parked)).transpose()?,
            limit,
            ..ReadRows::all(facts.parked_version())
        };
        let rows = self.inner.store.tenant(tenant).rows.read(&read).await?.rows;
        let events = rows.into_iter().map(|row| read_row(row, facts.parked));
        Ok(events.collect::<Result<_, _>>()?)
    }

    /// Tries the parked events of a sequence again, in their order. Those that can be projected now have their effect on the
    /// rows, once, and are not parked any more; at the first that fails again, it ends.
    ///
    /// # Errors
    /// If nothing of the sequence is parked, an event fails again, or the projection does not run in this process.
    pub async fn retry(
        &self,
        tenant: &TenantId,
        projection: &str,
        sequence: &str,
    ) -> Result<(), ParkedError> {
        let slices = self.find(tenant, projection)?;
        let mut concerned = slices.into_iter().filter(|running| running.slice.holds(sequence));
        let sequence = sequence.to_owned();
        match concerned.next() {
            Some(running) => running.order(Wanted::Retry { sequence }).await,
            None => Err(ParkedError::NoSuchSequence { sequence }),
        }
    }

    /// Passes over an event for good, for a reason that is logged: the first of its sequence that is parked, or the one that the
    /// projection stands still before. What is parked behind it is then tried, as by [`retry`](Self::retry). One that cannot be read may
    /// be of any slice: then it is passed over by those that this process runs and that stand still before it.
    ///
    /// # Errors
    /// If the event is not parked, or waits behind another one; if one behind it fails, which stays parked, while the event itself is
    /// passed over; or if the projection does not run in this process.
    pub async fn skip(
        &self,
        tenant: &TenantId,
        projection: &str,
        event: EventId,
        reason: &str,
    ) -> Result<(), ParkedError> {
        let slices = self.find(tenant, projection)?;
        for running in concerned(&slices, event) {
            let reason = reason.to_owned();
            running.order(Wanted::Skip { event, reason }).await?;
        }
        Ok(())
    }

    /// The slices of a projection: at least one.
    fn find(&self, tenant: &TenantId, projection: &str) -> Result<Vec<&Running>, ParkedError> {
        let running = self.inner.running.iter();
        let slices: Vec<_> = running
            .filter(|running| running.is_of(projection, tenant))
            .collect();
        if slices.is_empty() {
            return Err(ParkedError::NotRunning {
                projection: projection.to_owned(),
                tenant: tenant.clone(),
            });
        }
        Ok(slices)
    }

    fn facts_of(&self, tenant: &TenantId, projection: &str) -> Result<&ProjectionFacts, ParkedError> {
        let mut facts = self.inner.facts.iter();
        let facts = facts.find(|facts| facts.name == projection);
        facts.ok_or_else(|| ParkedError::NotRunning {
            projection: projection.to_owned(),
            tenant: tenant.clone(),
        })
    }
}

/// The slices that have to do with an event that is to be passed over: the one that has parked it; or all those that stand still
/// before it, since it does not tell of which it is; or one that can say why not.
fn concerned<'s>(slices: &[&'s Running], event: EventId) -> Vec<&'s Running> {
    let those = |are: fn(&Course, EventId) -> bool| -> Vec<_> {
        let all = slices.iter().copied();
        all.filter(|running| are(&running.course.borrow(), event))
            .collect()
    };
    let has_parked = those(|course, event| course.parked.find(event).is_some());
    if !has_parked.is_empty() {
        return has_parked;
    }
    let stand_before = those(|course, event| {
        let failing = course.failing.as_ref();
        failing.is_some_and(|failing| failing.event == event)
    });
    if !stand_before.is_empty() {
        return stand_before;
    }
    let stand_by = those(|course, _| course.state == ProjectionState::Standby);
    stand_by
        .into_iter()
        .chain(slices.iter().copied())
        .take(1)
        .collect()
}

impl Running {
    async fn order(&self, what: Wanted) -> Result<(), ParkedError> {
        let stopped = || ParkedError::Stopped {
            projection: self.facts.name.to_owned(),
        };
        let (answer, answered) = oneshot::channel();
        let sent = self.orders.send(Order { what, answer }).await;
        sent.map_err(|_| stopped())?;
        answered.await.map_err(|_| stopped())?
    }
}

/// Why parked events of a projection cannot be told of, or dealt with.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ParkedError {
    /// The service does not list the projection, or does not run it for this tenant.
    #[error("the projection `{projection}` does not run for the tenant `{tenant}`")]
    NotRunning {
        /// Its name.
        projection: String,
        /// The tenant.
        tenant: TenantId,
    },
    /// It has been stopped.
    #[error("the projection `{projection}` does not run any more")]
    Stopped {
        /// Its name.
        projection: String,
    },
    /// Another process fills the table: it is to be asked.
    #[error("the projection `{projection}` is run by another process{}", held_by.as_ref().map(|label| format!(", {label}")).unwrap_or_default())]
    Standby {
        /// Its name.
        projection: String,
        /// What that process is called, if it is known.
        held_by: Option<String>,
    },
    /// Nothing of the sequence is parked.
    #[error("nothing of the sequence `{sequence}` is parked")]
    NoSuchSequence {
        /// The sequence.
        sequence: String,
    },
    /// The event is not parked, nor does the projection stand still before it.
    #[error("the event {event} is not parked")]
    NotParked {
        /// The event.
        event: EventId,
    },
    /// The event waits behind another one of its sequence, which comes first.
    #[error("the event {event} waits behind {first}, which comes first")]
    NotFirst {
        /// The event.
        event: EventId,
        /// What it waits for.
        first: EventId,
    },
    /// An event of the sequence fails again, and stays parked. What came before it is dealt with.
    #[error("the event {}, a `{}` at position {}, fails again{}", event.event, event.event_type, event.position, event.reason.as_ref().map(|reason| format!(": {reason}")).unwrap_or_default())]
    FailedAgain {
        /// The event, with the new reason.
        event: Box<ParkedEvent>,
    },
    /// Other processes have written each time; ask again.
    #[error("other processes run the same projection, and were faster each time")]
    Overtaken,
    /// The store does not tell what is parked.
    #[error("what is parked cannot be read")]
    Read(#[from] ReadRowsError),
    /// A row of what is parked is not what it is taken for.
    #[error(transparent)]
    Row(#[from] RowError),
}
