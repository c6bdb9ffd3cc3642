use std::sync::Arc;

use eventsourcing_core::RecordedEvent;
use eventsourcing_core::store::{EventLog, FeedError, ReadFeed, StoreError};

use super::patience::Patience;

/// Reads every event of a tenant, in commit order.
///
/// # Errors
/// If the store fails in a way that does not pass, or its feed returns a page that is neither the last nor leads further.
pub async fn read_log(log: &dyn EventLog) -> Result<Vec<Arc<RecordedEvent>>, FeedError> {
    let mut events = Vec::new();
    let mut read = ReadFeed::after(None);
    let mut patience = Patience::new();
    loop {
        let page = match log.read_feed(&read).await {
            Ok(page) => page,
            Err(error) => {
                patience.after(error.class(), error).await?;
                continue;
            }
        };
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
