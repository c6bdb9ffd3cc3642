use eventsourcing_core::store::StoreIdentity;
use eventsourcing_core::{Position, Timestamp};
use rusqlite::Connection;

use super::Numbers;
use crate::SqliteError;
use crate::read::{Budget, head_of_log};

/// A transaction that holds the write lock, from its beginning on.
pub(crate) struct Transaction<'a> {
    pub(super) connection: &'a Connection,
    pub(super) numbers: &'a mut Numbers,
    pub(super) store: StoreIdentity,
    pub(super) now: Timestamp,
    pub(super) budget: Budget,
    head: Position,
}

impl<'a> Transaction<'a> {
    pub(crate) fn new(
        connection: &'a Connection,
        numbers: &'a mut Numbers,
        store: StoreIdentity,
        now: Timestamp,
        budget: Budget,
    ) -> Result<Self, SqliteError> {
        Ok(Self {
            connection,
            numbers,
            store,
            now,
            budget,
            head: head_of_log(connection)?,
        })
    }

    /// The end of the log, this transaction's own events included.
    pub(crate) fn head(&self) -> Position {
        self.head
    }

    pub(super) fn next_position(&mut self) -> Position {
        self.head = self.head.next();
        self.head
    }
}
