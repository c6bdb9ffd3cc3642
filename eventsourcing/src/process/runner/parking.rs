//! What is parked of the events of a store.

use std::collections::BTreeSet;
use std::sync::MutexGuard;

use tokio::sync::Notify;

use super::parked::{Parked, ParkingEvent};
use super::shared::{Shared, read};
use super::trouble::{Remedy, Trouble};
use crate::event::{EncodeError, Event as _};
use crate::store::{Append, AppendError, Progress, ReadError, StoreError};
use crate::{
    Clock as _, CommandId, EventId, EventTypeName, Metadata, NewEvent, RecordedEvent, StreamId, Timestamp,
};

impl Shared {
    pub(super) fn parked(&self) -> MutexGuard<'_, Parked> {
        self.family.board.of(self.number)
    }

    pub(super) fn parked_changed(&self) -> &Notify {
        &self.family.board.changed
    }

    /// Whether an event of an instance has to wait: behind others that are parked, or because the instance has failed at an
    /// event of another store.
    pub(super) fn is_parked(&self, instance: &str) -> bool {
        self.parked().holds(instance) || self.held_up().contains(instance)
    }

    /// The instances whose first parked event is to be tried by now, and when the next of the others is.
    pub(super) fn due(&self) -> (Vec<String>, Option<Timestamp>) {
        let held_up = self.held_up();
        self.parked().due(self.environment.clock.now(), &held_up)
    }

    /// Whether anything is to be tried again without anybody saying so.
    pub(super) fn is_tried_again(&self) -> bool {
        let held_up = self.held_up();
        self.parked().is_tried_again(&held_up)
    }

    fn held_up(&self) -> BTreeSet<String> {
        self.family.board.failed_elsewhere(self.number)
    }

    /// What is to be recorded of an event that is set aside.
    pub(super) fn parked_event(
        &self,
        event: &RecordedEvent,
        instance: &StreamId,
        trouble: Option<&Trouble>,
    ) -> ParkingEvent {
        ParkingEvent::Parked {
            manager: self.name.clone(),
            instance: instance.to_string(),
            event: event.id,
            position: event.position,
            reason: trouble.map(Trouble::reason),
            again_at: trouble.and_then(|trouble| self.again_at(trouble, 1)),
            early: trouble.is_some_and(Trouble::is_early),
        }
    }

    /// What is to be recorded of an event that was tried again in vain, for the so-manieth time.
    pub(super) fn parked_again(&self, event: EventId, trouble: &Trouble, attempts: u32) -> ParkingEvent {
        ParkingEvent::ParkedAgain {
            manager: self.name.clone(),
            event,
            reason: trouble.reason(),
            again_at: self.again_at(trouble, attempts),
            early: trouble.is_early(),
        }
    }

    pub(super) fn released(&self, event: EventId, skipped: bool) -> ParkingEvent {
        ParkingEvent::Released {
            manager: self.name.clone(),
            event,
            skipped,
        }
    }

    /// What only time can mend is tried again by itself, a few times.
    fn again_at(&self, trouble: &Trouble, attempts: u32) -> Option<Timestamp> {
        let again = trouble.remedy() != Remedy::Park && attempts <= self.policy.retries;
        let pause = self
            .policy
            .pause_after(self.policy.attempts.saturating_add(attempts));
        again.then(|| self.environment.clock.now().after(pause))
    }

    /// Records something about parked events, and moves a reader along.
    pub(super) fn parking(
        &self,
        event: &ParkingEvent,
        progress: Option<Progress>,
    ) -> Result<Append, EncodeError> {
        let encoded = event.encode()?;
        let command = CommandId::new(self.environment.ids.new_id());
        let mut metadata = Metadata::of_command(command);
        metadata.actor = Some(self.actor.clone());
        Ok(Append {
            events: vec![NewEvent {
                id: EventId::new(self.environment.ids.new_id()),
                event_type: EventTypeName::from_static(encoded.event_type.name),
                schema_version: encoded.event_type.version,
                content_type: encoded.content_type,
                payload: encoded.payload,
                metadata: metadata.to_bytes(),
                home: self.parked_stream.clone(),
                links: Vec::new(),
            }],
            progress,
            ..Append::default()
        })
    }

    /// Reads what was recorded about parked events since it was last read, however long the store is away.
    pub(super) async fn catch_up_with_parked(&self) -> Result<(), StoreError> {
        let mut failures = 0;
        while !self.stopping() {
            match self.reload_parked().await {
                Err(error) if error.class().may_pass() => {
                    failures += 1;
                    self.pause_after(&AppendError::from(error).into(), failures).await;
                }
                read => return read,
            }
        }
        Ok(())
    }

    /// Reads what was recorded about parked events since it was last read.
    pub(super) async fn reload_parked(&self) -> Result<(), StoreError> {
        let after = self.parked().version;
        let slice = match read(&self.tenant, &self.parked_stream, after).await {
            Ok(slice) => slice,
            Err(ReadError::Store(error)) => return Err(error),
            Err(error) => return Err(StoreError::broken("the parked events cannot be read").caused_by(error)),
        };
        let mut parked = self.parked();
        for event in &slice.events {
            let applied = parked.apply(&self.parked_stream, event);
            applied
                .map_err(|failure| StoreError::broken("a parked event cannot be read").caused_by(failure))?;
        }
        drop(parked);
        self.parked_changed().notify_waiters();
        Ok(())
    }
}
