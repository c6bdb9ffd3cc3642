use std::sync::Arc;

use async_trait::async_trait;
use eventsourcing_core::store::{
    Append, AppendError, Appended, Capabilities, CheckpointError, CheckpointStore, Dictionary, EventLog,
    EventStore, FeedError, FeedPage, ReadError, ReadFeed, ReadStreams, Settled, StoreError, StoreIdentity,
    StreamsRead, TenantStore,
};
use eventsourcing_core::{ContentType, Limits, NewEvent, Position, TenantId, TypeFilter, Version};
use eventsourcing_memory::MemoryStore;
use tokio::task::yield_now;

use crate::broken_rows::BrokenRows;

/// What is wrong with a [`BrokenStore`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Bug {
    /// Only streams that are written are checked.
    ReadOnlyConditionsDropped,
    /// Any event type conflicts.
    ConditionTypesIgnored,
    /// Each event is an append of its own.
    EventsAppendedOneByOne,
    /// Commands are not recorded.
    CommandIdsIgnored,
    /// Commands without events are not recorded.
    EmptyCommandsForgotten,
    /// An event is in its home stream alone.
    LinksDropped,
    /// The head is that of the events that passed the filter.
    HeadHidden,
    /// Each stream is read at a moment of its own.
    StreamsReadOneByOne,
    /// The feed has been scanned to the last event that passed the filter.
    ScannedToLastReturned,
    /// A page is as large as it gets.
    PageSizeIgnored,
    /// JSON is read and written anew.
    JsonNormalised,
    /// There is but one tenant.
    TenantsShared,
    /// Nothing is ever found when settling.
    NothingSettled,
    /// A reader is moved after the append, from wherever it is.
    ProgressSavedAfterwards,
    /// A write of rows may come from any place with the same checkpoint.
    WritesNotCounted,
    /// Each table is written on its own.
    RowsWrittenOneByOne,
    /// A write of rows may come under any fence.
    FencesIgnored,
    /// Whether a lease is still held, is looked up before the write.
    FencesCheckedBefore,
    /// Where readers are, is read after the rows.
    RowsAndPlacesReadApart,
}

/// A store with one bug.
#[derive(Clone, Debug)]
pub(crate) struct BrokenStore {
    store: MemoryStore,
    bug: Bug,
}

impl BrokenStore {
    pub(crate) fn with(bug: Bug) -> Self {
        Self {
            store: MemoryStore::new(),
            bug,
        }
    }
}

impl EventStore for BrokenStore {
    fn identity(&self) -> StoreIdentity {
        self.store.identity()
    }

    fn capabilities(&self) -> Capabilities {
        self.store.capabilities()
    }

    fn limits(&self) -> Limits {
        self.store.limits()
    }

    fn tenant(&self, tenant: &TenantId) -> TenantStore {
        let within = match self.bug {
            Bug::TenantsShared => self.store.tenant(&TenantId::DEFAULT),
            _ => self.store.tenant(tenant),
        };
        let log = BrokenLog {
            log: within.log,
            checkpoints: Arc::clone(&within.checkpoints),
            bug: self.bug,
        };
        TenantStore {
            tenant: tenant.clone(),
            log: Arc::new(log),
            checkpoints: within.checkpoints,
            rows: Arc::new(BrokenRows {
                rows: within.rows,
                bug: self.bug,
            }),
            leases: within.leases,
            snapshots: within.snapshots,
        }
    }
}

#[derive(Debug)]
struct BrokenLog {
    log: Arc<dyn EventLog>,
    checkpoints: Arc<dyn CheckpointStore>,
    bug: Bug,
}

#[async_trait]
impl EventLog for BrokenLog {
    async fn append(&self, append: Arc<Append>) -> Result<Appended, AppendError> {
        let mut append = self.broken(&append);
        if self.bug == Bug::ProgressSavedAfterwards
            && let Some(progress) = append.progress.take()
        {
            let done = self.log.append(Arc::new(append)).await?;
            yield_now().await;
            return match self.checkpoints.save(&progress.reader, progress.to).await {
                Ok(()) => Ok(done),
                Err(CheckpointError::Refused(refused)) => Err(refused.into()),
                Err(error) => Err(StoreError::broken("it cannot be saved").caused_by(error).into()),
            };
        }
        if self.bug != Bug::EventsAppendedOneByOne {
            return self.log.append(Arc::new(append)).await;
        }
        let mut done = self.log.append(Arc::new(first_of(&append))).await?;
        for event in append.events.into_iter().skip(1) {
            yield_now().await;
            let next = self.log.append(Arc::new(alone(event))).await?;
            done.position = next.position;
            done.events.extend(next.events);
        }
        Ok(done)
    }

