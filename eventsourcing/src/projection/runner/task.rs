//! The task of one projection of one tenant: the shell around [`Batches`].

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::sleep;

use super::super::batch::{Batches, Step};
use super::super::rows::RowChanges;
use super::super::{ProjectionFacts, ProjectionFailure};
use super::lease::Leasehold;
use super::policy::ProjectionPolicy;
use super::status::{Course, FailingEvent, ProjectionState};
use crate::bus::Bus;
use crate::store::rows::{Place, ReadRowsError, TableChange, Value, WriteRows, WriteRowsError};
use crate::store::{Checkpoint, ErrorClass, FeedFilter, FeedPage, StoreIdentity, TenantStore};
use crate::told::chain;
use crate::{Position, RecordedEvent, TypeFilter, TypeSet};

/// What is passed over without a write may be this much: it is looked through again after a restart.
const PASSED_OVER: u64 = 10_000;

pub(super) struct Task {
    pub(super) facts: ProjectionFacts,
    pub(super) reader: Arc<str>,
    pub(super) tenant: TenantStore,
    pub(super) store: StoreIdentity,
    pub(super) bus: Bus,
    pub(super) policy: ProjectionPolicy,
    pub(super) batches: Box<dyn Batches>,
    pub(super) place: Place,
    pub(super) course: Arc<watch::Sender<Course>>,
    pub(super) lease: Leasehold,
    pub(super) stop: watch::Receiver<bool>,
}

/// Why the task does something else.
pub(super) enum Turn {
    /// It is not to write any more: another process is, or is about to.
    StandBy,
    /// Somebody else has moved the reader, or may have: it is to go on from here.
    Elsewhere(Place),
    /// Everything is to stop.
    Stop,
    /// There is no use in going on: a person has to look.
    GiveUp(String),
}

/// Why a batch was not written.
enum Refused {
    /// Its rows are not taken; those of a smaller batch may be.
    Batch(ProjectionFailure),
    Turn(Turn),
}

impl From<Turn> for Refused {
    fn from(turn: Turn) -> Self {
        Self::Turn(turn)
    }
}

impl Task {
    /// Projects events until everything is to stop, or there is no use in going on.
    pub(super) async fn run(mut self) {
        let error = loop {
            let turn = if self.lease.take_up() {
                self.follow().await
            } else {
                self.stand_by().await
            };
            match turn {
                Turn::StandBy => {
                    self.lease.leave().await;
                    self.batches.forget();
                }
                Turn::Elsewhere(place) => {
                    self.place = place;
                    self.batches.forget();
                }
                Turn::Stop => break None,
                Turn::GiveUp(reason) => {
                    tracing::error!(
                        projection = self.facts.name,
                        tenant = %self.tenant.tenant,
                        reason,
                        "the projection cannot go on"
                    );
                    break Some(reason);
                }
            }
        };
        self.course.send_modify(|course| {
            course.state = ProjectionState::Stopped;
            course.error = error;
        });
        self.lease.resign().await;
    }

    /// Follows the log from the place of the reader.
    async fn follow(&mut self) -> Turn {
        let position = self
            .place
            .checkpoint
            .map_or(Position::START, |saved| saved.position);
        self.course.send_modify(|course| course.take_up(position));
        let mut subscription =
            self.bus
                .subscribe(&self.tenant.tenant, self.place.checkpoint, filter(&self.facts));
        let mut failures = 0;
        loop {
            let page = tokio::select! {
                biased;
                () = self.stopped() => return self.note_end(Turn::Stop).await,
                () = self.lease.is_to_end() => return self.note_end(Turn::StandBy).await,
                page = subscription.next() => page,
            };
            let turn = match page {
                Ok(page) => {
                    failures = 0;
                    self.take(page).await
                }
                Err(error) => {
                    failures += 1;
                    self.pause_or_give_up(error.class(), &error, failures).await
                }
            };
            if let Err(turn) = turn {
                return turn;
            }
        }
    }

    /// Makes rows of a page.
    async fn take(&mut self, page: FeedPage) -> Result<(), Turn> {
        self.course.send_modify(|course| {
            course.head = page.head.max(page.scanned_to.position);
            course.working_on = page.events.first().map(|event| event.recorded_at);
        });
        self.project(&page).await?;
        if self.is_far_behind(page.scanned_to) {
            self.write(page.scanned_to, RowChanges::default())
                .await
                .map_err(Refused::turn)?;
        }
        self.course
            .send_modify(|course| course.come_to(page.scanned_to.position));
        Ok(())
    }

