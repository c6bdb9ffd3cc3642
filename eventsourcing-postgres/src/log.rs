use std::sync::Arc;

use async_trait::async_trait;
use eventsourcing_core::store::{
    Append, AppendError, Appended, Dictionary, EventLog, FeedError, FeedPage, ReadError, ReadFeed,
    ReadStreams, Settled, StoreError, StreamsRead,
};
use eventsourcing_core::{Limits, Position};
use tokio::sync::oneshot;

use crate::append::Command;
use crate::classify::store_error;
use crate::combine::QueueFull;
use crate::dictionary;
use crate::read::Request;
use crate::session::Query;
use crate::store::Shared;
use crate::tenant::Tenant;

/// The events of one tenant.
#[derive(Debug)]
pub(crate) struct PostgresLog {
    shared: Arc<Shared>,
    tenant: Arc<Tenant>,
}

impl PostgresLog {
    pub(crate) fn new(shared: &Arc<Shared>, tenant: &Arc<Tenant>) -> Self {
        Self {
            shared: Arc::clone(shared),
            tenant: Arc::clone(tenant),
        }
    }
}

#[async_trait]
impl EventLog for PostgresLog {
    async fn append(&self, append: Arc<Append>) -> Result<Appended, AppendError> {
        Limits::DEFAULT.check(&append)?;
        let fence = self.shared.connector.fence();
        let room = self.shared.room.take(&append)?;
        self.tenant.key_to_write(&self.shared.links).await?;
        let (reply, outcome) = oneshot::channel();
        let command = Command {
            append,
            tenant: Arc::clone(&self.tenant),
            fence,
            reply,
            room,
        };
        self.shared.appends.submit(command).map_err(overloaded)?;
        outcome
            .await
            .unwrap_or_else(|died| Err(AppendError::UnknownOutcome(died.into())))
    }

    async fn settle(&self, append: Arc<Append>) -> Result<Settled, StoreError> {
        self.shared.settler.settle(&self.tenant, &append).await
    }

    async fn read_streams(&self, read: &ReadStreams) -> Result<StreamsRead, ReadError> {
        Limits::DEFAULT.check_read(read)?;
        let key = self.tenant.key_to_read(&self.shared.links.reading).await?;
        let (reply, outcome) = oneshot::channel();
        let request = Request {
            read: read.clone(),
            tenant: Arc::clone(&self.tenant),
            key,
            reply,
        };
        self.shared.reads.submit(request).map_err(overloaded)?;
        outcome
            .await
            .unwrap_or_else(|died| Err(StoreError::broken("a read has died").caused_by(died).into()))
    }

    async fn read_feed(&self, read: &ReadFeed) -> Result<FeedPage, FeedError> {
        self.shared.feeds.read(&self.tenant, read).await
    }

    async fn wait_beyond(&self, position: Position) -> Result<Position, StoreError> {
        self.shared.watch.wait_beyond(position).await
    }

    async fn dictionary(&self) -> Result<Dictionary, StoreError> {
        let session = self.shared.links.reading.session().await?;
        let key = self.tenant.key_to_read(&self.shared.links.reading).await?;
        let rows = session
            .query(Query::EventTypes, &[&key])
            .await
            .map_err(store_error)?;
        dictionary::of_rows(&rows)
    }
}

fn overloaded(QueueFull: QueueFull) -> StoreError {
    StoreError::overloaded("too many calls are waiting")
}
