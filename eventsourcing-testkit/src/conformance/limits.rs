//! What is at the edge of the limits is taken; what lies beyond is refused, and nothing of it is written.

use eventsourcing_core::store::{Append, ErrorClass, InvalidAppend, ReadError};
use eventsourcing_core::{Category, ContentType, EventTypeName, NewEvent, StreamId, TenantId};

use super::{Log, Subject};
use crate::fixture::{AppendExt, NewEventExt, append, event, event_type, read, stream, whole};

pub(super) async fn payloads_are_limited(store: Subject) {
    let sized = |bytes| append([event("a.Sized", "a-1").with_binary(vec![7; bytes])]);
    edge(&store, store.store.limits().payload_bytes, sized).await;
}

pub(super) async fn metadata_is_limited(store: Subject) {
    let sized = |bytes| {
        let metadata = vec![b' '; bytes].into();
        append([NewEvent {
            metadata,
            ..event("a.Sized", "a-1")
        }])
    };
    edge(&store, store.store.limits().metadata_bytes, sized).await;
}

pub(super) async fn the_nesting_of_json_is_limited(store: Subject) {
    let nested = |depth| {
        let payload = "[".repeat(depth) + &"]".repeat(depth);
        append([event("a.Nested", "a-1").with_payload(payload)])
    };
    edge(&store, store.store.limits().json_depth, nested).await;
}

pub(super) async fn the_streams_of_an_event_are_limited(store: Subject) {
    let linked = |streams| {
        let mut event = event("a.Linked", "a-1");
        event
            .links
            .extend((1..streams).map(|at| stream(&format!("b-{at}"))));
        append([event])
    };
    edge(&store, store.store.limits().streams_per_event, linked).await;
}

pub(super) async fn the_events_of_an_append_are_limited(store: Subject) {
    let many = |events| append((0..events).map(|_| event("a.Happened", "a-1")));
    edge(&store, store.store.limits().events, many).await;
}

pub(super) async fn the_bytes_of_an_append_are_limited(store: Subject) {
    let limits = store.store.limits();
    let largest = limits.payload_bytes + 2;
    let filled = |bytes: usize| {
        let (full, rest) = (bytes / largest, bytes % largest);
        let mut sizes = vec![limits.payload_bytes; full];
        sizes.extend(rest.checked_sub(2));
        append(
            sizes
                .into_iter()
                .map(|size| event("a.Sized", "a-1").with_binary(vec![7; size])),
        )
    };
    edge(&store, limits.append_bytes, filled).await;
}

pub(super) async fn the_conditions_of_an_append_are_limited(store: Subject) {
    let conditional = |conditions| {
        let append = append([event("a.Happened", "a-1")]);
        (0..conditions).fold(append, |append, at| append.if_absent(&format!("b-{at}")))
    };
    edge(&store, store.store.limits().streams, conditional).await;
}

pub(super) async fn the_streams_of_a_read_are_limited(store: Subject) {
    let log = store.log();
    log.write(append([event("a.Happened", "a-1")])).await;
    let limit = store.store.limits().streams;
    let many = |streams| read((0..streams).map(|at| whole(&format!("a-{at}"))));
    let slices = log
        .raw()
        .read_streams(&many(limit))
        .await
        .expect("the limit may be reached")
        .slices;
    assert_eq!((slices.len(), slices[1].events.len()), (limit, 1));
    let error = log
        .raw()
        .read_streams(&many(limit + 1))
        .await
        .expect_err("the limit may not be passed");
    assert!(
        matches!(error, ReadError::Invalid(InvalidAppend::Limit { .. })),
        "{error:?}"
    );
    assert_eq!(error.class(), ErrorClass::Rejected);
}

