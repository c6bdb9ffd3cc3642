use std::num::NonZeroUsize;
use std::sync::Arc;

use tokio::sync::broadcast::Sender;
use tokio::time::sleep;

use super::{Bus, Page};
use crate::execute::RetryPolicy;
use crate::store::{Checkpoint, FeedError, FeedFilter, FeedPage, ReadFeed, TenantStore};
use crate::subscription::Subscription;

const PAGE_EVENTS: NonZeroUsize = NonZeroUsize::new(Bus::PAGE_EVENTS).unwrap();

/// The end of the log, as a page without events.
pub(super) async fn end(store: &TenantStore) -> Result<FeedPage, FeedError> {
    let read = ReadFeed {
        max_events: NonZeroUsize::MIN,
        ..ReadFeed::after(None)
    };
    let page = store.log.read_feed(&read).await?;
    Ok(FeedPage {
        events: Vec::new(),
        scanned_to: Checkpoint {
            position: page.head,
            ..page.scanned_to
        },
        ..page
    })
}

/// Follows the log from its end, for as long as anybody listens.
///
/// It ends when the store says that there is no use in going on. Those who listen then ask the store themselves, and hear
/// the same.
pub(super) async fn follow(store: TenantStore, listeners: Sender<Arc<Page>>) {
    tokio::select! {
        biased;
        () = listeners.closed() => {}
        error = publish(&store, &listeners) => tracing::warn!(
            tenant = %store.tenant,
            error = &error as &dyn std::error::Error,
            "the log cannot be followed any more"
        ),
    }
}

async fn publish(store: &TenantStore, listeners: &Sender<Arc<Page>>) -> FeedError {
    let mut patience = Patience::default();
    let end = loop {
        match end(store).await {
            Ok(end) => break end,
            Err(error) => match patience.wait(error).await {
                Ok(()) => {}
                Err(error) => return error,
            },
        }
    };
    let mut after = end.head;
    let mut subscription = Subscription::new(store, Some(end.scanned_to), FeedFilter::ALL)
        .with_max_events(PAGE_EVENTS)
        .with_max_bytes(Bus::PAGE_BYTES);
    // Whoever listens already, and has not read the log to here, learns by this that it has to.
    send(listeners, Page::read(after, end));
    loop {
        tokio::task::coop::consume_budget().await;
        match subscription.next().await {
            Ok(page) => {
                let page = Page::read(after, page);
                after = page.scanned_to.position;
                send(listeners, page);
                patience = Patience::default();
            }
            Err(error) => match patience.wait(error).await {
                Ok(()) => {}
                Err(error) => return error,
            },
        }
    }
}

fn send(listeners: &Sender<Arc<Page>>, page: Page) {
    // Without listeners, `follow` ends.
    let _ = listeners.send(Arc::new(page));
}

/// Waits longer and longer while a store is away.
struct Patience {
    policy: RetryPolicy,
    random: fastrand::Rng,
    failures: u32,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            policy: RetryPolicy::default(),
            random: fastrand::Rng::new(),
            failures: 0,
        }
    }
}

impl Patience {
    /// Pauses, if it may be better after that; otherwise returns the error.
    async fn wait(&mut self, error: FeedError) -> Result<(), FeedError> {
        if !error.class().may_pass() {
            return Err(error);
        }
        tracing::debug!(
            error = &error as &dyn std::error::Error,
            "the log cannot be read now"
        );
        self.failures = self.failures.saturating_add(1);
        sleep(self.policy.pause_after(self.failures, &mut self.random)).await;
        Ok(())
    }
}
