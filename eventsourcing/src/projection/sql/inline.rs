//! Inline projections: their handlers run in the transaction in which an event is appended.
//!
//! The executor appends to an [`InlineStore`], which knows the projections of its service. Their readers follow the log all the same,
//! and come to whatever was appended without them: by another program, or before they were there.

use std::any::Any;
use std::collections::HashSet;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;

use super::derived::InSql;
use super::handlers::within;
use crate::event::DecodeError;
use crate::projection::{InvalidValue, ProjectionFacts, ProjectionFailure};
use crate::store::sql::{Inline, InlineReader, SqlError, SqlStore, SqlWork, WorkError};
use crate::store::{
    Append, AppendError, Appended, Capabilities, Dictionary, EventLog, EventStore, FeedError, FeedPage,
    ReadError, ReadFeed, ReadStreams, Settled, StoreError, StoreIdentity, StreamsRead, TenantStore,
};
use crate::{Limits, NewEvent, Position, RecordedEvent, StreamVersion, TenantId, Timestamp, Version};

/// Reads events for an inline projection.
pub trait InlineEvents: Send + Sync {
    /// Reads an event, if it is handled.
    fn open(&self, event: &Arc<RecordedEvent>) -> Option<Result<Box<dyn InlineEvent>, DecodeError>>;
}

/// An event that was read for an inline projection.
pub trait InlineEvent: Send + Sync {
    /// Has its effect.
    fn project<'a>(&'a self, tx: &'a mut (dyn Any + Send)) -> InSql<'a>;

    /// Which sequence it is of; `None` if nothing becomes of it.
    ///
    /// # Errors
    /// If the field that names it cannot be used.
    fn sequence(&self) -> Result<Option<String>, InvalidValue>;
}

/// An inline projection of a service.
pub(crate) struct InlineProjection {
    pub(crate) facts: ProjectionFacts,
    pub(crate) events: Arc<dyn InlineEvents>,
    /// How long a handler may take.
    pub(crate) limit: Duration,
}

/// A store to which events are appended together with their effects on inline projections.
#[derive(Debug)]
pub(crate) struct InlineStore {
    pub(crate) store: Arc<dyn EventStore>,
    pub(crate) projections: Arc<[InlineProjection]>,
    /// For whom the projections run.
    pub(crate) tenants: Vec<TenantId>,
}

impl EventStore for InlineStore {
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
        let within = self.store.tenant(tenant);
        match within.rows.sql() {
            Some(sql) if self.tenants.contains(tenant) => TenantStore {
                log: Arc::new(InlineLog {
                    tenant: tenant.clone(),
                    log: Arc::clone(&within.log),
                    sql,
                    projections: Arc::clone(&self.projections),
                }),
                ..within
            },
            // Without SQL, no service starts that needs it.
            _ => within,
        }
    }
}

/// The events of one tenant.
#[derive(Debug)]
struct InlineLog {
    tenant: TenantId,
    log: Arc<dyn EventLog>,
    sql: Arc<dyn SqlStore>,
    projections: Arc<[InlineProjection]>,
}

impl InlineLog {
    /// What is to be done about new events, and by whom.
    fn work(&self, events: &[NewEvent]) -> Result<(Vec<InlineReader>, Work), Box<Refusal>> {
        let (mut readers, mut work) = (Vec::new(), Work::default());
        let events: Vec<_> = events.iter().map(|event| self.stand_in(event)).collect();
        for projection in &*self.projections {
            let mut reader = projection.reader();
            for (place, event) in events.iter().enumerate() {
                let Some(open) = projection.events.open(event) else {
                    continue;
                };
                let open = open.map_err(|error| projection.refuses(error.into()))?;
                let sequence = open.sequence().map_err(ProjectionFailure::Sequence);
                reader
                    .sequences
                    .extend(sequence.map_err(|error| projection.refuses(error))?);
                reader.events.push(place);
                work.events.push((projection.facts.name, projection.limit, open));
            }
            if !reader.events.is_empty() {
                work.limit = work.limit.max(projection.limit);
                readers.push(reader);
            }
        }
        Ok((readers, work))
    }

