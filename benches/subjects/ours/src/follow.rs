use anyhow::Result;
use eventsourcing::TenantId;
use eventsourcing::event::Recorded;
use eventsourcing::store::ReadFeed;
use harness::Sink;

use crate::Bank;
use crate::bank::AccountEvent;

impl Bank {
    /// Feeds a sink with all events and then with new ones, and saves a checkpoint after each page.
    ///
    /// # Errors
    /// If the store fails, or an event cannot be read.
    pub async fn follow(&self, sink: &Sink) -> Result<()> {
        let tenant = self.executor.store().tenant(&TenantId::DEFAULT);
        let mut checkpoint = None;
        loop {
            let page = tenant.log.read_feed(&ReadFeed::after(checkpoint)).await?;
            let (is_last, head) = (page.is_last(), page.head);
            for event in page.events {
                sink.take(Recorded::<AccountEvent>::decode(event)?.payload().marker());
            }
            tenant.checkpoints.save("bench", page.scanned_to).await?;
            checkpoint = Some(page.scanned_to);
            if is_last {
                tenant.log.wait_beyond(head).await?;
            }
        }
    }
}
