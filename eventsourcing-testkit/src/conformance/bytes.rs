//! Whatever is taken comes back byte for byte, and no text means more than itself.

use std::collections::BTreeSet;

use eventsourcing_core::store::{AppendError, Checkpoint, FeedFilter};
use eventsourcing_core::uuid::Uuid;
use eventsourcing_core::{CommandId, ContentType, EventId, NewEvent};

use super::log::types;
use super::{Log, Subject};
use crate::fixture::{AppendExt, NewEventExt, append, category, event, new_command, only, stream, whole};

/// Texts that mean something to a database, a template or a shell, or that some comparisons take for each other.
pub(super) const HOSTILE_TEXTS: &[&str] = &[
    "'",
    "\"",
    "`",
    "\\",
    "\\'",
    "%",
    "_",
    "%%",
    "a%",
    "a_",
    "x'; drop table events; --",
    "' or '1'='1",
    "\"; delete from events; --",
    "/* */",
    "--",
    "$1",
    "?",
    ":name",
    "@name",
    "{}",
    "{0}",
    "%s",
    "${x}",
    "../..",
    "*",
    "a*",
    "[a-z]",
    "NULL",
    "null",
    "0",
    "00",
    "1e3",
    "1000",
    "true",
    "a",
    "A",
    "ä",
    "a\u{308}",
    "ß",
    "ss",
    "İ",
    "i",
    "ı",
    " ",
    " a",
    "a ",
    "a  ",
    "-",
    "--a",
    "a-",
    "é",
    "\u{200b}",
    "\u{202e}abc",
    "🦀",
    "👩\u{200d}🚀",
    "\u{feff}",
    "\u{ffff}",
    "\u{10ffff}",
];

pub(super) async fn json_comes_back_as_it_was_written(store: Subject) {
    let log = store.log();
    for payload in [
        r#"{"z":1,"a":2,"m":{"y":1,"b":2}}"#,
        "{ \"a\" :\t1 ,\r\n\"b\": [ 1,2 , 3 ] }\n",
        r#"{"big":123456789012345678901234567890,"exact":0.1000000000000000055511151231257827}"#,
        r#"{"forms":[1.0,1.00,1e0,1E+2,-0,-0.0,100000000000000000000.0]}"#,
        r#"{"escaped":"\u00e9\/\"\\\b\ud83e\udd80","plain":"é/🦀"}"#,
        r#"{"":"","empty":[{},[],""]}"#,
        "null",
        "\"text\"",
        "  42  ",
    ] {
        let kept = keep(&log, event("a.Kept", "a-1").with_payload(payload)).await;
        assert!(kept, "{payload} should be taken");
    }
}

pub(super) async fn json_that_few_can_read_comes_back_or_is_refused(store: Subject) {
    let log = store.log();
    for payload in [
        r#"{"a":1,"a":2,"a":3}"#,
        r#"{"nul":"\u0000","\u0000":1}"#,
        r#"{"lone":"\ud800","reversed":"\udd80\ud83e"}"#,
        r#"{"number":1e400,"other":-1e-400}"#,
        r#"{"noncharacter":"\uffff","\ufeff":"bom"}"#,
    ] {
        keep(&log, event("a.Kept", "a-1").with_payload(payload)).await;
    }
    let long = format!("[{}]", "9".repeat(10_000));
    keep(&log, event("a.Kept", "a-1").with_payload(long)).await;
}

pub(super) async fn binary_payloads_come_back_as_they_were(store: Subject) {
    let log = store.log();
    let all_bytes: Vec<u8> = (0..=u8::MAX).collect();
    for payload in [
        vec![],
        vec![0],
        vec![0; 1_000],
        all_bytes,
        b"\\x00\\000 not an escape".to_vec(),
    ] {
        assert!(keep(&log, event("a.Kept", "a-1").with_binary(payload)).await);
    }
}

pub(super) async fn metadata_comes_back_as_it_was(store: Subject) {
    let log = store.log();
    for metadata in [
        &b""[..],
        b"{}",
        b"{ \"z\" : 1, \"a\":1e400 }",
        b"\x00\xff not JSON",
        b"'; --",
    ] {
        let event = NewEvent {
            metadata: metadata.into(),
            ..event("a.Kept", "a-1")
        };
        assert!(keep(&log, event).await, "{}", metadata.escape_ascii());
    }
}

pub(super) async fn ids_at_the_ends_come_back(store: Subject) {
    let log = store.log();
    for uuid in [Uuid::nil(), Uuid::max(), Uuid::from_u128(1 << 127)] {
        let mut command = new_command();
        command.id = CommandId::new(uuid);
        let event = NewEvent {
            id: EventId::new(uuid),
            ..event("a.Kept", "a-1")
        };
        let first = log.write(append([event.clone()]).under(command)).await;
        assert_eq!(first.events[0].id, event.id);
        assert_eq!(
            log.write(append([event]).under(command)).await.events,
            first.events
        );
    }
}

pub(super) async fn the_largest_schema_version_comes_back_or_is_refused(store: Subject) {
    let newest = NewEvent {
        schema_version: u32::MAX,
        ..event("a.Kept", "a-1")
    };
    keep(&store.log(), newest).await;
}

pub(super) async fn content_types_come_back_as_they_were(store: Subject) {
    let log = store.log();
    for text in [
        "application/octet-stream",
        "text/plain;charset=utf-8",
        "x/'\"%_\\;--",
        "application/json;v=2",
    ] {
        let event = NewEvent {
            content_type: ContentType::new(text).expect("a content type"),
            ..event("a.Kept", "a-1").with_payload(&b"\xff"[..])
        };
        assert!(keep(&log, event).await, "{text}");
    }
}

