use std::convert::Infallible;
use std::num::NonZeroUsize;
use std::sync::Arc;

use eventsourcing_core::Position;
use eventsourcing_core::store::{Checkpoint, EventLog, FeedFilter, FeedPage, ReadFeed};
use fastrand::Rng;

use super::WorkloadError;
use super::plan::one_in;
use crate::history::SubscriberRecorder;
use crate::history::log::leads_on;
use crate::history::patience::Patience;

/// Follows the feed in small steps, and starts again from its saved checkpoint now and then.
#[derive(Debug)]
pub(super) struct Follower {
    log: Arc<dyn EventLog>,
    recorder: SubscriberRecorder,
    filter: FeedFilter,
    rng: Rng,
    checkpoint: Option<Checkpoint>,
    saved: Option<Checkpoint>,
}

impl Follower {
    pub(super) fn new(
        log: Arc<dyn EventLog>,
        recorder: SubscriberRecorder,
        filter: FeedFilter,
        rng: Rng,
    ) -> Self {
        Self {
            log,
            recorder,
            filter,
            rng,
            checkpoint: None,
            saved: None,
        }
    }

    /// Reads on and on, for as long as this is polled.
    pub(super) async fn follow(&mut self) -> Result<Infallible, WorkloadError> {
        loop {
            let page = self.read_on().await?;
            if page.is_last() {
                let mut patience = Patience::new();
                while let Err(error) = self.log.wait_beyond(page.head).await {
                    patience
                        .after(error.class(), error)
                        .await
                        .map_err(WorkloadError::new)?;
                }
            }
        }
    }

    /// Reads to the end.
    pub(super) async fn catch_up(&mut self) -> Result<(), WorkloadError> {
        while !self.read_on().await?.is_last() {}
        Ok(())
    }

    async fn read_on(&mut self) -> Result<FeedPage, WorkloadError> {
        if one_in(&mut self.rng, 16) {
            self.checkpoint = self.saved;
            self.recorder
                .restarted(self.saved.map_or(Position::START, |saved| saved.position));
        }
        let read = ReadFeed {
            filter: self.filter.clone(),
            max_events: NonZeroUsize::MIN.saturating_add(self.rng.usize(..20)),
            max_bytes: self.rng.usize(..4_000),
            ..ReadFeed::after(self.checkpoint)
        };
        let mut patience = Patience::new();
        let page = loop {
            let answer = self
                .log
                .read_feed(&read)
                .await
                .and_then(|page| leads_on(&read, page));
            match answer {
                Ok(page) => break page,
                Err(error) => patience
                    .after(error.class(), error)
                    .await
                    .map_err(WorkloadError::new)?,
            }
        };
        for event in &page.events {
            self.recorder.observed(event);
        }
        self.recorder.reached(page.scanned_to.position);
        self.checkpoint = Some(page.scanned_to);
        if one_in(&mut self.rng, 4) {
            self.saved = self.checkpoint;
        }
        Ok(page)
    }
}
