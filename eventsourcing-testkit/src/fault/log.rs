use std::sync::Arc;

use async_trait::async_trait;
use eventsourcing_core::Position;
use eventsourcing_core::store::{
    Append, AppendError, Appended, Conflict, Dictionary, EventLog, FeedError, FeedPage, ReadError, ReadFeed,
    ReadStreams, Settled, StoreError, StreamsRead,
};
use tokio::time::sleep;

use super::injector::Injector;
use super::{AppendFault, Fault};

/// The events of one tenant, as far as they can be reached.
#[derive(Debug)]
pub(super) struct FaultyLog {
    log: Arc<dyn EventLog>,
    injector: Arc<Injector>,
}

impl FaultyLog {
    pub(super) fn new(log: Arc<dyn EventLog>, injector: Arc<Injector>) -> Self {
        Self { log, injector }
    }
}

#[async_trait]
#[deny(clippy::missing_trait_methods, reason = "what is not forwarded is not tested")]
impl EventLog for FaultyLog {
    async fn append(&self, append: Arc<Append>) -> Result<Appended, AppendError> {
        match self.injector.append(!append.conditions.is_empty()) {
            None => {}
            Some(AppendFault::Call(fault)) => strike(Some(fault)).await?,
            Some(AppendFault::LostAppend) => return Err(unknown_outcome()),
            Some(AppendFault::LostAnswer) => {
                let _lost = self.log.append(append).await;
                return Err(unknown_outcome());
            }
            Some(AppendFault::Conflict) => {
                if let Some(conflict) = made_up_conflict(&append) {
                    return Err(conflict.into());
                }
            }
        }
        self.log.append(append).await
    }

    async fn settle(&self, append: Arc<Append>) -> Result<Settled, StoreError> {
        strike(self.injector.call(|state| &mut state.settles)).await?;
        self.log.settle(append).await
    }

    async fn read_streams(&self, read: &ReadStreams) -> Result<StreamsRead, ReadError> {
        strike(self.injector.call(|state| &mut state.reads)).await?;
        self.log.read_streams(read).await
    }

    async fn read_feed(&self, read: &ReadFeed) -> Result<FeedPage, FeedError> {
        strike(self.injector.call(|state| &mut state.pages)).await?;
        self.log.read_feed(read).await
    }

    async fn wait_beyond(&self, position: Position) -> Result<Position, StoreError> {
        self.log.wait_beyond(position).await
    }

    async fn dictionary(&self) -> Result<Dictionary, StoreError> {
        self.log.dictionary().await
    }
}

/// Keeps a call from its store, for a while or for good.
pub(super) async fn strike(fault: Option<Fault>) -> Result<(), StoreError> {
    match fault {
        None => Ok(()),
        Some(Fault::Unavailable) => Err(StoreError::unavailable("an injected fault").caused_by(Injected)),
        Some(Fault::Overloaded) => Err(StoreError::overloaded("an injected fault").caused_by(Injected)),
        Some(Fault::Delay(delay)) => {
            sleep(delay).await;
            Ok(())
        }
    }
}

fn unknown_outcome() -> AppendError {
    AppendError::UnknownOutcome(Box::new(Injected))
}

fn made_up_conflict(append: &Append) -> Option<Conflict> {
    append.conditions.first().map(|condition| Conflict {
        stream: condition.stream.clone(),
        seen: condition.seen,
        head: condition.seen.next(),
    })
}

/// What lies beneath every injected fault.
#[derive(Debug, thiserror::Error)]
#[error("the testkit made it up")]
pub(super) struct Injected;
