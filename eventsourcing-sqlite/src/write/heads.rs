use std::collections::HashMap;

use eventsourcing_core::{StreamId, StreamVersion, TenantId, Version};
use rusqlite::Connection;

use crate::SqliteError;
use crate::read::head_of_stream;

/// The heads of the streams that an append is about, each looked up once.
pub(super) struct Heads<'a> {
    connection: &'a Connection,
    tenant: &'a TenantId,
    known: HashMap<StreamId, Version>,
}

impl<'a> Heads<'a> {
    pub(super) fn new(connection: &'a Connection, tenant: &'a TenantId) -> Self {
        Self {
            connection,
            tenant,
            known: HashMap::new(),
        }
    }

    pub(super) fn of(&mut self, stream: &StreamId) -> Result<Version, SqliteError> {
        if let Some(head) = self.known.get(stream) {
            return Ok(*head);
        }
        let head = head_of_stream(self.connection, self.tenant, stream)?;
        self.known.insert(stream.clone(), head);
        Ok(head)
    }

    /// The next place in a stream, which is taken by that.
    pub(super) fn take_place(&mut self, stream: &StreamId) -> Result<StreamVersion, SqliteError> {
        let version = self.of(stream)?.next();
        self.known.insert(stream.clone(), version);
        Ok(StreamVersion {
            stream: stream.clone(),
            version,
        })
    }
}
