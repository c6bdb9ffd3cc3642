//! Code of users, as a store runs it in a transaction: within its time, and without a panic.

use std::any::Any;
use std::collections::HashSet;
use std::time::Duration;

use async_trait::async_trait;
use tokio::time::timeout;

use super::super::ProjectionFailure;
use super::{SqlEvents, SqlProjector};
use crate::Position;
use crate::caught::caught;
use crate::store::rows::TableVersion;
use crate::store::sql::{Inlined, SqlWork, WorkError};
use crate::told::panic_message;

/// The handlers of the events of a batch, one after the other.
pub(crate) struct Handlers<'b> {
    batch: &'b dyn SqlEvents,
    events: usize,
    /// Where the events are that may have had their effect inline.
    positions: Vec<Position>,
    parked: TableVersion,
    limit: Duration,
    /// How many have done their part.
    done: usize,
}

impl<'b> Handlers<'b> {
    pub(crate) fn new(
        batch: &'b dyn SqlEvents,
        events: usize,
        parked: TableVersion,
        limit: Duration,
    ) -> Self {
        let positions = (0..events).filter_map(|place| batch.inline_position(place));
        Self {
            batch,
            events,
            positions: positions.collect(),
            parked,
            limit,
            done: 0,
        }
    }

    /// Which event has failed, by its place in the batch; none, if it is not to be told of which.
    pub(crate) fn failed_at(&self) -> Option<usize> {
        (self.done < self.events).then_some(self.done)
    }
}

#[async_trait]
impl SqlWork for Handlers<'_> {
    fn limit(&self) -> Duration {
        self.limit
    }

    fn inlined(&self) -> Option<Inlined<'_>> {
        (!self.positions.is_empty()).then_some(Inlined {
            positions: &self.positions,
            parked: self.parked,
        })
    }

    async fn run(&mut self, tx: &mut (dyn Any + Send), done: &HashSet<Position>) -> Result<(), WorkError> {
        self.done = 0;
        while self.done < self.events {
            let position = self.batch.inline_position(self.done);
            if position.is_none_or(|position| !done.contains(&position)) {
                within(self.limit, self.batch.handle(self.done, tx)).await?;
            }
            self.done += 1;
        }
        Ok(())
    }
}

/// The making of the tables of a projection.
pub(crate) fn making(projector: &dyn SqlProjector, limit: Duration) -> impl SqlWork {
    Making { projector, limit }
}

struct Making<'p> {
    projector: &'p dyn SqlProjector,
    limit: Duration,
}

#[async_trait]
impl SqlWork for Making<'_> {
    fn limit(&self) -> Duration {
        self.limit
    }

    async fn run(&mut self, tx: &mut (dyn Any + Send), _: &HashSet<Position>) -> Result<(), WorkError> {
        Ok(within(self.limit, self.projector.create(tx)).await?)
    }
}

/// Awaits code of users.
pub(super) async fn within(
    limit: Duration,
    code: impl Future<Output = Result<(), WorkError>> + Send,
) -> Result<(), ProjectionFailure> {
    match timeout(limit, caught(code)).await {
        Ok(Ok(said)) => said.map_err(ProjectionFailure::Handler),
        Ok(Err(panic)) => Err(ProjectionFailure::Panicked {
            message: panic_message(&*panic),
        }),
        Err(_) => Err(ProjectionFailure::TooLong { limit }),
    }
}
