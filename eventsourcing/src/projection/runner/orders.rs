//! What people ask for about parked events. It is done in the task of the projection, since nobody else may change its rows.

use std::sync::Arc;

use tokio::sync::oneshot;

use super::super::parked::ParkedEvent;
use super::super::rows::RowChanges;
use super::super::{Parked, ProjectionFailure};
use super::parked::ParkedError;
use super::parking::Parking;
use super::project::Failed;
use super::task::{Refused, Task, Turn, filter};
use crate::store::{Checkpoint, FeedFilter, ReadFeed};
use crate::told::chain;
use crate::{EventId, Position, RecordedEvent, StreamId};

/// Something that people ask for, and where they wait for the answer.
pub(super) struct Order {
    pub(super) what: Wanted,
    pub(super) answer: oneshot::Sender<Result<(), ParkedError>>,
}

/// What they ask for.
pub(super) enum Wanted {
    /// That the events of a sequence are tried again.
    Retry { sequence: String },
    /// That an event is passed over.
    Skip { event: EventId, reason: String },
    /// That the projection ends.
    Cancel,
}

/// What becomes of the event that a projection stands still before.
pub(super) enum Verdict {
    TryAgain,
    /// It is parked, or passed over.
    GoOn,
}

/// What an order has come to.
enum Carried {
    /// The answer.
    Out(Result<(), ParkedError>),
    /// The event that the projection stands still before is passed over.
    PassedOver,
}

/// What was begun of an order, when it turned out that somebody else has written, or that nobody knows whether it was done.
enum Begun {
    Nothing,
    /// This sequence is worked off.
    Sequence(String),
    /// The event that the projection stands still before is passed over.
    PassingOver,
}

/// So often an order is begun anew when another process writes at the same time.
const TRIES: u32 = 16;
/// So many events are tried at once.
const AT_ONCE: usize = 500;

impl Task {
    /// Does what somebody asks for, while the projection stands still before an event, or does not.
    pub(super) async fn obey(&mut self, order: Order, before: Option<&Failed<'_>>) -> Result<Verdict, Turn> {
        let (mut has_moved, mut begun) = (false, Begun::Nothing);
        for _ in 0..TRIES {
            has_moved |= self.take_stock().await?;
            let (answer, verdict) = match self.carry_out(&order.what, before, &mut begun).await {
                Ok(Carried::Out(answer)) => (answer, Verdict::TryAgain),
                Ok(Carried::PassedOver) => (Ok(()), Verdict::GoOn),
                Err(Turn::Elsewhere) => continue,
                Err(turn) => return Err(turn),
            };
            // Nobody may be waiting any more.
            let _ = order.answer.send(answer);
            return if has_moved {
                Err(Turn::Elsewhere)
            } else {
                Ok(verdict)
            };
        }
        let _ = order.answer.send(Err(ParkedError::Overtaken));
        Err(Turn::Elsewhere)
    }

    async fn carry_out(
        &mut self,
        wanted: &Wanted,
        before: Option<&Failed<'_>>,
        begun: &mut Begun,
    ) -> Result<Carried, Turn> {
        let (event, reason) = match wanted {
            Wanted::Cancel => return Err(Turn::Cancelled),
            Wanted::Skip { event, reason } => (*event, reason),
            Wanted::Retry { sequence } if !self.parked.holds(sequence) => {
                let sequence = sequence.clone();
                return Ok(Carried::Out(match begun {
                    Begun::Nothing => Err(ParkedError::NoSuchSequence { sequence }),
                    _ => Ok(()),
                }));
            }
            Wanted::Retry { sequence } => {
                *begun = Begun::Sequence(sequence.clone());
                return self.work_off(sequence).await.map(Carried::Out);
            }
        };
        if let Some(parked) = self.parked.find(event).cloned() {
            *begun = Begun::Sequence(parked.sequence.clone());
            return self.skip(parked, reason).await.map(Carried::Out);
        }
        match (&*begun, before) {
            (Begun::Sequence(sequence), _) => self.work_off(&sequence.clone()).await.map(Carried::Out),
            (_, Some(failed)) if failed.event.id == event && self.is_before(failed) => {
                *begun = Begun::PassingOver;
                self.pass_over(failed, reason).await?;
                Ok(Carried::PassedOver)
            }
            (Begun::PassingOver, _) => Ok(Carried::Out(Ok(()))),
            _ => Ok(Carried::Out(Err(ParkedError::NotParked { event }))),
        }
    }

    fn is_before(&self, failed: &Failed<'_>) -> bool {
        let saved = self.place.checkpoint;
        saved.is_none_or(|saved| saved.position < failed.event.position)
    }

    /// Passes over the event that the projection stands still before.
    async fn pass_over(&mut self, failed: &Failed<'_>, reason: &str) -> Result<(), Turn> {
        let written = self
            .write(failed.to, RowChanges::default(), Parking::default())
            .await;
        written.map_err(Refused::turn)?;
        self.tell_of_skip(failed.event.id, failed.event.position, reason);
        Ok(())
    }

    /// Passes over a parked event, and works off what waits behind it.
    async fn skip(&mut self, event: ParkedEvent, reason: &str) -> Result<Result<(), ParkedError>, Turn> {
        let first = self.parked.of(&event.sequence).next();
        if let Some(first) = first.filter(|first| first.event != event.event) {
            let (event, first) = (event.event, first.event);
            return Ok(Err(ParkedError::NotFirst { event, first }));
        }
        let sequence = event.sequence.clone();
        let (id, position) = (event.event, event.position);
        self.write_parking(Parking::without(event)).await?;
        self.tell_of_skip(id, position, reason);
        self.work_off(&sequence).await
    }