    async fn settle(&self, append: Arc<Append>) -> Result<Settled, StoreError> {
        match self.bug {
            Bug::NothingSettled => Ok(Settled::Absent),
            _ => self.log.settle(append).await,
        }
    }

    async fn read_streams(&self, read: &ReadStreams) -> Result<StreamsRead, ReadError> {
        let mut answer = match self.bug {
            Bug::StreamsReadOneByOne => self.read_one_by_one(read).await?,
            _ => self.log.read_streams(read).await?,
        };
        if self.bug == Bug::HeadHidden {
            for (slice, read) in answer.slices.iter_mut().zip(&read.streams) {
                let last = slice
                    .events
                    .last()
                    .and_then(|event| event.version_in(&read.stream));
                slice.head = last.unwrap_or(Version::ABSENT);
            }
        }
        Ok(answer)
    }

    async fn read_feed(&self, read: &ReadFeed) -> Result<FeedPage, FeedError> {
        let mut read = read.clone();
        if self.bug == Bug::PageSizeIgnored {
            read.max_events = ReadFeed::after(None).max_events;
            read.max_bytes = usize::MAX;
        }
        let mut page = self.log.read_feed(&read).await?;
        if self.bug == Bug::ScannedToLastReturned {
            let begun = read.after.map_or(Position::START, |after| after.position);
            page.scanned_to.position = page.events.last().map_or(begun, |event| event.position);
        }
        Ok(page)
    }

    async fn wait_beyond(&self, position: Position) -> Result<Position, StoreError> {
        self.log.wait_beyond(position).await
    }

    async fn dictionary(&self) -> Result<Dictionary, StoreError> {
        self.log.dictionary().await
    }
}

impl BrokenLog {
    /// What becomes of an append on its way.
    fn broken(&self, append: &Append) -> Append {
        let mut append = append.clone();
        match self.bug {
            Bug::ReadOnlyConditionsDropped => {
                let written: Vec<_> = append
                    .events
                    .iter()
                    .flat_map(NewEvent::streams)
                    .cloned()
                    .collect();
                append
                    .conditions
                    .retain(|condition| written.contains(&condition.stream));
            }
            Bug::ConditionTypesIgnored => {
                append
                    .conditions
                    .iter_mut()
                    .for_each(|condition| condition.types = TypeFilter::All);
            }
            Bug::CommandIdsIgnored => append.command = None,
            Bug::EmptyCommandsForgotten if append.events.is_empty() => append.command = None,
            Bug::LinksDropped => append.events.iter_mut().for_each(|event| event.links.clear()),
            Bug::JsonNormalised => append.events.iter_mut().for_each(normalise),
            _ => {}
        }
        append
    }

    async fn read_one_by_one(&self, read: &ReadStreams) -> Result<StreamsRead, ReadError> {
        let no_stream = ReadStreams {
            streams: vec![],
            command: read.command,
        };
        let mut answer = self.log.read_streams(&no_stream).await?;
        for stream in &read.streams {
            let one_stream = ReadStreams {
                streams: vec![stream.clone()],
                command: None,
            };
            answer
                .slices
                .extend(self.log.read_streams(&one_stream).await?.slices);
            yield_now().await;
        }
        Ok(answer)
    }
}

fn first_of(append: &Append) -> Append {
    Append {
        events: append.events.iter().take(1).cloned().collect(),
        ..append.clone()
    }
}

fn alone(event: NewEvent) -> Append {
    Append {
        events: vec![event],
        ..Append::default()
    }
}

/// As a database does that keeps JSON in a form of its own.
fn normalise(event: &mut NewEvent) {
    if event.content_type == ContentType::JSON
        && let Ok(value) = serde_json::from_slice::<serde_json::Value>(&event.payload)
    {
        event.payload = value.to_string().into();
    }
}
