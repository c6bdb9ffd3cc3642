use std::sync::Arc;

use eventsourcing_core::RecordedEvent;
use eventsourcing_core::store::{EventLog, FeedError, FeedPage, ReadFeed, StoreError};

use super::patience::Patience;

/// Reads every event of a tenant, in commit order.
///
/// # Errors
/// If the store fails in a way that does not pass, or its feed does not get on before its end.
pub async fn read_log(log: &dyn EventLog) -> Result<Vec<Arc<RecordedEvent>>, FeedError> {
    let mut events = Vec::new();
    let mut read = ReadFeed::after(None);
    let mut patience = Patience::new();
    loop {
        let answer = log.read_feed(&read).await;
        match answer.and_then(|page| leads_on(&read, page)) {
            Ok(page) => {
                let is_last = page.is_last();
                events.extend(page.events);
                if is_last {
                    return Ok(events);
                }
                read.after = Some(page.scanned_to);
                patience = Patience::new();
            }
            Err(error) => patience.after(error.class(), error).await?,
        }
    }
}

/// Checks that whoever goes on after a page does not read the same again, unless it is the last.
pub(super) fn leads_on(read: &ReadFeed, page: FeedPage) -> Result<FeedPage, FeedError> {
    if page.is_last() || read.after != Some(page.scanned_to) {
        Ok(page)
    } else {
        Err(StoreError::unavailable("a page of the feed is not the last, and does not lead further").into())
    }
}