    /// Handles the parked events of a sequence, in their order, up to one that fails once more.
    async fn work_off(&mut self, sequence: &str) -> Result<Result<(), ParkedError>, Turn> {
        let mut size = AT_ONCE;
        loop {
            let waiting: Vec<_> = self.parked.of(sequence).take(size).cloned().collect();
            if waiting.is_empty() {
                tracing::info!(
                    projection = self.facts.name,
                    slice = self.slice.told(),
                    tenant = %self.tenant.tenant,
                    sequence,
                    "a sequence is not parked any more"
                );
                return Ok(Ok(()));
            }
            match self.work_off_some(&waiting).await {
                Ok(None) => {}
                Ok(Some(event)) => return Ok(Err(ParkedError::FailedAgain { event: event.into() })),
                Err(Refused::Turn(turn)) => return Err(turn),
                Err(Refused::Event(place, _)) if place > 0 => size = place,
                Err(Refused::Event(_, failure)) => return self.failed_again(&waiting[0], &failure).await,
                Err(Refused::Batch(failure)) if waiting.len() == 1 => {
                    return self.failed_again(&waiting[0], &failure).await;
                }
                // Which of them it is, smaller batches will tell.
                Err(Refused::Batch(_)) => size = waiting.len() / 2,
            }
            if *self.stop.borrow() {
                return Err(Turn::Stop);
            }
        }
    }

    /// Takes note that the first event of a sequence has failed once more.
    async fn failed_again(
        &mut self,
        event: &ParkedEvent,
        failure: &ProjectionFailure,
    ) -> Result<Result<(), ParkedError>, Turn> {
        let again = event.clone().failed(1, &chain(failure));
        self.write_parking(Parking::of(vec![again.clone()])).await?;
        Ok(Err(ParkedError::FailedAgain { event: again.into() }))
    }

    /// Handles some parked events, and writes what becomes of them: the rows, and that they are not parked any more. Says
    /// which one has failed.
    async fn work_off_some(&mut self, waiting: &[ParkedEvent]) -> Result<Option<ParkedEvent>, Refused> {
        let events = self.read_again(waiting).await?;
        // They are those that all others wait for.
        let mut projected = self.handle(&events, &Parked::default()).await?;
        if projected.events == events.len() && events.len() < waiting.len() {
            projected.failure = Some(ProjectionFailure::Gone);
        }
        let (done, left) = waiting.split_at(projected.events);
        let again = left
            .first()
            .zip(projected.failure)
            .map(|(event, failure)| event.clone().failed(1, &chain(&failure)));
        let parking = Parking {
            put: again.iter().cloned().collect(),
            remove: done.to_vec(),
        };
        self.write_batch(self.here(), projected.events, projected.changes, parking)
            .await?;
        self.course.send_modify(|course| course.reworked += 1);
        Ok(again)
    }

    /// Writes what is parked, and no rows.
    async fn write_parking(&mut self, parking: Parking) -> Result<(), Turn> {
        let written = self.write(self.here(), RowChanges::default(), parking).await;
        written.map_err(Refused::turn)?;
        self.course.send_modify(|course| course.reworked += 1);
        Ok(())
    }

    /// Where the reader is: it does not move for what had been parked.
    fn here(&self) -> Checkpoint {
        let here = self.place.checkpoint;
        here.unwrap_or_else(|| self.checkpoint(Position::START))
    }

    /// Reads parked events of one sequence, up to the first that is not in the store any more.
    async fn read_again(&self, waiting: &[ParkedEvent]) -> Result<Vec<Arc<RecordedEvent>>, Turn> {
        let mut events: Vec<Arc<RecordedEvent>> = Vec::with_capacity(waiting.len());
        while let Some(next) = waiting.get(events.len()) {
            let before = Position::new(next.position.get().saturating_sub(1));
            let page = self.page_after(self.checkpoint(before), &next.sequence).await?;
            let known = events.len();
            let mut missing = waiting[known..].iter().peekable();
            for event in page {
                if missing
                    .next_if(|missing| missing.position == event.position)
                    .is_some()
                {
                    events.push(event);
                }
            }
            if events.len() == known {
                break;
            }
        }
        Ok(events)
    }

    async fn page_after(&self, after: Checkpoint, sequence: &str) -> Result<Vec<Arc<RecordedEvent>>, Turn> {
        let home = self.facts.parallel_by.is_none().then(|| StreamId::new(sequence));
        let read = ReadFeed {
            filter: FeedFilter {
                streams: home.and_then(Result::ok).map(|home| vec![home]),
                ..filter(&self.facts)
            },
            ..ReadFeed::after(Some(after))
        };
        let mut failures = 0;
        loop {
            match self.tenant.log.read_feed(&read).await {
                Ok(page) => return Ok(page.events),
                Err(error) => {
                    failures += 1;
                    self.pause_or_give_up(error.class(), &error, failures).await?;
                }
            }
        }
    }

    fn tell_of_skip(&self, event: EventId, position: Position, reason: &str) {
        tracing::warn!(
            projection = self.facts.name,
            slice = self.slice.told(),
            tenant = %self.tenant.tenant,
            event = %event,
            position = %position,
            reason,
            "an event is passed over for good"
        );
    }
}
