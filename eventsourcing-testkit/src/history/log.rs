use std::sync::Arc;

use eventsourcing_core::RecordedEvent;
use eventsourcing_core::store::{EventLog, FeedError, ReadFeed, StoreError};

/// Reads every event of a tenant, in commit order.
///
/// # Errors
/// If the store fails, or its feed returns a page that is neither the last nor leads any further.
pub async fn read_log(log: &dyn EventLog) -> Result<Vec<Arc<RecordedEvent>>, FeedError> {
    let mut events = Vec::new();
    let mut read = ReadFeed::after(None);
    loop {
        let page = log.read_feed(&read).await?;
        let is_last = page.is_last();
        events.extend(page.events);
        if is_last {
            return Ok(events);
        }
        if read.after == Some(page.scanned_to) {
            return Err(StoreError::broken("the feed stands still before its end").into());
        }
        read.after = Some(page.scanned_to);
    }
}