    async fn project(&mut self, page: &FeedPage) -> Result<(), Turn> {
        let mut rest = page.events.as_slice();
        let mut size = rest.len();
        let mut failures = 0;
        while let Some(first) = rest.first() {
            let batch = &rest[..size.clamp(1, rest.len())];
            match self.batch(batch, rest.len(), page.scanned_to).await {
                Ok((0, failure)) => {
                    failures += 1;
                    self.event_failed(first, failure, failures).await?;
                }
                Ok((events, _)) => {
                    rest = &rest[events..];
                    (size, failures) = (rest.len(), 0);
                    if let Some(next) = rest.first() {
                        let before = before(next);
                        self.course.send_modify(|course| {
                            course.come_to(before);
                            course.working_on = Some(next.recorded_at);
                        });
                    }
                }
                Err(Refused::Turn(turn)) => return Err(turn),
                Err(Refused::Batch(failure)) if batch.len() == 1 => {
                    failures += 1;
                    self.event_failed(first, Some(failure), failures).await?;
                }
                // Which of them it is, smaller batches will tell.
                Err(Refused::Batch(_)) => size = batch.len() / 2,
            }
        }
        Ok(())
    }

    /// Makes rows of some events, and writes them. Says of how many, and why the next one has failed.
    async fn batch(
        &mut self,
        events: &[Arc<RecordedEvent>],
        left: usize,
        end: Checkpoint,
    ) -> Result<(usize, Option<ProjectionFailure>), Refused> {
        let mut step = self.batches.start(events);
        let projected = loop {
            match step {
                Step::Load(keys) => {
                    let rows = self.load(&keys).await?;
                    step = self.batches.resume(rows);
                }
                Step::Write(projected) => break projected,
            }
        };
        if projected.events > 0 {
            let to = match events.get(projected.events) {
                Some(next) => self.checkpoint(before(next)),
                None if projected.events == left => end,
                None => self.checkpoint(events.last().map_or(end.position, |last| last.position)),
            };
            let changes = self.write(to, projected.changes).await?;
            self.batches.written(changes);
        }
        Ok((projected.events, projected.failure))
    }

    async fn load(&self, keys: &[Vec<Value>]) -> Result<Vec<Option<Vec<Value>>>, Refused> {
        let mut failures = 0;
        loop {
            match self.tenant.rows.load(self.facts.table_version(), keys).await {
                Ok(rows) => return Ok(rows),
                Err(error @ ReadRowsError::Invalid(_)) => {
                    return Err(Refused::Batch(ProjectionFailure::KeyRefused(error)));
                }
                Err(error) => {
                    failures += 1;
                    self.pause_or_give_up(error.class(), &error, failures).await?;
                }
            }
        }
    }

    /// Writes rows, and moves the reader. Gives them back.
    async fn write(&mut self, to: Checkpoint, changes: RowChanges) -> Result<RowChanges, Refused> {
        let table = TableChange {
            table: self.facts.table_version(),
            put: changes.put,
            remove: changes.remove,
        };
        let write = Arc::new(WriteRows {
            reader: Arc::clone(&self.reader),
            from: self.place,
            to,
            fence: self.lease.fence().cloned(),
            changes: vec![table],
        });
        let mut failures = 0;
        loop {
            if self.lease.is_over() {
                return Err(Turn::StandBy.into());
            }
            match self.tenant.rows.write(Arc::clone(&write)).await {
                Ok(place) => {
                    self.place = place;
                    let written = Arc::unwrap_or_clone(write).changes.pop();
                    return Ok(written.map(RowChanges::from).unwrap_or_default());
                }
                Err(WriteRowsError::Overtaken(overtaken)) => {
                    return Err(Turn::Elsewhere(overtaken.saved).into());
                }
                Err(WriteRowsError::Fenced(_)) => return Err(Turn::StandBy.into()),
                Err(error @ WriteRowsError::UnknownOutcome(_)) => {
                    tracing::debug!(
                        projection = self.facts.name,
                        error = &error as &dyn std::error::Error,
                        "the outcome of a write is unknown"
                    );
                    return Err(Turn::Elsewhere(self.saved_place().await?).into());
                }
                Err(error @ WriteRowsError::Invalid(_)) => {
                    return Err(Refused::Batch(ProjectionFailure::RowsRefused(error)));
                }
                Err(error) => {
                    failures += 1;
                    self.pause_or_give_up(error.class(), &error, failures).await?;
                }
            }
        }
    }

