//! What becomes of a batch of events: a state machine without I/O.
//!
//! All handlers of a batch run in the order of its events, over rows in memory. Which rows they ask for is known only when they
//! have run; so those that are missing are read together, and all run again, until none is missing. What counts is the last
//! run: before that, handlers have seen rows that are not there.
//!
//! An event whose sequence has something parked is not handled: it is set aside, to be parked behind that. With slices, an event
//! has to do with the rows of its sequence alone.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use super::derived::{Handling, OpenEvent, Projects};
use super::intake::{Intake, Taken, sequence_of, take_up};
use super::rows::RowChanges;
use super::sql::SqlEvents;
use super::{InvalidValue, Parked, ProjectionFailure, Rows};
use crate::RecordedEvent;
use crate::event::DecodeError;
use crate::store::rows::Value;
use crate::told::panic_message;

/// The events of a projection, batch by batch. It keeps rows from one batch to the next, so nobody else may change them.
pub trait Batches: Send + Sync {
    /// Begins with events, in their order, while something is parked. What was begun before is forgotten.
    fn start(&mut self, events: &[Arc<RecordedEvent>], parked: &Parked) -> Step;

    /// Goes on with the rows that were asked for, in the order of the keys.
    fn resume(&mut self, rows: Vec<Option<Vec<Value>>>) -> Step;

    /// Takes note that what has become of the events is in the store.
    fn written(&mut self, changes: RowChanges);

    /// Forgets all rows: somebody else may have changed them.
    fn forget(&mut self);

    /// Which sequence an event is of.
    ///
    /// # Errors
    /// If the event names it, and cannot be read.
    fn sequence(&self, event: &Arc<RecordedEvent>) -> Result<String, ProjectionFailure>;

    /// The events whose handlers run when the batch is written: those of a projection in SQL.
    fn in_sql(&self) -> Option<&dyn SqlEvents> {
        None
    }
}

/// What is to be done next.
#[derive(Debug)]
pub enum Step {
    /// Load the rows of these keys, and go on with them.
    Load(Vec<Vec<Value>>),
    /// Write this, and take note of it.
    Write(Projected),
}

/// What has become of a batch.
#[derive(Debug)]
pub struct Projected {
    /// How many events it has become of: from the first on, and without one that has failed.
    pub events: usize,
    /// What is to be written.
    pub changes: RowChanges,
    /// Which of them were not handled, by their places, because their sequences have something parked.
    pub set_aside: Vec<SetAside>,
    /// Why the next event could not be projected, if that was tried.
    pub failure: Option<ProjectionFailure>,
}

/// An event of a batch that has to wait.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SetAside {
    /// Its place in the batch.
    pub place: usize,
    /// Its sequence.
    pub sequence: String,
}

/// So often all handlers of a batch run, before it is cut off where rows are missing.
const RUNS: u32 = 8;
/// So often the handler of a single event runs before it is given up.
const RUNS_OF_ONE: u32 = 32;
/// So many rows are kept from one batch to the next.
const KEPT: usize = 8_192;

/// The events of one projection.
pub(crate) struct Batch<P: Projects> {
    projection: Arc<P>,
    rows: Rows<P::Row>,
    events: Vec<Opened<P>>,
    set_aside: Vec<SetAside>,
    /// Why the event after these cannot be projected.
    failure: Option<ProjectionFailure>,
    /// What is being loaded.
    loading: Vec<Vec<Value>>,
    runs: u32,
    /// Whether rows are looked at after each event: one of them cannot be written.
    is_careful: bool,
}

/// An event that was read, or that nothing becomes of.
struct Opened<P: Projects> {
    event: Box<dyn OpenEvent<P>>,
    /// Its sequence, if it is to ask for no other rows.
    sequence: Option<Arc<str>>,
}

/// How a run of all handlers has ended.
enum Run {
    Complete,
    /// An event has failed, by its place in the batch.
    Failed(usize, ProjectionFailure),
    /// Rows are missing: the first of them at this event.
    Missing(usize),
}

impl<P: Projects> Batch<P> {
    pub(crate) fn new(projection: Arc<P>) -> Self {
        Self {
            projection,
            rows: Rows::new(P::IS_OF),
            events: Vec::new(),
            set_aside: Vec::new(),
            failure: None,
            loading: Vec::new(),
            runs: 0,
            is_careful: false,
        }
    }

    /// Runs until rows are missing, or all is done.
    fn go_on(&mut self) -> Step {
        loop {
            match self.run() {
                Run::Missing(0) if self.runs > RUNS_OF_ONE => {
                    self.stop_before(0, Some(ProjectionFailure::Unsettled));
                }
                Run::Missing(event) if event > 0 && self.runs > RUNS => self.stop_before(event, None),
                Run::Missing(_) => {
                    self.loading = self.rows.take_wanted();
                    return Step::Load(self.loading.clone());
                }
                Run::Failed(event, failure) => self.stop_before(event, Some(failure)),
                Run::Complete => match self.rows.changes() {
                    Ok(changes) => return self.done(changes),
                    Err(error) if self.is_careful => {
                        let last = self.events.len().saturating_sub(1);
                        self.stop_before(last, Some(error.into()));
                    }
                    Err(_) => {
                        self.is_careful = true;
                        self.rows.reset();
                    }
                },
            }
        }
    }