pub(super) async fn the_longest_names_are_taken(store: Subject) {
    let category = "c".repeat(Category::MAX_BYTES);
    let id = format!(
        "{category}-{}",
        "ä".repeat((StreamId::MAX_BYTES - category.len() - 1) / 2)
    );
    let name = format!("t{}", "_".repeat(EventTypeName::MAX_BYTES - 1));
    let content_type = format!("x/{}", "y".repeat(ContentType::MAX_BYTES - 2));
    let log = store.tenant(&"t".repeat(TenantId::MAX_BYTES));
    let mut longest = event(&name, &id);
    longest.content_type = ContentType::new(&content_type).expect("a content type");
    let appended = log.write(append([longest.clone()]).if_absent(&id)).await;
    let slice = log.slice(whole(&id)).await;
    assert_eq!(slice.events, appended.events);
    assert_eq!(slice.events[0].event_type, event_type(&name));
    assert_eq!(slice.events[0].content_type, longest.content_type);
    assert_eq!(log.dictionary(&category).await, [name]);
}

pub(super) async fn a_payload_that_is_not_json_is_refused(store: Subject) {
    let log = store.log();
    let not_json: [&[u8]; 10] = [
        b"",
        b"{",
        b"{} {}",
        b"[1,]",
        b"{'a':1}",
        b"NaN",
        b"\"\0\"",
        b"\"\x80\"",
        b"\xef\xbb\xbf{}",
        b"plain text",
    ];
    for payload in not_json {
        let invalid = log
            .invalid(append([event("a.Odd", "a-1").with_payload(payload)]))
            .await;
        assert!(
            matches!(invalid, InvalidAppend::NotJson { .. }),
            "{}: {invalid:?}",
            payload.escape_ascii()
        );
    }
    nothing_is_written(&log).await;
}

pub(super) async fn an_event_that_names_a_stream_twice_is_refused(store: Subject) {
    let log = store.log();
    for event in [
        event("a.Moved", "a-1").linked_to("a-1"),
        event("a.Moved", "a-1").linked_to("b-1").linked_to("b-1"),
    ] {
        let invalid = log.invalid(append([event])).await;
        assert!(
            matches!(invalid, InvalidAppend::StreamTwice { .. }),
            "{invalid:?}"
        );
    }
    nothing_is_written(&log).await;
}

pub(super) async fn an_event_that_comes_twice_is_refused(store: Subject) {
    let log = store.log();
    let once = event("a.Happened", "a-1");
    let invalid = log
        .invalid(append([once.clone(), event("a.Happened", "a-1"), once.clone()]))
        .await;
    assert!(
        matches!(invalid, InvalidAppend::EventTwice { event } if event == once.id),
        "{invalid:?}"
    );
    nothing_is_written(&log).await;
}

pub(super) async fn a_schema_version_of_zero_is_refused(store: Subject) {
    let log = store.log();
    let mut unversioned = event("a.Happened", "a-1");
    unversioned.schema_version = 0;
    let invalid = log.invalid(append([unversioned])).await;
    assert!(
        matches!(invalid, InvalidAppend::SchemaVersionZero { .. }),
        "{invalid:?}"
    );
    nothing_is_written(&log).await;
}

pub(super) async fn one_bad_event_keeps_the_others_out(store: Subject) {
    let log = store.log();
    let bad = event("a.Odd", "a-1").with_payload("not JSON");
    let error = log
        .refused(append([event("b.Good", "b-1"), bad, event("c.Good", "a-1")]))
        .await;
    assert_eq!(error.class(), ErrorClass::Rejected);
    assert_eq!(log.head("b-1").await, 0);
    nothing_is_written(&log).await;
}

/// Tries one more than the limit first, and then the limit.
async fn edge(store: &Subject, limit: usize, of_size: impl Fn(usize) -> Append) {
    let log = store.log();
    let invalid = log.invalid(of_size(limit + 1)).await;
    match invalid {
        InvalidAppend::Limit {
            found,
            limit: allowed,
            ..
        } => assert_eq!((found, allowed), (limit + 1, limit)),
        other => panic!("a limit should be named, not {other:?}"),
    }
    nothing_is_written(&log).await;
    let at_the_limit = of_size(limit);
    let events = at_the_limit.events.len();
    let appended = log.write(at_the_limit).await;
    assert_eq!(appended.events.len(), events);
    assert_eq!(log.slice(whole("a-1")).await.events, appended.events);
}

async fn nothing_is_written(log: &Log) {
    assert_eq!(log.head("a-1").await, 0);
    assert!(log.feed().await.is_empty());
}