    pub(super) async fn saved_place(&self) -> Result<Place, Turn> {
        let mut failures = 0;
        loop {
            match self.tenant.rows.place(&self.reader).await {
                Ok(place) => return Ok(place),
                Err(error) => {
                    failures += 1;
                    self.pause_or_give_up(error.class(), &error, failures).await?;
                }
            }
        }
    }

    /// Says that an event cannot be projected, and pauses. Meanwhile another process may have projected it: one of a newer
    /// program.
    async fn event_failed(
        &self,
        event: &RecordedEvent,
        failure: Option<ProjectionFailure>,
        attempts: u32,
    ) -> Result<(), Turn> {
        let reason = failure.map(|failure| chain(&failure)).unwrap_or_default();
        let has_failed = attempts >= self.policy.attempts;
        if has_failed {
            tracing::error!(
                projection = self.facts.name,
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
        self.pause(attempts).await?;
        let place = self.saved_place().await?;
        if place == self.place {
            Ok(())
        } else {
            Err(Turn::Elsewhere(place))
        }
    }

    /// Pauses, if it may be better after that.
    pub(super) async fn pause_or_give_up(
        &self,
        class: ErrorClass,
        error: &(dyn std::error::Error + Sync),
        failures: u32,
    ) -> Result<(), Turn> {
        let reason = chain(error);
        if !matches!(class, ErrorClass::Retry | ErrorClass::Overloaded) {
            return Err(Turn::GiveUp(reason));
        }
        tracing::debug!(projection = self.facts.name, reason, failures, "will try again");
        self.course.send_modify(|course| course.error = Some(reason));
        self.pause(failures).await
    }

    async fn pause(&self, failures: u32) -> Result<(), Turn> {
        let pause: Duration = self.policy.pause_after(failures);
        tokio::select! {
            () = sleep(pause) => Ok(()),
            () = self.stopped() => Err(Turn::Stop),
            () = self.lease.is_to_end() => Err(Turn::StandBy),
        }
    }

    /// Returns when everything is to stop.
    pub(super) async fn stopped(&self) {
        let mut stop = self.stop.clone();
        // An error says that whoever could say so is gone.
        let _ = stop.wait_for(|stop| *stop).await;
    }

    /// Notes how far it has looked, so that the next one need not look again.
    async fn note_end(&mut self, then: Turn) -> Turn {
        let end = self.course.borrow().position;
        let saved = self
            .place
            .checkpoint
            .map_or(Position::START, |saved| saved.position);
        if end > saved {
            let to = self.checkpoint(end);
            // Without it, the next one looks again.
            let _ = tokio::time::timeout(Duration::from_secs(1), self.write(to, RowChanges::default())).await;
        }
        then
    }

    fn is_far_behind(&self, scanned_to: Checkpoint) -> bool {
        let saved = self
            .place
            .checkpoint
            .map_or(Position::START, |saved| saved.position);
        scanned_to.position.get().saturating_sub(saved.get()) >= PASSED_OVER
    }

    const fn checkpoint(&self, position: Position) -> Checkpoint {
        Checkpoint {
            store: self.store,
            position,
        }
    }
}

impl Refused {
    /// A write without rows cannot be refused for them.
    fn turn(self) -> Turn {
        match self {
            Self::Turn(turn) => turn,
            Self::Batch(failure) => Turn::GiveUp(chain(&failure)),
        }
    }
}

/// Everything before an event.
fn before(event: &RecordedEvent) -> Position {
    Position::new(event.position.get().saturating_sub(1))
}

/// The events that a projection handles.
pub(super) fn filter(facts: &ProjectionFacts) -> FeedFilter {
    let mut types = Vec::new();
    for listened in facts.on {
        types.extend(TypeSet::of(listened.types).names());
    }
    FeedFilter {
        types: TypeFilter::Only(types.into_iter().collect()),
        ..FeedFilter::ALL
    }
}
