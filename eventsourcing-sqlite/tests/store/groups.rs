//! Appends that share a transaction do not share their fate.
//!
//! In a runtime with one thread, futures that are joined are all handed in before the first of them is done: they make one
//! group.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use eventsourcing_core::store::{AppendError, Appended, ErrorClass, EventLog};
use eventsourcing_core::{Clock, Timestamp};
use eventsourcing_sqlite::SqliteOptions;
use eventsourcing_testkit::fixture::{AppendExt, append, event, read, whole};
use futures_util::future::join_all;

use crate::folder::{Folder, log};

/// Says how often it was looked at, which is once for each transaction.
#[derive(Clone, Debug, Default)]
struct CountingClock(Arc<AtomicUsize>);

impl Clock for CountingClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_micros(self.0.fetch_add(1, Ordering::Relaxed) as u64)
    }
}

#[tokio::test]
async fn those_who_come_together_are_committed_together() {
    let folder = Folder::new();
    let clock = CountingClock::default();
    let log = log(&folder.open_with(SqliteOptions::new().clock(clock.clone())).await);
    let before = clock.0.load(Ordering::Relaxed);
    for appended in append_to(&*log, (0..64).map(|n| format!("a-{n}"))).await {
        appended.unwrap();
    }
    assert_eq!(clock.0.load(Ordering::Relaxed) - before, 1);
}

#[tokio::test]
async fn each_passes_or_conflicts_alone() {
    let folder = Folder::new();
    let log = log(&folder.open().await);
    let appends = append_to(&*log, (0..64).map(|n| format!("a-{}", n % 10))).await;
    let passed = appends.iter().filter(|appended| appended.is_ok()).count();
    assert_eq!(passed, 10);
    for conflict in appends.into_iter().filter_map(Result::err) {
        assert_eq!(conflict.class(), ErrorClass::Conflict, "{conflict:?}");
    }
}

#[tokio::test]
async fn one_that_fails_does_no_harm_to_the_others() {
    let folder = Folder::new();
    let log = log(&folder.open().await);
    folder
        .connect()
        .execute_batch(
            "create trigger curse before insert on es_events when new.stream = 'a-7'
             begin select raise(abort, 'cursed'); end",
        )
        .unwrap();
    let appends = append_to(&*log, (0..64).map(|n| format!("a-{n}"))).await;
    for (n, appended) in appends.into_iter().enumerate() {
        match appended {
            Ok(_) => assert_ne!(n, 7),
            Err(error) => assert_eq!((n, error.class()), (7, ErrorClass::Bug), "{error:?}"),
        }
    }
    let streams = log
        .read_streams(&read((0..64).map(|n| whole(&format!("a-{n}")))))
        .await
        .unwrap();
    assert_eq!(
        streams
            .slices
            .iter()
            .filter(|slice| slice.events.len() == 1)
            .count(),
        63
    );
    assert_eq!(streams.dictionary.0, 1);
}

/// Appends an event to each of these streams at the same time, unless it has one already.
async fn append_to(
    log: &dyn EventLog,
    streams: impl Iterator<Item = String>,
) -> Vec<Result<Appended, AppendError>> {
    let append = |stream: String| {
        log.append(Arc::new(
            append([event("a.Happened", &stream)]).if_absent(&stream),
        ))
    };
    join_all(streams.map(append)).await
}
