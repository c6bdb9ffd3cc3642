use std::sync::Arc;

use async_trait::async_trait;
use eventsourcing_core::store::{
    Append, AppendError, Appended, Dictionary, EventLog, FeedError, FeedPage, ReadError, ReadFeed,
    ReadStreams, Settled, StoreError, StreamsRead,
};
use eventsourcing_core::{Limits, Position, TenantId};

use crate::store::Shared;

/// The events of one tenant.
#[derive(Debug)]
pub(crate) struct MemoryLog {
    shared: Arc<Shared>,
    tenant: TenantId,
}

impl MemoryLog {
    pub(crate) fn new(shared: Arc<Shared>, tenant: TenantId) -> Self {
        Self { shared, tenant }
    }
}

#[async_trait]
impl EventLog for MemoryLog {
    async fn append(&self, append: Arc<Append>) -> Result<Appended, AppendError> {
        Limits::DEFAULT.check(&append)?;
        let appended =
            self.shared
                .lock()
                .append(&self.tenant, &append, self.shared.identity, &*self.shared.clock)?;
        self.shared.head.send_if_modified(|head| {
            let moved = appended.position > *head;
            *head = appended.position.max(*head);
            moved
        });
        Ok(appended)
    }

    /// Final at once: an append takes effect while it is polled or not at all, so none is ever on its way.
    async fn settle(&self, append: Arc<Append>) -> Result<Settled, StoreError> {
        Ok(self.shared.lock().settle(&self.tenant, &append))
    }

    async fn read_streams(&self, read: &ReadStreams) -> Result<StreamsRead, ReadError> {
        Limits::DEFAULT.check_read(read)?;
        Ok(self.shared.lock().tenant(&self.tenant).read_streams(read)?)
    }

    async fn read_feed(&self, read: &ReadFeed) -> Result<FeedPage, FeedError> {
        let mut database = self.shared.lock();
        let head = database.head();
        Ok(database
            .tenant(&self.tenant)
            .read_feed(read, self.shared.identity, head)?)
    }

    async fn wait_beyond(&self, position: Position) -> Result<Position, StoreError> {
        let mut head = self.shared.head.subscribe();
        let moved = head.wait_for(|head| *head > position).await;
        moved
            .map(|head| *head)
            .map_err(|closed| StoreError::broken("nobody can append any more").caused_by(closed))
    }

    async fn dictionary(&self) -> Result<Dictionary, StoreError> {
        Ok(self.shared.lock().tenant(&self.tenant).dictionary())
    }
}
