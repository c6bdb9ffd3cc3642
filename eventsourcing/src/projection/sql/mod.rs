//! Projections in SQL of one's own.
//!
//! Their handlers run in the transaction in which their progress is saved: what becomes of an event, and that it was dealt with, is
//! one. Which events a batch consists of, what is parked, and what becomes of one that fails is as with rows.

mod batch;
pub(crate) mod derived;
mod handlers;
mod inline;
mod pending;

use std::any::Any;

use async_trait::async_trait;

pub(crate) use batch::SqlBatch;
pub(crate) use handlers::{Handlers, making};
pub use inline::InlineEvents;
pub(crate) use inline::{InlineProjection, InlineStore};
pub use pending::{Pending, recorded_of};

use crate::Position;
use crate::store::rows::TableName;
use crate::store::sql::WorkError;
use derived::InSql;

/// What is known of a projection in SQL before anything runs.
#[derive(Clone, Copy, Debug)]
pub struct SqlFacts {
    /// The database whose SQL it is.
    pub database: &'static str,
    /// The tables that it makes.
    pub tables: &'static [TableName],
    /// Whether its handlers run in the transaction in which an event is appended.
    pub is_inline: bool,
}

/// A projection in SQL as a service runs it, whatever it is.
pub trait SqlProjector: Send + Sync {
    /// Makes its tables.
    fn create<'a>(&'a self, tx: &'a mut (dyn Any + Send)) -> InSql<'a>;
}

/// The events of a batch, whose handlers run in a transaction.
#[async_trait]
pub trait SqlEvents: Send + Sync {
    /// Handles the event at this place of the batch, unless it has to wait.
    ///
    /// # Errors
    /// If the handler says so.
    async fn handle(&self, place: usize, tx: &mut (dyn Any + Send)) -> Result<(), WorkError>;

    /// Where the event at this place of the batch is, if it may have had its effect inline.
    fn inline_position(&self, place: usize) -> Option<Position>;
}
