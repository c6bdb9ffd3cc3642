use std::sync::Arc;

use async_trait::async_trait;
use eventsourcing_core::store::{
    Append, AppendError, Appended, Capabilities, Dictionary, EventLog, EventStore, FeedError, FeedPage,
    ReadError, ReadFeed, ReadStreams, Settled, StoreError, StoreIdentity, StreamsRead, TenantStore,
};
use eventsourcing_core::{Limits, NewEvent, Position, TenantId};

use super::point::Point;

/// A store in which a victim can stand still at what its process managers read and write.
#[derive(Debug)]
pub(super) struct StoppingStore(pub(super) Arc<dyn EventStore>);

#[derive(Debug)]
struct StoppingLog(Arc<dyn EventLog>);

impl EventStore for StoppingStore {
    fn identity(&self) -> StoreIdentity {
        self.0.identity()
    }

    fn capabilities(&self) -> Capabilities {
        self.0.capabilities()
    }

    fn limits(&self) -> Limits {
        self.0.limits()
    }

    fn tenant(&self, tenant: &TenantId) -> TenantStore {
        let within = self.0.tenant(tenant);
        TenantStore {
            log: Arc::new(StoppingLog(within.log)),
            ..within
        }
    }
}

#[async_trait]
impl EventLog for StoppingLog {
    async fn append(&self, append: Arc<Append>) -> Result<Appended, AppendError> {
        let points = points(&append);
        if let Some((before, _)) = points {
            before.pass().await;
        }
        let appended = self.0.append(append).await;
        if let Some((_, after)) = points {
            after.pass().await;
        }
        appended
    }

    async fn settle(&self, append: Arc<Append>) -> Result<Settled, StoreError> {
        self.0.settle(append).await
    }

    async fn read_streams(&self, read: &ReadStreams) -> Result<StreamsRead, ReadError> {
        self.0.read_streams(read).await
    }

    async fn read_feed(&self, read: &ReadFeed) -> Result<FeedPage, FeedError> {
        let page = self.0.read_feed(read).await;
        Point::PageRead.pass().await;
        page
    }

    async fn wait_beyond(&self, position: Position) -> Result<Position, StoreError> {
        self.0.wait_beyond(position).await
    }

    async fn dictionary(&self) -> Result<Dictionary, StoreError> {
        self.0.dictionary().await
    }
}

/// What comes before and after an append, if a process manager makes it.
fn points(append: &Append) -> Option<(Point, Point)> {
    match append.events.first() {
        None => Some((Point::BeforeProgress, Point::AfterProgress)).filter(|_| append.progress.is_some()),
        Some(event) if event.event_type.as_str().starts_with("process.") => {
            Some((Point::BeforeRecord, Point::AfterRecord))
        }
        Some(event) => was_sent(event).then_some((Point::BeforeSend, Point::AfterSend)),
    }
}

/// What a command from outside has led to is its own cause.
fn was_sent(event: &NewEvent) -> bool {
    let metadata = eventsourcing_core::Metadata::from_bytes(&event.metadata);
    metadata.is_ok_and(|metadata| metadata.causation_id != metadata.command_id.into())
}
