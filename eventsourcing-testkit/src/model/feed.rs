use std::sync::Arc;

use eventsourcing_core::store::{FeedPage, ReadFeed};
use eventsourcing_core::{Position, RecordedEvent};

use super::check::{Answers, differ, same};

/// Whether a page may be the answer, given everything that passes the filter. A store may end a page early, as long as it
/// gets further each time.
pub(super) fn check_page(
    wanted: &[Arc<RecordedEvent>],
    end: Position,
    read: &ReadFeed,
    page: &FeedPage,
) -> Result<(), Answers> {
    let scanned_to = page.scanned_to.position;
    let scanned = wanted.iter().take_while(|event| event.position <= scanned_to);
    same(&scanned.cloned().collect::<Vec<_>>(), &page.events)?;
    same(&end, &page.head)?;
    if page.events.len() > read.max_events.get() {
        return Err(differ(
            format!("at most {} events", read.max_events),
            &page.events,
        ));
    }
    let bytes: usize = page
        .events
        .iter()
        .map(|event| event.payload.len() + event.metadata.len())
        .sum();
    if page.events.len() > 1 && bytes > read.max_bytes {
        return Err(differ(format!("at most {} bytes", read.max_bytes), &page.events));
    }
    let after = read.after.map_or(Position::START, |after| after.position);
    if scanned_to < after || scanned_to > end || (scanned_to == after && after < end) {
        return Err(differ(
            format!("a checkpoint after {after}, up to {end}"),
            page.scanned_to,
        ));
    }
    same(&read.after.map(|after| after.store), &Some(page.scanned_to.store))
}