    /// An event as if it had been recorded. What it has no place for yet, nobody sees.
    fn stand_in(&self, event: &NewEvent) -> Arc<RecordedEvent> {
        let at = |stream: &_| StreamVersion {
            stream: Clone::clone(stream),
            version: Version::new(0),
        };
        Arc::new(RecordedEvent {
            id: event.id,
            tenant: self.tenant.clone(),
            position: Position::START,
            event_type: event.event_type.clone(),
            schema_version: event.schema_version,
            content_type: event.content_type.clone(),
            payload: event.payload.clone(),
            metadata: event.metadata.clone(),
            recorded_at: Timestamp::UNIX_EPOCH,
            home: at(&event.home),
            links: event.links.iter().map(at).collect(),
        })
    }
}

impl InlineProjection {
    fn reader(&self) -> InlineReader {
        let mut types = Vec::new();
        for listened in self.facts.on {
            listened.types.for_each_name(&mut |name| types.push(name));
        }
        InlineReader {
            reader: self.facts.of_store().reader(),
            types,
            events: Vec::new(),
            sequences: Vec::new(),
            parked: self.facts.parked_version(),
        }
    }

    fn refuses(&self, source: ProjectionFailure) -> Box<Refusal> {
        Box::new(Refusal {
            projection: self.facts.name,
            source,
        })
    }
}

#[async_trait]
impl EventLog for InlineLog {
    async fn append(&self, append: Arc<Append>) -> Result<Appended, AppendError> {
        let work = self.work(&append.events);
        let (readers, mut work) = work.map_err(|refusal| AppendError::Work(refusal))?;
        if readers.is_empty() {
            return self.log.append(append).await;
        }
        match self.sql.append(Arc::clone(&append), &readers, &mut work).await {
            Ok(Inline::Done(appended)) => Ok(appended),
            Ok(Inline::NotNow) => self.log.append(append).await,
            Err(SqlError::Work(error)) => Err(AppendError::Work(error)),
            Err(SqlError::Store(error)) => Err(error),
        }
    }

    async fn settle(&self, append: Arc<Append>) -> Result<Settled, StoreError> {
        self.log.settle(append).await
    }

    async fn read_streams(&self, read: &ReadStreams) -> Result<StreamsRead, ReadError> {
        self.log.read_streams(read).await
    }

    async fn read_feed(&self, read: &ReadFeed) -> Result<FeedPage, FeedError> {
        self.log.read_feed(read).await
    }

    async fn wait_beyond(&self, position: Position) -> Result<Position, StoreError> {
        self.log.wait_beyond(position).await
    }

    async fn dictionary(&self) -> Result<Dictionary, StoreError> {
        self.log.dictionary().await
    }
}

/// The effects of new events, projection by projection.
#[derive(Default)]
struct Work {
    /// Each with the name of its projection, and how long it may take.
    events: Vec<(&'static str, Duration, Box<dyn InlineEvent>)>,
    limit: Duration,
}

#[async_trait]
impl SqlWork for Work {
    fn limit(&self) -> Duration {
        self.limit
    }

    async fn run(&mut self, tx: &mut (dyn Any + Send), _: &HashSet<Position>) -> Result<(), WorkError> {
        for (projection, limit, event) in &self.events {
            let done = within(*limit, event.project(tx)).await;
            done.map_err(|source| Refusal { projection, source })?;
        }
        Ok(())
    }
}

/// A projection cannot deal with a new event.
#[derive(Debug, thiserror::Error)]
#[error("the inline projection `{projection}` cannot deal with the event")]
struct Refusal {
    projection: &'static str,
    source: ProjectionFailure,
}

impl fmt::Debug for InlineProjection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("InlineProjection").field(&self.facts.name).finish()
    }
}
