use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use eventsourcing_core::store::{
    Append, AppendError, Appended, Dictionary, EventLog, FeedError, FeedPage, ReadError, ReadFeed,
    ReadStreams, Settled, StoreError, StreamsRead,
};
use eventsourcing_core::{Limits, Position, TenantId};

use crate::database::Database;
use crate::read;
use crate::write::{AppendEvents, Settle};

/// The events of one tenant.
pub(crate) struct SqliteLog {
    database: Arc<Database>,
    tenant: TenantId,
}

impl SqliteLog {
    pub(crate) fn new(database: Arc<Database>, tenant: TenantId) -> Self {
        Self { database, tenant }
    }

    /// Checks the conditions of an append that would write nothing, which is a read.
    async fn check(&self, append: Arc<Append>) -> Result<Appended, AppendError> {
        let tenant = self.tenant.clone();
        let check = move |connection: &_, budget: &mut read::Budget| {
            read::check_conditions(connection, &tenant, &append.conditions, budget)
        };
        let position = self.database.read(check).await??;
        Ok(Appended {
            events: Vec::new(),
            position,
            repeated: false,
        })
    }
}

#[async_trait]
impl EventLog for SqliteLog {
    async fn append(&self, append: Arc<Append>) -> Result<Appended, AppendError> {
        Limits::DEFAULT.check(&append)?;
        if append.events.is_empty() && append.command.is_none() && append.progress.is_none() {
            return self.check(append).await;
        }
        self.database
            .writer
            .write(AppendEvents {
                tenant: self.tenant.clone(),
                append,
            })
            .await?
    }

    async fn settle(&self, append: Arc<Append>) -> Result<Settled, StoreError> {
        Ok(self
            .database
            .writer
            .write(Settle {
                tenant: self.tenant.clone(),
                append,
            })
            .await?)
    }

    async fn read_streams(&self, read: &ReadStreams) -> Result<StreamsRead, ReadError> {
        Limits::DEFAULT.check_read(read)?;
        let (tenant, read) = (self.tenant.clone(), read.clone());
        let read = move |connection: &_, budget: &mut read::Budget| {
            read::read_streams(connection, &tenant, &read, budget)
        };
        Ok(self.database.read(read).await??)
    }

    async fn read_feed(&self, read: &ReadFeed) -> Result<FeedPage, FeedError> {
        let (tenant, store, read) = (self.tenant.clone(), self.database.identity, read.clone());
        let read = move |connection: &_, budget: &mut read::Budget| {
            read::read_feed(connection, &tenant, store, &read, budget)
        };
        Ok(self.database.read(read).await??)
    }

    async fn wait_beyond(&self, position: Position) -> Result<Position, StoreError> {
        Ok(self.database.writer.wait_beyond(position).await?)
    }

    async fn dictionary(&self) -> Result<Dictionary, StoreError> {
        let tenant = self.tenant.clone();
        self.database
            .read(move |connection, _| Ok(read::dictionary(connection, &tenant)?))
            .await
    }
}

impl fmt::Debug for SqliteLog {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqliteLog")
            .field("tenant", &self.tenant)
            .finish_non_exhaustive()
    }
}
