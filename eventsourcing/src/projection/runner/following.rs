//! How a task follows the log: it reads on while it makes rows of what it has read.

use std::num::NonZeroUsize;
use std::time::Duration;

use super::super::rows::RowChanges;
use super::parking::Parking;
use super::task::{Refused, Task, Turn, filter};
use crate::bus::ahead::{Ahead, Bounds, read_ahead};
use crate::store::{Checkpoint, FeedError, FeedPage};
use crate::told::chain;
use crate::{Clock as _, Position};

/// What is passed over without a write may be this much: it is looked through again after a restart.
const PASSED_OVER: u64 = 10_000;

/// What was read while the last batch was written is the next one, so batches are small unless the projection is behind. A row that
/// many events change is then written once.
const ROWS: Bounds = Bounds {
    events: NonZeroUsize::new(4_000).unwrap(),
    bytes: 4 * 1024 * 1024,
    batches: NonZeroUsize::MIN,
};
/// Each handler runs statements of its own, and locks are held until the last one has.
const SQL: Bounds = Bounds {
    events: NonZeroUsize::new(1_000).unwrap(),
    ..ROWS
};
/// So many bytes of payloads and metadata are read at once.
const PAGE_BYTES: usize = 1024 * 1024;

impl Task {
    /// Follows the log from the place of the reader. What was read ahead is forgotten with the turn.
    pub(super) async fn follow(&mut self) -> Turn {
        let position = self.saved();
        self.course.send_modify(|course| course.take_up(position));
        if position >= self.began_at
            && let Err(turn) = self.activate_if_due().await
        {
            return turn;
        }
        let subscription = self
            .bus
            .subscribe(&self.tenant.tenant, self.place.checkpoint, filter(&self.facts))
            .with_max_bytes(PAGE_BYTES);
        let bounds = if self.batches.in_sql().is_some() {
            SQL
        } else {
            ROWS
        };
        let policy = self.policy;
        let (ahead, reader) = read_ahead(subscription, bounds, move |failures| policy.pause_after(failures));
        tokio::select! {
            biased;
            turn = self.fill(ahead) => turn,
            never = reader.run() => match never {},
        }
    }

    async fn fill(&mut self, mut ahead: Ahead) -> Turn {
        loop {
            let batch = tokio::select! {
                biased;
                () = self.stopped() => return self.note_end(Turn::Stop).await,
                () = self.lease.is_to_end() => return self.note_end(Turn::StandBy).await,
                Some(order) = self.next_order() => {
                    if let Err(turn) = self.obey(order, None).await {
                        return turn;
                    }
                    if let Err(turn) = self.activate_after_orders().await {
                        return turn;
                    }
                    continue;
                }
                batch = ahead.next() => batch,
            };
            let turn = match batch {
                Ok(batch) => self.take(batch).await,
                Err(error) => self.cannot_read(&error),
            };
            if let Err(turn) = turn {
                return turn;
            }
        }
    }

    /// Makes rows of a batch.
    async fn take(&mut self, mut batch: FeedPage) -> Result<(), Turn> {
        self.course.send_modify(|course| {
            course.head = batch.head.max(batch.scanned_to.position);
            if let Some(first) = batch.events.first() {
                course.waiting_since = Some(first.recorded_at);
            }
        });
        self.check_types(batch.dictionary).await?;
        self.keep_those_of_the_slice(&mut batch);
        self.project(&batch).await?;
        if self.is_far_behind(batch.scanned_to) {
            self.write(batch.scanned_to, RowChanges::default(), Parking::default())
                .await
                .map_err(Refused::turn)?;
        }
        if batch.is_last() {
            self.activate_if_due().await?;
        }
        let now = self.clock.now();
        self.course
            .send_modify(|course| course.come_to_at(batch.scanned_to.position, now));
        Ok(())
    }

    /// Says that the log cannot be read, which is tried again if it may be better then.
    fn cannot_read(&self, error: &FeedError) -> Result<(), Turn> {
        let reason = chain(error);
        if !error.class().may_pass() {
            return Err(Turn::GiveUp(reason));
        }
        tracing::debug!(
            projection = self.facts.name,
            slice = self.slice.told(),
            reason,
            "the log cannot be read now"
        );
        self.course.send_modify(|course| course.error = Some(reason));
        Ok(())
    }

    /// Notes how far it has looked, so that the next one need not look again.
    async fn note_end(&mut self, then: Turn) -> Turn {
        let end = self.course.borrow().position;
        if end > self.saved() {
            let to = self.checkpoint(end);
            // Without it, the next one looks again.
            let _ = tokio::time::timeout(
                Duration::from_secs(1),
                self.write(to, RowChanges::default(), Parking::default()),
            )
            .await;
        }
        then
    }

    fn is_far_behind(&self, scanned_to: Checkpoint) -> bool {
        let passed_over = scanned_to.position.get().saturating_sub(self.saved().get());
        passed_over >= PASSED_OVER
    }

    /// Where the reader is.
    fn saved(&self) -> Position {
        self.place
            .checkpoint
            .map_or(Position::START, |saved| saved.position)
    }
}
