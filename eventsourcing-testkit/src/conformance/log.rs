use std::sync::Arc;

use eventsourcing_core::store::{
    Append, AppendError, Appended, Checkpoint, Conflict, ErrorClass, EventLog, FeedFilter, FeedPage,
    InvalidAppend, ReadFeed, ReadStream, Settled, StreamSlice, StreamsRead, TenantStore,
};
use eventsourcing_core::{Position, RecordedEvent};
use tokio::task::yield_now;

use crate::fixture::{category, read, whole};

/// A tenant's log in the hands of a case: what is not expected fails the case.
#[derive(Clone)]
pub(super) struct Log {
    pub(super) tenant: TenantStore,
}

impl Log {
    pub(super) fn new(tenant: TenantStore) -> Self {
        Self { tenant }
    }

    pub(super) fn raw(&self) -> &dyn EventLog {
        &*self.tenant.log
    }

    /// Appends, which has to succeed.
    pub(super) async fn write(&self, append: impl Into<Arc<Append>>) -> Appended {
        let outcome = self.raw().append(append.into()).await;
        outcome.expect("the append should succeed")
    }

    /// Appends, which has to fail.
    pub(super) async fn refused(&self, append: impl Into<Arc<Append>>) -> AppendError {
        let outcome = self.raw().append(append.into()).await;
        outcome.expect_err("the append should fail")
    }

    /// Appends, which has to meet a conflict.
    pub(super) async fn conflict(&self, append: impl Into<Arc<Append>>) -> Conflict {
        match self.refused(append).await {
            AppendError::Conflict(conflict) => conflict,
            other => panic!("there should be a conflict, not {other:?}"),
        }
    }

    /// Appends, which no store may do.
    pub(super) async fn invalid(&self, append: impl Into<Arc<Append>>) -> InvalidAppend {
        match self.refused(append).await {
            AppendError::Invalid(invalid) => invalid,
            other => panic!("the append should not be acceptable, instead of {other:?}"),
        }
    }

    /// Appends for as long as the store asks to try again, and settles what is unknown.
    pub(super) async fn insist(&self, append: Append) -> Result<Appended, AppendError> {
        let append = Arc::new(append);
        loop {
            let failed = match self.raw().append(Arc::clone(&append)).await {
                Ok(appended) => return Ok(appended),
                Err(failed) => failed,
            };
            match failed.class() {
                ErrorClass::Retry | ErrorClass::Overloaded => yield_now().await,
                ErrorClass::UnknownOutcome => {
                    if let Settled::Present(appended) = self.settle(&append).await {
                        return Ok(appended);
                    }
                }
                _ => return Err(failed),
            }
        }
    }

    /// Settles, and asks again for as long as the store cannot tell.
    pub(super) async fn settle(&self, append: &Arc<Append>) -> Settled {
        loop {
            match self.raw().settle(Arc::clone(append)).await {
                Ok(settled) => return settled,
                Err(error) if error.class().may_pass() => {
                    yield_now().await;
                }
                Err(error) => panic!("the store should settle the append: {error:?}"),
            }
        }
    }

    pub(super) async fn read(&self, streams: impl IntoIterator<Item = ReadStream>) -> StreamsRead {
        let outcome = self.raw().read_streams(&read(streams)).await;
        outcome.expect("the streams should be readable")
    }

    pub(super) async fn slice(&self, stream: ReadStream) -> StreamSlice {
        let mut slices = self.read([stream]).await.slices;
        assert_eq!(slices.len(), 1, "one slice for one stream");
        slices.remove(0)
    }

    pub(super) async fn head(&self, stream: &str) -> u64 {
        self.slice(whole(stream)).await.head.get()
    }

    /// The types of all events in a stream.
    pub(super) async fn types(&self, stream: &str) -> Vec<String> {
        types(&self.slice(whole(stream)).await.events)
    }

    pub(super) async fn page(&self, read: ReadFeed) -> FeedPage {
        let outcome = self.raw().read_feed(&read).await;
        outcome.expect("the feed should be readable")
    }

    /// All pages from the first one asked for to the end of the log.
    pub(super) async fn pages(&self, mut read: ReadFeed) -> Vec<FeedPage> {
        let mut pages = Vec::new();
        loop {
            let page = self.page(read.clone()).await;
            let from = read.after.map_or(Position::START, |after| after.position);
            let is_last = page.is_last();
            assert!(
                is_last || page.scanned_to.position > from,
                "each page gets further"
            );
            read.after = Some(page.scanned_to);
            pages.push(page);
            if is_last {
                return pages;
            }
        }
    }

    /// Everything after a checkpoint.
    pub(super) async fn feed_after(
        &self,
        after: Option<Checkpoint>,
        filter: &FeedFilter,
    ) -> Vec<Arc<RecordedEvent>> {
        let read = ReadFeed {
            filter: filter.clone(),
            ..ReadFeed::after(after)
        };
        self.pages(read)
            .await
            .into_iter()
            .flat_map(|page| page.events)
            .collect()
    }

    /// The whole feed.
    pub(super) async fn feed(&self) -> Vec<Arc<RecordedEvent>> {
        self.feed_after(None, &FeedFilter::ALL).await
    }

    /// The end of the log.
    pub(super) async fn end(&self) -> Checkpoint {
        let page = self.page(ReadFeed::after(None)).await;
        Checkpoint {
            position: page.head,
            ..page.scanned_to
        }
    }

    pub(super) async fn wait_beyond(&self, position: Position) -> Position {
        loop {
            let reached = self.raw().wait_beyond(position).await;
            let reached = reached.expect("the store should wait");
            if reached > position {
                return reached;
            }
            yield_now().await;
        }
    }

    pub(super) async fn dictionary(&self, name: &str) -> Vec<String> {
        let dictionary = self.raw().dictionary().await;
        let dictionary = dictionary.expect("the dictionary should be readable");
        dictionary.of(&category(name)).map(ToString::to_string).collect()
    }
}

pub(super) fn types(events: &[Arc<RecordedEvent>]) -> Vec<String> {
    events.iter().map(|event| event.event_type.to_string()).collect()
}
