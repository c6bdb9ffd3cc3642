use std::any::Any;
use std::sync::Arc;

use async_trait::async_trait;

use super::super::batch::{Batches, Projected, Step};
use super::super::intake::{Intake, Taken, sequence_of, take_up};
use super::super::rows::RowChanges;
use super::super::{InvalidValue, Parked, ProjectionFailure, SetAside};
use super::SqlEvents;
use super::derived::{HandlingInSql, OpenInSql, ProjectsInSql, transaction};
use crate::event::DecodeError;
use crate::store::rows::Value;
use crate::store::sql::WorkError;
use crate::{Position, RecordedEvent};

/// The events of one projection in SQL.
pub(crate) struct SqlBatch<P: ProjectsInSql> {
    projection: Arc<P>,
    /// Those that nobody handles, or not now, are nothing.
    events: Vec<Option<Opened<P>>>,
}

/// An event that is to be handled, and where it is.
type Opened<P> = (Position, Box<dyn OpenInSql<P>>);

impl<P: ProjectsInSql> SqlBatch<P> {
    pub(crate) fn new(projection: Arc<P>) -> Self {
        Self {
            projection,
            events: Vec::new(),
        }
    }
}

impl<P: ProjectsInSql> Intake for SqlBatch<P> {
    type Handler = &'static dyn HandlingInSql<P>;
    type Open = Box<dyn OpenInSql<P>>;

    const BY_FIELD: bool = P::PROJECTION.parallel_by.is_some();
    const IS_SLICED: bool = false;

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

impl<P: ProjectsInSql> Batches for SqlBatch<P> {
    /// What can be told of the events without the database. Their handlers run when it is written.
    fn start(&mut self, events: &[Arc<RecordedEvent>], parked: &Parked) -> Step {
        self.events.clear();
        let (mut set_aside, mut failure) = (Vec::new(), None);
        for event in events {
            let open = match take_up::<Self>(event, parked) {
                Ok(Taken::Open { event: open, .. }) => Some((event.position, open)),
                Ok(Taken::Nothing) => None,
                Ok(Taken::Aside(sequence)) => {
                    let place = self.events.len();
                    set_aside.push(SetAside { place, sequence });
                    None
                }
                Err(error) => {
                    failure = Some(error);
                    break;
                }
            };
            self.events.push(open);
        }
        Step::Write(Projected {
            events: self.events.len(),
            changes: RowChanges::default(),
            set_aside,
            failure,
        })
    }

    /// It asks for no rows.
    fn resume(&mut self, _: Vec<Option<Vec<Value>>>) -> Step {
        self.start(&[], &Parked::default())
    }

    fn written(&mut self, _: RowChanges) {
        self.events.clear();
    }

    fn forget(&mut self) {
        self.events.clear();
    }

    fn sequence(&self, event: &Arc<RecordedEvent>) -> Result<String, ProjectionFailure> {
        sequence_of::<Self>(event)
    }

    fn in_sql(&self) -> Option<&dyn SqlEvents> {
        Some(self)
    }
}

#[async_trait]
impl<P: ProjectsInSql> SqlEvents for SqlBatch<P> {
    async fn handle(&self, place: usize, tx: &mut (dyn Any + Send)) -> Result<(), WorkError> {
        match self.events.get(place) {
            Some(Some((_, event))) => event.project(&self.projection, transaction::<P>(tx)?).await,
            _ => Ok(()),
        }
    }

    fn inline_position(&self, place: usize) -> Option<Position> {
        let (position, _) = self.events.get(place)?.as_ref()?;
        P::INLINE.then_some(*position)
    }
}
