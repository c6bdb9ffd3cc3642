//! The task of one slice of a projection of one tenant: the shell around [`Batches`].

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Mutex, mpsc, watch};
use tokio::time::sleep;

use super::super::batch::Batches;
use super::super::rows::RowChanges;
use super::super::slice::Slice;
use super::super::{Parked, ProjectionFacts, ProjectionFailure};
use super::activation::Activation;
use super::dealt::Dealt;
use super::orders::{Order, Verdict};
use super::parking::Parking;
use super::policy::ProjectionPolicy;
use super::project::Failed;
use super::status::{Course, ProjectionState};
use crate::bus::Bus;
use crate::known::TypeCheck;
use crate::lease::Leasehold;
use crate::store::rows::{Place, ReadRowsError, TableChange, Value, WriteRows, WriteRowsError};
use crate::store::{Checkpoint, DictionarySize, ErrorClass, FeedFilter, StoreIdentity, TenantStore};
use crate::told::chain;
use crate::{Clock, Position, TypeFilter, TypeSet};

pub(super) struct Task {
    pub(super) facts: ProjectionFacts,
    /// Which of its events it deals with.
    pub(super) slice: Slice,
    /// Of which slices events are, as far as it is known.
    pub(super) dealt: Arc<Dealt>,
    pub(super) reader: Arc<str>,
    pub(super) tenant: TenantStore,
    pub(super) store: StoreIdentity,
    pub(super) bus: Bus,
    pub(super) policy: ProjectionPolicy,
    pub(super) batches: Box<dyn Batches>,
    pub(super) place: Place,
    /// What is parked, as it was at that place.
    pub(super) parked: Arc<Parked>,
    pub(super) activation: Arc<Activation>,
    /// Where the log ended when it began to run: who has come so far is at its end.
    pub(super) began_at: Position,
    /// How large the dictionary of event types was then.
    pub(super) began_with: DictionarySize,
    /// Sees to it that nothing is passed over because its type was renamed.
    pub(super) types: TypeCheck,
    pub(super) clock: Arc<dyn Clock>,
    /// What people ask for.
    pub(super) orders: Mutex<mpsc::Receiver<Order>>,
    pub(super) course: Arc<watch::Sender<Course>>,
    pub(super) lease: Leasehold,
    pub(super) stop: watch::Receiver<bool>,
}

/// Why the task does something else.
pub(super) enum Turn {
    /// It is not to write any more: another process is, or is about to.
    StandBy,
    /// Somebody else has moved the reader, or may have: it is to go on from where that is.
    Elsewhere,
    /// Everything is to stop.
    Stop,
    /// Somebody wants this version no more.
    Cancelled,
    /// There is no use in going on: a person has to look.
    GiveUp(String),
}

