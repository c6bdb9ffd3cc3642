//! Any number of streams are read as they are at one moment.

use eventsourcing_core::store::ReadStream;
use eventsourcing_core::{TypeFilter, Version};
use tokio::task::{JoinSet, yield_now};

use super::log::types;
use super::{Log, Subject};
use crate::fixture::{NewEventExt as _, append, event, only, whole};

pub(super) async fn only_events_after_the_version_are_returned(store: Subject) {
    let log = log_with_three(&store).await;
    for (after, expected) in [(0, 3), (1, 2), (2, 1), (3, 0), (9, 0)] {
        let slice = log.slice(after_version(after)).await;
        assert_eq!(slice.events.len(), expected, "after {after}");
        assert_eq!(slice.head, Version::new(3), "after {after}");
    }
    assert_eq!(
        types(&log.slice(after_version(1)).await.events),
        ["a.Two", "a.Three"]
    );
}

pub(super) async fn only_events_up_to_the_version_are_returned(store: Subject) {
    let log = log_with_three(&store).await;
    for (up_to, expected) in [(0, 0), (1, 1), (2, 2), (3, 3), (9, 3)] {
        let slice = log.slice(up_to_version(up_to)).await;
        assert_eq!(slice.events.len(), expected, "up to {up_to}");
        assert_eq!(slice.head, Version::new(3), "up to {up_to}");
    }
    let second = ReadStream {
        after: Version::new(1),
        ..up_to_version(2)
    };
    assert_eq!(types(&log.slice(second).await.events), ["a.Two"]);
    let nothing = ReadStream {
        after: Version::new(2),
        ..up_to_version(1)
    };
    let slice = log.slice(nothing).await;
    assert!(slice.events.is_empty());
    assert_eq!(slice.head, Version::new(3));
}

pub(super) async fn linked_events_count_up_to_the_version_too(store: Subject) {
    let log = store.log();
    log.write(append([
        event("a.One", "a-1"),
        event("b.Two", "b-1").linked_to("a-1"),
        event("a.Three", "a-1"),
    ]))
    .await;
    for (up_to, expected) in [(1, 1), (2, 2), (3, 3)] {
        let slice = log.slice(up_to_version(up_to)).await;
        assert_eq!(slice.events.len(), expected, "up to {up_to}");
        assert_eq!(slice.head, Version::new(3), "up to {up_to}");
    }
}

pub(super) async fn a_filter_hides_events_but_not_the_head(store: Subject) {
    let log = log_with_three(&store).await;
    let slice = log.slice(of_types(only(&["a.One", "a.Two", "a.Unheard"]))).await;
    assert_eq!(types(&slice.events), ["a.One", "a.Two"]);
    assert_eq!(slice.head, Version::new(3));
}

pub(super) async fn a_filter_of_no_types_reads_the_head_alone(store: Subject) {
    let log = log_with_three(&store).await;
    let slice = log.slice(of_types(TypeFilter::NONE)).await;
    assert!(slice.events.is_empty());
    assert_eq!(slice.head, Version::new(3));
}

pub(super) async fn filter_and_version_both_count(store: Subject) {
    let log = log_with_three(&store).await;
    let read = ReadStream {
        after: Version::new(1),
        ..of_types(only(&["a.One", "a.Three"]))
    };
    assert_eq!(types(&log.slice(read).await.events), ["a.Three"]);
}

pub(super) async fn an_absent_stream_has_no_head_and_no_events(store: Subject) {
    let log = log_with_three(&store).await;
    let slice = log.slice(whole("a-2")).await;
    assert_eq!(slice.head, Version::ABSENT);
    assert!(slice.events.is_empty());
}

pub(super) async fn slices_come_in_the_order_of_the_request(store: Subject) {
    let log = log_with_three(&store).await;
    log.write(append([event("b.One", "b-1")])).await;
    let read = log.read([whole("b-1"), whole("c-1"), whole("a-1")]).await;
    let heads: Vec<_> = read.slices.iter().map(|slice| slice.head.get()).collect();
    assert_eq!(heads, [1, 0, 3]);
}

pub(super) async fn a_stream_may_be_read_twice_at_once(store: Subject) {
    let log = log_with_three(&store).await;
    let read = log
        .read([after_version(2), of_types(only(&["a.One"])), whole("a-1")])
        .await;
    let found: Vec<_> = read.slices.iter().map(|slice| types(&slice.events)).collect();
    assert_eq!(
        found,
        [vec!["a.Three"], vec!["a.One"], vec!["a.One", "a.Two", "a.Three"]]
    );
}

pub(super) async fn reading_no_stream_gives_no_slice(store: Subject) {
    let log = log_with_three(&store).await;
    let read = log.read([]).await;
    assert!(read.slices.is_empty());
    assert_eq!(read.repeated, None);
}

pub(super) async fn a_long_stream_is_read_whole(store: Subject) {
    const LENGTH: usize = 2_500;
    let log = store.log();
    for _ in 0..5 {
        log.write(append((0..LENGTH / 5).map(|_| event("a.Happened", "a-1"))))
            .await;
    }
    let slice = log.slice(whole("a-1")).await;
    assert_eq!(slice.head, Version::new(LENGTH as u64));
    let versions = slice.events.iter().map(|event| event.home.version.get());
    assert!(versions.eq(1..=LENGTH as u64));
}

pub(super) async fn streams_are_read_at_one_moment(store: Subject) {
    let log = store.log();
    let mut writers = JoinSet::new();
    for _ in 0..4 {
        let log = log.clone();
        writers.spawn(async move {
            for _ in 0..25 {
                let both = append([event("a.Happened", "a-1"), event("b.Happened", "b-1")]);
                log.insist(both).await.expect("there are no conditions");
            }
        });
    }
    let mut head = Version::ABSENT;
    while head < Version::new(100) {
        let read = log.read([whole("a-1"), whole("b-1")]).await;
        let [a, b] = read.slices.as_slice() else {
            panic!("two slices for two streams");
        };
        assert_eq!(a.head, b.head, "both streams are always written together");
        assert!(a.head >= head, "a later read sees what an earlier one saw");
        assert_eq!(
            (a.events.len() as u64, b.events.len() as u64),
            (a.head.get(), b.head.get())
        );
        head = a.head;
        yield_now().await;
    }
    writers.join_all().await;
}

async fn log_with_three(store: &Subject) -> Log {
    let log = store.log();
    log.write(append([
        event("a.One", "a-1"),
        event("a.Two", "a-1"),
        event("a.Three", "a-1"),
    ]))
    .await;
    log
}

fn after_version(version: u64) -> ReadStream {
    ReadStream {
        after: Version::new(version),
        ..whole("a-1")
    }
}

fn up_to_version(version: u64) -> ReadStream {
    ReadStream {
        up_to: Version::new(version),
        ..whole("a-1")
    }
}

fn of_types(types: TypeFilter) -> ReadStream {
    ReadStream {
        types,
        ..whole("a-1")
    }
}
