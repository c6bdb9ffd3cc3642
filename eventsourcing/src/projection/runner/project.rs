//! How the events of a page become rows, and what becomes of one that fails.

use std::sync::Arc;

use super::super::batch::{Projected, Step};
use super::super::parked::ParkedEvent;
use super::super::rows::RowChanges;
use super::super::{Parked, ProjectionFailure};
use super::orders::Verdict;
use super::parking::Parking;
use super::policy::OnFailure;
use super::status::{FailingEvent, ProjectionState};
use super::task::{Refused, Task, Turn};
use crate::store::{Checkpoint, FeedPage};
use crate::told::chain;
use crate::{Clock as _, Position, RecordedEvent};

/// What has become of a batch.
enum Batched {
    /// So many of its events are dealt with.
    Events(usize),
    /// Its first event has failed.
    Failed(ProjectionFailure),
}

/// An event that has failed.
pub(super) struct Failed<'e> {
    pub(super) event: &'e Arc<RecordedEvent>,
    /// How often it was tried.
    pub(super) attempts: u32,
    /// Where the reader is to be once it is dealt with.
    pub(super) to: Checkpoint,
}

impl Task {
    /// Deals with the events of a page.
    pub(super) async fn project(&mut self, page: &FeedPage) -> Result<(), Turn> {
        let mut rest = page.events.as_slice();
        let mut size = rest.len();
        let mut attempts = 0;
        while let Some(event) = rest.first() {
            let batch = &rest[..size.clamp(1, rest.len())];
            let failure = match self.batch(batch, rest, page.scanned_to).await {
                Ok(Batched::Events(events)) => {
                    rest = self.gone_past(events, rest);
                    (size, attempts) = (rest.len(), 0);
                    continue;
                }
                Ok(Batched::Failed(failure)) | Err(Refused::Event(0, failure)) => failure,
                Err(Refused::Turn(turn)) => return Err(turn),
                Err(Refused::Event(place, _)) => {
                    size = place;
                    continue;
                }
                Err(Refused::Batch(failure)) if batch.len() == 1 => failure,
                // Which of them it is, smaller batches will tell.
                Err(Refused::Batch(_)) => {
                    size = batch.len() / 2;
                    continue;
                }
            };
            attempts += 1;
            let to = self.end_of(1, rest, page.scanned_to);
            let failed = Failed { event, attempts, to };
            if let Verdict::GoOn = self.event_failed(&failed, failure).await? {
                rest = self.gone_past(1, rest);
                (size, attempts) = (rest.len(), 0);
            }
        }
        Ok(())
    }

