//! A clock may panic, and so might a mistake in the store: the write fails, and nobody else notices.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use eventsourcing_core::store::{ErrorClass, Settled};
use eventsourcing_core::{Clock, SystemClock, Timestamp};
use eventsourcing_sqlite::SqliteOptions;
use eventsourcing_testkit::fixture::{append, event, read, whole};

use crate::folder::{Folder, log};

/// A clock that panics while it is broken.
#[derive(Clone, Debug, Default)]
struct BreakableClock {
    is_broken: Arc<AtomicBool>,
}

impl Clock for BreakableClock {
    fn now(&self) -> Timestamp {
        assert!(!self.is_broken.load(Ordering::SeqCst), "the clock is broken");
        SystemClock.now()
    }
}

#[tokio::test]
async fn a_write_that_panics_leaves_the_store_and_its_neighbours_alone() {
    let folder = Folder::new();
    let clock = BreakableClock::default();
    let log = log(&folder.open_with(SqliteOptions::new().clock(clock.clone())).await);
    let sent = Arc::new(append([event("a.Happened", "a-1")]));

    clock.is_broken.store(true, Ordering::SeqCst);
    let on_this_thread = log.append(Arc::clone(&sent)).await.unwrap_err();
    assert_eq!(on_this_thread.class(), ErrorClass::Bug, "{on_this_thread:?}");
    let on_that_of_the_writer = log.settle(Arc::clone(&sent)).await.unwrap_err();
    assert_eq!(
        on_that_of_the_writer.class(),
        ErrorClass::Bug,
        "{on_that_of_the_writer:?}"
    );
    folder
        .connect()
        .execute_batch("begin immediate; rollback")
        .expect("nobody is writing");

    clock.is_broken.store(false, Ordering::SeqCst);
    assert_eq!(log.settle(Arc::clone(&sent)).await.unwrap(), Settled::Absent);
    log.append(sent).await.unwrap();
    let read = log.read_streams(&read([whole("a-1")])).await.unwrap();
    assert_eq!(read.slices[0].events.len(), 1);
}