pub(super) async fn hostile_stream_ids_name_just_their_stream(store: Subject) {
    let log = store.log();
    let ids: Vec<_> = HOSTILE_TEXTS.iter().map(|text| format!("a-{text}")).collect();
    for id in &ids {
        log.write(append([event("a.Kept", id)]).if_absent(id)).await;
    }
    for id in &ids {
        let slice = log.slice(whole(id)).await;
        assert_eq!(slice.events.len(), 1, "{id:?}");
        assert_eq!(slice.events[0].home.stream, stream(id));
        log.conflict(append([]).if_absent(id)).await;
        let only_this = FeedFilter {
            streams: Some(vec![stream(id)]),
            ..FeedFilter::ALL
        };
        assert_eq!(log.feed_after(None, &only_this).await, slice.events, "{id:?}");
    }
    assert_eq!(log.feed().await.len(), ids.len());
}

pub(super) async fn hostile_stream_ids_may_be_linked(store: Subject) {
    let log = store.log();
    for text in HOSTILE_TEXTS {
        let appended = log
            .write(append([event("a.Kept", "a").linked_to(&format!("a-{text}"))]))
            .await;
        let read = log.slice(whole(&format!("a-{text}"))).await;
        assert_eq!(read.events, appended.events, "{text:?}");
    }
}

pub(super) async fn categories_that_look_alike_are_apart(store: Subject) {
    let log = store.log();
    let names = ["a_b", "axb", "ab", "a", "a_", "a__b"];
    for name in names {
        log.write(append([
            event("x.Kept", &format!("{name}-b")),
            event("x.Kept", name),
        ]))
        .await;
    }
    for name in names {
        let filter = FeedFilter {
            categories: Some(vec![category(name)]),
            ..FeedFilter::ALL
        };
        let found = log.feed_after(None, &filter).await;
        let found: Vec<_> = found.iter().map(|event| event.home.stream.as_str()).collect();
        assert_eq!(found, [format!("{name}-b"), name.to_owned()]);
    }
}

pub(super) async fn event_types_that_look_alike_are_apart(store: Subject) {
    let log = store.log();
    let names = ["a.B", "a.b", "A.B", "a_b", "axb", "a-b", "aXb", "a..b"];
    log.write(append(names.map(|name| event(name, "a-1")))).await;
    for name in names {
        let mut read = whole("a-1");
        read.types = only(&[name]);
        assert_eq!(types(&log.slice(read).await.events), [name]);
        let filter = FeedFilter {
            types: only(&[name]),
            ..FeedFilter::ALL
        };
        assert_eq!(types(&log.feed_after(None, &filter).await), [name]);
    }
    let in_order: BTreeSet<_> = names.into_iter().map(str::to_owned).collect();
    assert_eq!(log.dictionary("a").await, Vec::from_iter(in_order));
}

pub(super) async fn tenants_that_look_alike_are_apart(store: Subject) {
    let ids = ["a.b", "a_b", "a-b", "axb", "A.B", "ab"];
    for id in ids {
        store
            .tenant(id)
            .write(append([event("a.Kept", "a-1")]).if_absent("a-1"))
            .await;
    }
    for id in ids {
        let log = store.tenant(id);
        assert_eq!(log.slice(whole("a-1")).await.events, log.feed().await, "{id}");
        assert_eq!(log.head("a-1").await, 1, "{id}");
    }
}

pub(super) async fn hostile_checkpoint_names_name_just_their_checkpoint(store: Subject) {
    let log = store.log();
    log.write(append(HOSTILE_TEXTS.iter().map(|_| event("a.Kept", "a-1"))))
        .await;
    let checkpoints = &log.tenant.checkpoints;
    let feed = log.feed().await;
    let places = feed.iter().map(|event| event.position);
    let saved: Vec<_> = HOSTILE_TEXTS.iter().zip(places).collect();
    let end = log.end().await;
    for (name, position) in &saved {
        let checkpoint = Checkpoint {
            position: *position,
            ..end
        };
        checkpoints
            .save(name, checkpoint)
            .await
            .expect("it is one of this log");
    }
    for (name, position) in saved {
        let loaded = checkpoints
            .load(name)
            .await
            .expect("checkpoints should be readable");
        assert_eq!(
            loaded.map(|checkpoint| checkpoint.position),
            Some(position),
            "{name:?}"
        );
    }
}

pub(super) async fn readers_of_hostile_names_are_moved_apart(store: Subject) {
    let log = store.log();
    log.write(append([event("a.Kept", "a-1")])).await;
    let end = log.end().await;
    for name in HOSTILE_TEXTS {
        let moved = append([event("a.Kept", "a-1")]).moving(name, None, end);
        log.write(moved).await;
        let loaded = log.tenant.checkpoints.load(name).await;
        let loaded = loaded.expect("checkpoints should be readable");
        assert_eq!(loaded, Some(end), "{name:?}");
    }
}

/// Appends an event, which is either refused for what it is, or comes back as it was. Says whether it was kept.
async fn keep(log: &Log, event: NewEvent) -> bool {
    let before = log.head("a-1").await;
    match log.raw().append(append([event.clone()]).into()).await {
        Ok(_) => {
            let stored = log
                .slice(whole("a-1"))
                .await
                .events
                .pop()
                .expect("there is an event");
            assert_eq!(stored.id, event.id);
            assert_eq!(stored.payload, event.payload);
            assert_eq!(stored.metadata, event.metadata);
            assert_eq!(stored.content_type, event.content_type);
            assert_eq!(stored.schema_version, event.schema_version);
            true
        }
        Err(AppendError::Invalid(_)) => {
            assert_eq!(log.head("a-1").await, before);
            false
        }
        Err(other) => panic!("what cannot be kept should be refused for what it is: {other:?}"),
    }
}