/// Why a batch was not written.
pub(super) enum Refused {
    /// Its rows are not taken; those of a smaller batch may be.
    Batch(ProjectionFailure),
    /// The handler of the event at this place of the batch has failed, in SQL; those before it have not.
    Event(usize, ProjectionFailure),
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
        let mut turn = self.go_on().await;
        let error = loop {
            turn = match turn {
                Turn::Elsewhere => match self.take_stock().await {
                    Ok(_) => self.go_on().await,
                    Err(turn) => turn,
                },
                Turn::StandBy => {
                    self.lease.leave().await;
                    self.batches.forget();
                    self.go_on().await
                }
                Turn::Stop => break None,
                Turn::Cancelled => break Some("it was cancelled".to_owned()),
                Turn::GiveUp(reason) => {
                    tracing::error!(
                        projection = self.facts.name,
                        slice = self.slice.told(),
                        tenant = %self.tenant.tenant,
                        reason,
                        "the projection cannot go on"
                    );
                    break Some(reason);
                }
            };
        };
        self.course.send_modify(|course| {
            course.state = ProjectionState::Stopped;
            course.error = error;
        });
        self.lease.resign().await;
    }

    /// Fills the table, if that is its part.
    async fn go_on(&mut self) -> Turn {
        if let Err(turn) = self.check_types(self.began_with).await {
            return turn;
        }
        if self.lease.take_up() {
            self.follow().await
        } else {
            self.stand_by().await
        }
    }

    /// Checks that everything is known that the dictionary of this size holds, and that may concern the projection. Before that,
    /// nothing of the log has an effect, and the end of the log is not taken for it.
    pub(super) async fn check_types(&self, size: DictionarySize) -> Result<(), Turn> {
        let mut failures = 0;
        while let Err(error) = self.types.check(&*self.tenant.log, size).await {
            failures += 1;
            self.pause_or_give_up(error.class(), &error, failures).await?;
        }
        Ok(())
    }

    pub(super) async fn load(&self, keys: &[Vec<Value>]) -> Result<Vec<Option<Vec<Value>>>, Refused> {
        let mut failures = 0;
        loop {
            // What is in SQL asks for no rows.
            let Some(table) = self.facts.table_version() else {
                return Ok(Vec::new());
            };
            match self.tenant.rows.load(table, keys).await {
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

    /// Writes rows and what is parked, and moves the reader. Gives the rows back.
    pub(super) async fn write(
        &mut self,
        to: Checkpoint,
        changes: RowChanges,
        parking: Parking,
    ) -> Result<RowChanges, Refused> {
        let write = Arc::new(self.to_write(to, changes, &parking)?);
        let mut failures = 0;
        loop {
            if self.lease.is_over() {
                return Err(Turn::StandBy.into());
            }
            match self.tenant.rows.write(Arc::clone(&write)).await {
                Ok(place) => {
                    self.has_written(place, parking);
                    let mut written = Arc::unwrap_or_clone(write).changes;
                    let rows = self.facts.table_version().and_then(|_| written.pop());
                    return Ok(rows.map(RowChanges::from).unwrap_or_default());
                }
                Err(error) => self.not_written(error, &mut failures).await?,
            }
        }
    }

    /// What is to be written: rows come last.
    pub(super) fn to_write(
        &self,
        to: Checkpoint,
        changes: RowChanges,
        parking: &Parking,
    ) -> Result<WriteRows, Turn> {
        let rows = self.facts.table_version().map(|table| TableChange {
            table,
            put: changes.put,
            remove: changes.remove,
        });
        let parked = parking.change(self.facts.parked_version());
        let parked = parked.map_err(|error| Turn::GiveUp(chain(&error)))?;
        Ok(WriteRows {
            reader: Arc::clone(&self.reader),
            from: self.place,
            to,
            fence: self.lease.fence().cloned(),
            changes: parked.into_iter().chain(rows).collect(),
        })
    }

    /// Takes note of a write.
    pub(super) fn has_written(&mut self, place: Place, parking: Parking) {
        self.place = place;
        self.has_parked(parking);
    }

    /// Says what is to be done about a write that was not made, or pauses before it is sent again.
    pub(super) async fn not_written(&self, error: WriteRowsError, failures: &mut u32) -> Result<(), Refused> {
        match error {
            WriteRowsError::Overtaken(_) => Err(Turn::Elsewhere.into()),
            WriteRowsError::Fenced(_) => Err(Turn::StandBy.into()),
            WriteRowsError::UnknownOutcome(_) => {
                tracing::debug!(
                    projection = self.facts.name,
                    slice = self.slice.told(),
                    error = &error as &dyn std::error::Error,
                    "the outcome of a write is unknown"
                );
                Err(Turn::Elsewhere.into())
            }
            WriteRowsError::Invalid(_) => Err(Refused::Batch(ProjectionFailure::RowsRefused(error))),
            error => {
                *failures += 1;
                Ok(self.pause_or_give_up(error.class(), &error, *failures).await?)
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

    /// Pauses, if it may be better after that.
    pub(super) async fn pause_or_give_up(
        &self,
        class: ErrorClass,
        error: &(dyn std::error::Error + Sync),
        failures: u32,
    ) -> Result<(), Turn> {
        let reason = chain(error);
        if !class.may_pass() {
            return Err(Turn::GiveUp(reason));
        }
        tracing::debug!(
            projection = self.facts.name,
            slice = self.slice.told(),
            reason,
            failures,
            "will try again"
        );
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

    /// Pauses before an event is tried again, unless people ask for something: that may have helped.
    pub(super) async fn pause_before(&mut self, event: &Failed<'_>) -> Result<Verdict, Turn> {
        let pause: Duration = self.policy.pause_after(event.attempts);
        let order = tokio::select! {
            () = sleep(pause) => return Ok(Verdict::TryAgain),
            () = self.stopped() => return Err(Turn::Stop),
            () = self.lease.is_to_end() => return Err(Turn::StandBy),
            Some(order) = self.next_order() => order,
        };
        self.obey(order, Some(event)).await
    }

    /// What people ask for next.
    pub(super) async fn next_order(&self) -> Option<Order> {
        self.orders.lock().await.recv().await
    }

    /// Returns when everything is to stop.
    pub(super) async fn stopped(&self) {
        let mut stop = self.stop.clone();
        // An error says that whoever could say so is gone.
        let _ = stop.wait_for(|stop| *stop).await;
    }

    pub(super) const fn checkpoint(&self, position: Position) -> Checkpoint {
        Checkpoint {
            store: self.store,
            position,
        }
    }
}

impl Refused {
    /// A write without rows cannot be refused for them.
    pub(super) fn turn(self) -> Turn {
        match self {
            Self::Turn(turn) => turn,
            Self::Batch(failure) | Self::Event(_, failure) => Turn::GiveUp(chain(&failure)),
        }
    }
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