    /// Takes note that so many events are dealt with, and gives the others.
    fn gone_past<'e>(&self, events: usize, all: &'e [Arc<RecordedEvent>]) -> &'e [Arc<RecordedEvent>] {
        let rest = &all[events..];
        self.course.send_if_modified(|course| {
            course.has_handled(events);
            if let Some(next) = rest.first() {
                course.come_to(before(next));
                course.waiting_since = Some(next.recorded_at);
            }
            !rest.is_empty()
        });
        rest
    }

    /// Where the reader is to be after so many events.
    fn end_of(&self, events: usize, all: &[Arc<RecordedEvent>], end: Checkpoint) -> Checkpoint {
        all.get(events).map_or(end, |next| self.checkpoint(before(next)))
    }

    /// Makes rows of some events, the first of those that are left, and writes them.
    async fn batch(
        &mut self,
        mut events: &[Arc<RecordedEvent>],
        left: &[Arc<RecordedEvent>],
        end: Checkpoint,
    ) -> Result<Batched, Refused> {
        let parked = Arc::clone(&self.parked);
        let projected = loop {
            let projected = self.handle(events, &parked).await?;
            match projected.set_aside.get(self.room()) {
                None => break projected,
                Some(first) if first.place == 0 => return Ok(Batched::Failed(self.too_many(None))),
                // There is room for those before it.
                Some(first) => events = &events[..first.place],
            }
        };
        if projected.events == 0
            && let Some(failure) = projected.failure
        {
            return Ok(Batched::Failed(failure));
        }
        let now = self.clock.now();
        let set_aside = projected.set_aside.into_iter();
        let behind_others =
            set_aside.map(|aside| ParkedEvent::behind_others(&events[aside.place], aside.sequence, now));
        let parking = Parking::of(behind_others.collect());
        let to = self.end_of(projected.events, left, end);
        self.write_batch(to, projected.events, projected.changes, parking)
            .await?;
        Ok(Batched::Events(projected.events))
    }

    /// Writes what has become of so many events, or lets them have their effect in SQL.
    pub(super) async fn write_batch(
        &mut self,
        to: Checkpoint,
        events: usize,
        changes: RowChanges,
        parking: Parking,
    ) -> Result<(), Refused> {
        let written = if self.batches.in_sql().is_some() {
            self.write_in_sql(to, events, parking).await?;
            RowChanges::default()
        } else {
            self.write(to, changes, parking).await?
        };
        self.batches.written(written);
        Ok(())
    }

    /// Calls the handlers of events, as often as it takes.
    pub(super) async fn handle(
        &mut self,
        events: &[Arc<RecordedEvent>],
        parked: &Parked,
    ) -> Result<Projected, Refused> {
        let mut step = self.batches.start(events, parked);
        loop {
            match step {
                Step::Load(keys) => {
                    let rows = self.load(&keys).await?;
                    step = self.batches.resume(rows);
                }
                Step::Write(projected) => return Ok(projected),
            }
        }
    }

    /// Parks an event that has failed often enough, if that is the policy, or pauses before it is tried again. Meanwhile another
    /// process may have projected it: one of a newer program.
    async fn event_failed(
        &mut self,
        failed: &Failed<'_>,
        mut failure: ProjectionFailure,
    ) -> Result<Verdict, Turn> {
        if failed.attempts >= self.policy.attempts && self.on_failure().await? == OnFailure::Park {
            match self.park(failed, failure).await? {
                Ok(()) => return Ok(Verdict::GoOn),
                Err(reason) => failure = reason,
            }
        }
        self.tell_of(failed, chain(&failure));
        let verdict = self.pause_before(failed).await?;
        // Meanwhile the log goes on, and it stays behind: that is to be seen.
        if let Ok(end) = self.bus.end(&self.tenant.tenant).await {
            self.course
                .send_modify(|course| course.head = course.head.max(end.position));
        }
        if self.saved_place().await? == self.place {
            Ok(verdict)
        } else {
            Err(Turn::Elsewhere)
        }
    }

    /// What becomes of an event that has failed often enough: it depends on whether people see the rows that would lack it.
    async fn on_failure(&self) -> Result<OnFailure, Turn> {
        Ok(if self.is_ready().await? {
            self.policy.live
        } else {
            self.policy.rebuild
        })
    }

    /// Says that an event cannot be projected, and that all others wait for it.
    fn tell_of(&self, failed: &Failed<'_>, reason: String) {
        let Failed { event, attempts, .. } = *failed;
        let has_failed = attempts >= self.policy.attempts;
        if has_failed {
            tracing::error!(
                projection = self.facts.name,
                slice = self.slice.told(),
                tenant = %self.tenant.tenant,
                event = %event.id,
                event_type = %event.event_type,
                position = %event.position,
                attempts,
                reason,
                "an event cannot be projected"
            );
        }
        self.course.send_modify(|course| {
            if has_failed {
                course.state = ProjectionState::Failed;
            }
            course.failing = Some(FailingEvent {
                event: event.id,
                position: event.position,
                event_type: event.event_type.to_string(),
                reason: reason.clone(),
                attempts,
            });
            course.error = Some(reason);
        });
    }
}

/// Everything before an event.
fn before(event: &RecordedEvent) -> Position {
    Position::new(event.position.get().saturating_sub(1))
}
