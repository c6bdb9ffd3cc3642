//! What is parked is in a table of the projection, and is written together with its rows and its progress.

use std::sync::Arc;

use super::super::parked::{ParkedEvent, key_of, row_of};
use super::super::rows::RowChanges;
use super::super::{ProjectionFailure, RowError};
use super::project::Failed;
use super::stock::Stock;
use super::task::{Refused, Task, Turn};
use crate::Clock as _;
use crate::store::rows::{TableChange, TableVersion};
use crate::told::chain;

/// What changes in the table of parked events. No event is in both.
#[derive(Debug, Default)]
pub(super) struct Parking {
    /// These are parked, or something has become of them.
    pub(super) put: Vec<ParkedEvent>,
    /// These are parked no more.
    pub(super) remove: Vec<ParkedEvent>,
}

impl Parking {
    /// These are parked.
    pub(super) fn of(events: Vec<ParkedEvent>) -> Self {
        Self {
            put: events,
            remove: Vec::new(),
        }
    }

    /// This one is parked no more.
    pub(super) fn without(event: ParkedEvent) -> Self {
        Self {
            put: Vec::new(),
            remove: vec![event],
        }
    }

    /// The change of the table; `None` if nothing changes in it.
    pub(super) fn change(&self, table: TableVersion) -> Result<Option<TableChange>, RowError> {
        if self.put.is_empty() && self.remove.is_empty() {
            return Ok(None);
        }
        let put = self.put.iter().map(|event| row_of(event, table.table));
        let remove = self.remove.iter().map(|event| key_of(event, table.table));
        Ok(Some(TableChange {
            table,
            put: put.collect::<Result<_, _>>()?,
            remove: remove.collect::<Result<_, _>>()?,
        }))
    }
}

impl Task {
    /// How many events more may be parked.
    pub(super) fn room(&self) -> usize {
        self.policy.max_parked.saturating_sub(self.parked.len())
    }

    /// Why an event cannot be parked.
    pub(super) fn too_many(&self, failure: Option<ProjectionFailure>) -> ProjectionFailure {
        ProjectionFailure::TooManyParked {
            parked: self.parked.len(),
            source: failure.map(Box::new),
        }
    }

    /// Parks an event, loudly. Says why not, if it cannot be.
    pub(super) async fn park(
        &mut self,
        failed: &Failed<'_>,
        failure: ProjectionFailure,
    ) -> Result<Result<(), ProjectionFailure>, Turn> {
        let event = failed.event;
        let sequence = match self.batches.sequence(event) {
            Ok(sequence) => sequence,
            Err(failure) => return Ok(Err(failure)),
        };
        if self.room() == 0 {
            return Ok(Err(self.too_many(Some(failure))));
        }
        let reason = chain(&failure);
        let parked = ParkedEvent::behind_others(event, sequence.clone(), self.clock.now());
        let parking = Parking::of(vec![parked.failed(failed.attempts, &reason)]);
        match self.write(failed.to, RowChanges::default(), parking).await {
            Ok(_) => {}
            Err(Refused::Turn(turn)) => return Err(turn),
            Err(Refused::Batch(refused) | Refused::Event(_, refused)) => return Ok(Err(refused)),
        }
        tracing::error!(
            projection = self.facts.name,
            slice = self.slice.told(),
            tenant = %self.tenant.tenant,
            sequence,
            event = %event.id,
            event_type = %event.event_type,
            position = %event.position,
            attempts = failed.attempts,
            reason,
            "an event cannot be projected: it is parked, and its sequence with it"
        );
        Ok(Ok(()))
    }

    /// Takes note of what is in the table now.
    pub(super) fn has_parked(&mut self, parking: Parking) {
        if parking.put.is_empty() && parking.remove.is_empty() {
            return;
        }
        let parked = Arc::make_mut(&mut self.parked);
        for event in &parking.remove {
            parked.remove(event);
        }
        for event in parking.put {
            parked.put(event);
        }
        self.tell_what_is_parked();
    }

    /// Finds out where the reader is, and what is parked. Tells whether that is not where it was thought to be; then the rows
    /// that are known are forgotten.
    pub(super) async fn take_stock(&mut self) -> Result<bool, Turn> {
        let Stock { place, parked } = self.stock().await?;
        if place == self.place {
            return Ok(false);
        }
        self.place = place;
        self.parked = Arc::new(parked);
        self.tell_what_is_parked();
        // What somebody else has written need not have moved the reader.
        self.course.send_modify(|course| course.reworked += 1);
        self.batches.forget();
        Ok(true)
    }

    /// Where the reader is, and what is parked.
    pub(super) async fn stock(&self) -> Result<Stock, Turn> {
        let mut failures = 0;
        loop {
            match Stock::take(&self.tenant, &self.facts, self.slice).await {
                Ok(stock) => return Ok(stock),
                Err(error) => {
                    failures += 1;
                    self.pause_or_give_up(error.class(), &error, failures).await?;
                }
            }
        }
    }

    fn tell_what_is_parked(&self) {
        if !self.parked.is_empty() {
            self.activation.lacks_some_of(&self.tenant.tenant, self.slice);
        }
        self.course
            .send_modify(|course| course.parked = Arc::clone(&self.parked));
    }
}
