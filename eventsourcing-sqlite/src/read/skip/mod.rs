//! Where a feed goes on when what it finds next is far away.

mod blocks;
mod streams;

use eventsourcing_core::store::FeedFilter;
use eventsourcing_core::{Position, TenantId};
use rusqlite::Connection;

use self::blocks::Blocks;
use self::streams::Streams;
use crate::SqliteError;

pub(crate) use self::blocks::block;

/// What says where the next event may be that a filter lets through.
pub(super) enum Skip<'a> {
    /// The blocks that hold certain types and categories.
    Blocks(Blocks<'a>),
    /// The places of certain streams.
    Streams(Streams<'a>),
}

impl<'a> Skip<'a> {
    /// How many rows in succession have to be of no use before it is worth looking.
    pub(super) fn patience(filter: &FeedFilter) -> usize {
        let a_block = 64;
        if filter.streams.is_some() { 1 } else { a_block }
    }

    /// For what comes after a position.
    pub(super) fn new(
        connection: &Connection,
        tenant: &'a TenantId,
        filter: &'a FeedFilter,
        after: Position,
    ) -> Result<Self, SqliteError> {
        Ok(match &filter.streams {
            Some(streams) => Self::Streams(Streams::new(connection, tenant, streams, after)?),
            None => Self::Blocks(Blocks::new(connection, tenant, filter)?),
        })
    }

    /// The last position before the next event that may match, given that nothing up to `after` is of interest any more.
    pub(super) fn last_before_next(
        &mut self,
        connection: &Connection,
        after: Position,
    ) -> Result<Option<Position>, SqliteError> {
        let next = match self {
            Self::Blocks(blocks) => blocks.next(connection, after)?,
            Self::Streams(streams) => streams.next(connection, after)?,
        };
        Ok(next.map(|next| Position::new(next.get() - 1)))
    }
}
