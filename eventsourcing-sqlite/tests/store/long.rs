//! What takes long is done on the writer's thread, and comes to the same.

use std::sync::{Arc, Mutex};
use std::thread;

use eventsourcing_core::store::{Append, Condition, ErrorClass, EventLog};
use eventsourcing_core::{Clock, SystemClock, Timestamp, Version};
use eventsourcing_sqlite::SqliteOptions;
use eventsourcing_testkit::fixture::{AppendExt, append, event, new_command, only, stream};

use crate::folder::{Folder, log};

const MANY: usize = 1_000;

/// Notes on which thread it was looked at last: that of the last transaction.
#[derive(Clone, Debug, Default)]
struct ThreadClock {
    last: Arc<Mutex<Option<String>>>,
}

impl Clock for ThreadClock {
    fn now(&self) -> Timestamp {
        *self.last.lock().unwrap() = thread::current().name().map(str::to_owned);
        SystemClock.now()
    }
}

impl ThreadClock {
    fn was_looked_at_by_the_writer(&self) -> bool {
        self.last.lock().unwrap().as_deref() == Some("eventsourcing-sqlite")
    }
}

#[tokio::test]
async fn a_condition_that_looks_through_a_long_stream_is_checked_to_its_end() {
    let folder = Folder::new();
    let clock = ThreadClock::default();
    let log = log(&folder.open_with(SqliteOptions::new().clock(clock.clone())).await);
    let common = (0..MANY).map(|_| event("a.Common", "a-1"));
    log.append(append(common.collect::<Vec<_>>()).into())
        .await
        .unwrap();

    never_rare(&*log, append([event("b.Happened", "b-1")]))
        .await
        .unwrap();
    assert!(clock.was_looked_at_by_the_writer());
    never_rare(&*log, append([])).await.unwrap();
    log.append(append([event("a.Rare", "a-1")]).into()).await.unwrap();
    for too_late in [append([event("b.Happened", "b-1")]), append([])] {
        assert_eq!(never_rare(&*log, too_late).await, Err(ErrorClass::Conflict));
    }
}

/// Appends on condition that the stream has never held an event of a certain type.
async fn never_rare(log: &dyn EventLog, mut append: Append) -> Result<(), ErrorClass> {
    append.conditions.push(Condition {
        stream: stream("a-1"),
        seen: Version::ABSENT,
        types: only(&["a.Rare"]),
    });
    match log.append(Arc::new(append)).await {
        Ok(_) => Ok(()),
        Err(error) => Err(error.class()),
    }
}

#[tokio::test]
async fn a_large_command_that_is_sent_again_gets_its_first_outcome() {
    let folder = Folder::new();
    let clock = ThreadClock::default();
    let log = log(&folder.open_with(SqliteOptions::new().clock(clock.clone())).await);
    let command = new_command();
    let events = (0..MANY).map(|_| event("a.Happened", "a-1"));
    let first = append(events.collect::<Vec<_>>()).under(command);
    let first = log.append(first.into()).await.unwrap();

    let again = log
        .append(append([event("a.Happened", "a-1")]).under(command).into())
        .await
        .unwrap();
    assert!(again.repeated);
    assert_eq!(again.events, first.events);
    assert!(clock.was_looked_at_by_the_writer());
}