    /// Runs all handlers, over rows as they are in the store.
    fn run(&mut self) -> Run {
        self.runs += 1;
        let mut missing = None;
        for (place, event) in self.events.iter().enumerate() {
            self.rows.lend_to(event.sequence.clone());
            let ended = project(&*self.projection, &*event.event, &mut self.rows, self.is_careful);
            if missing.is_none() && self.rows.is_missing_some() {
                missing = Some(place);
            }
            if let (None, Err(failure)) = (missing, ended) {
                return Run::Failed(place, failure);
            }
        }
        missing.map_or(Run::Complete, Run::Missing)
    }

    /// Reads an event, unless it has to wait.
    fn take_up(&mut self, event: &Arc<RecordedEvent>, parked: &Parked) -> Result<(), ProjectionFailure> {
        match take_up::<Self>(event, parked)? {
            Taken::Nothing => self.events.push(Opened::nothing()),
            Taken::Aside(sequence) => self.set_aside(sequence),
            Taken::Open { event, sequence } => self.events.push(Opened {
                event,
                sequence: sequence.map(Arc::from),
            }),
        }
        Ok(())
    }

    fn set_aside(&mut self, sequence: String) {
        let place = self.events.len();
        self.set_aside.push(SetAside { place, sequence });
        self.events.push(Opened::nothing());
    }

    /// Goes back to the beginning, to come to this event only.
    fn stop_before(&mut self, event: usize, failure: Option<ProjectionFailure>) {
        self.events.truncate(event);
        self.set_aside.retain(|aside| aside.place < event);
        self.failure = failure;
        drop(self.rows.take_wanted());
    }

    fn done(&mut self, changes: RowChanges) -> Step {
        Step::Write(Projected {
            events: self.events.len(),
            changes,
            set_aside: std::mem::take(&mut self.set_aside),
            failure: self.failure.take(),
        })
    }
}

/// Runs one handler. Should it panic, that is a failure like any other: it would come again with the same event after every
/// restart.
fn project<P: Projects>(
    projection: &P,
    event: &dyn OpenEvent<P>,
    rows: &mut Rows<P::Row>,
    is_careful: bool,
) -> Result<(), ProjectionFailure> {
    let said = catch_unwind(AssertUnwindSafe(|| event.project(projection, rows)));
    // What went wrong with a row first is more to the point than what the handler made of that.
    rows.take_trouble()?;
    match said {
        Ok(said) => said.map_err(ProjectionFailure::Handler)?,
        Err(panic) => {
            return Err(ProjectionFailure::Panicked {
                message: panic_message(&*panic),
            });
        }
    }
    if is_careful {
        rows.changes()?;
    }
    Ok(())
}

impl<P: Projects> Batches for Batch<P> {
    fn start(&mut self, events: &[Arc<RecordedEvent>], parked: &Parked) -> Step {
        self.rows.reset();
        (self.runs, self.is_careful, self.failure) = (0, false, None);
        self.events.clear();
        self.set_aside.clear();
        for event in events {
            if let Err(failure) = self.take_up(event, parked) {
                self.failure = Some(failure);
                break;
            }
        }
        self.go_on()
    }

    fn resume(&mut self, rows: Vec<Option<Vec<Value>>>) -> Step {
        self.rows.fill(std::mem::take(&mut self.loading), rows);
        self.go_on()
    }

    fn written(&mut self, changes: RowChanges) {
        self.rows.written(changes, KEPT);
    }

    fn forget(&mut self) {
        self.rows = Rows::new(P::IS_OF);
    }

    fn sequence(&self, event: &Arc<RecordedEvent>) -> Result<String, ProjectionFailure> {
        sequence_of::<Self>(event)
    }
}

impl<P: Projects> Intake for Batch<P> {
    type Handler = &'static dyn Handling<P>;
    type Open = Box<dyn OpenEvent<P>>;

    const BY_FIELD: bool = P::PROJECTION.parallel_by.is_some();
    const IS_SLICED: bool = P::PROJECTION.is_sliced();

    fn handler(event: &RecordedEvent) -> Option<Self::Handler> {
        P::HANDLERS.iter().copied().find(|handler| handler.takes(event))
    }

    fn open(handler: Self::Handler, event: &Arc<RecordedEvent>) -> Result<Self::Open, DecodeError> {
        handler.open(event)
    }

    fn sequence(open: &Self::Open) -> Result<Option<String>, InvalidValue> {
        open.sequence()
    }
}

impl<P: Projects> Opened<P> {
    fn nothing() -> Self {
        Self {
            event: Box::new(Nothing),
            sequence: None,
        }
    }
}

/// An event that nobody handles, or not now.
struct Nothing;

impl<P: Projects> OpenEvent<P> for Nothing {
    fn project(&self, _: &P, _: &mut Rows<P::Row>) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
        Ok(())
    }

    fn sequence(&self) -> Result<Option<String>, InvalidValue> {
        Ok(None)
    }
}
