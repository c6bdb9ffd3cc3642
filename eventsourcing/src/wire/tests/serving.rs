//! The whole service through a protocol, both ways.

use std::future::{pending, ready};
use std::num::NonZeroUsize;
use std::time::Duration;

use serde_json::json;

use super::app::{Failing, builder, command, wipe, write};
use crate::bus::Bus;
use crate::environment::Environment;
use crate::memory::MemoryStore;
use crate::store::{AppendError, FeedFilter};
use crate::wire::{CommandResult, Dispatcher, MemoryProtocol, Serve, WireCommand, serve};
use crate::{TenantId, Version};

#[tokio::test]
async fn commands_come_in_and_results_and_events_go_out() {
    let store = MemoryStore::new();
    let bus = Bus::new(store.clone(), &Environment::default());
    let events = bus.subscribe(&TenantId::DEFAULT, None, FeedFilter::ALL);
    let (protocol, client, mut published) = MemoryProtocol::new();
    let serving = serve(
        protocol,
        builder(store).build(),
        Serve::default().with_events(events),
        pending(),
    );
    let using = async move {
        for command in [write(1, "one"), write(1, ""), wipe(1, 2)] {
            let result = client.send(&command).await.expect("an answer");
            assert_eq!(result.is_success(), command != write(1, ""));
        }
        let hostile = client.send_json("{").await;
        assert!(matches!(hostile, Some(CommandResult::Invalid { .. })));
        let mut types = Vec::new();
        for _ in 0..2 {
            types.push(published.next().await.expect("an event").event_type.to_string());
        }
        types
    };
    // The client is dropped, so there are no more commands, and the service comes to its end.
    let (served, types) = tokio::join!(serving, using);
    served.expect("it was served");
    assert_eq!(types, ["note.Written", "note.Wiped"]);
}

#[tokio::test]
async fn what_is_under_way_at_shutdown_is_brought_to_its_end() {
    let store = MemoryStore::new();
    let bus = Bus::new(store.clone(), &Environment::default());
    let events = bus.subscribe(&TenantId::DEFAULT, None, FeedFilter::ALL);
    let (protocol, client, mut published) = MemoryProtocol::new();
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let serving = serve(
        protocol,
        builder(store).build(),
        Serve::default()
            .with_concurrency(NonZeroUsize::MIN)
            .with_events(events),
        async {
            let _ = stopped.await;
        },
    );
    let using = async {
        let result = client.send(&write(1, "one")).await;
        stop.send(()).expect("the service runs");
        result
    };
    let (served, result) = tokio::join!(serving, using);
    served.expect("it was served");
    assert!(result.expect("an answer").is_success());
    assert_eq!(published.next().await.expect("an event").home.stream, "note-1");
    assert_eq!(client.send(&write(1, "two")).await, None);
}

#[tokio::test]
async fn a_service_that_is_to_stop_takes_nothing_more() {
    let (protocol, client, _events) = MemoryProtocol::new();
    let dispatcher = builder(MemoryStore::new()).build();
    serve(protocol, dispatcher, Serve::default(), ready(()))
        .await
        .expect("it was served");
    assert_eq!(client.send(&write(1, "one")).await, None);
}

/// What comes of the last of some commands.
async fn last_of(dispatcher: Dispatcher, commands: Vec<WireCommand>) -> CommandResult {
    let (protocol, client, _events) = MemoryProtocol::new();
    let using = async move {
        let mut last = None;
        for command in commands {
            last = client.send(&command).await;
        }
        last.expect("an answer")
    };
    let (served, last) = tokio::join!(serve(protocol, dispatcher, Serve::default(), pending()), using);
    served.expect("it was served");
    last
}

#[tokio::test]
async fn every_class_of_result_comes_through_a_protocol() {
    let usual = || builder(MemoryStore::new()).build();
    let full = builder(MemoryStore::new()).max_in_flight(0).build();
    let cut_off = builder(Failing(|| AppendError::UnknownOutcome("line cut".into()))).build();
    let mut conflicting = write(1, "two");
    conflicting.metadata.expected_version = Some(Version::new(3));
    let mut hasty = write(1, "one");
    hasty.metadata.deadline = Some(Duration::ZERO);

    for (dispatcher, commands, expected) in [
        (usual(), vec![write(1, "one"), wipe(1, 2)], "success"),
        (usual(), vec![wipe(1, 2)], "rejected"),
        (usual(), vec![write(1, "one"), conflicting], "conflict"),
        (usual(), vec![command("Wipe", &json!({ "note": -1 }))], "invalid"),
        (usual(), vec![command("Swipe", &json!({}))], "unknown_command"),
        (full, vec![write(1, "one")], "overloaded"),
        (usual(), vec![hasty], "unavailable"),
        (cut_off, vec![write(1, "one")], "unknown_outcome"),
        (usual(), vec![write(1, "panic")], "failed"),
    ] {
        assert_eq!(last_of(dispatcher, commands).await.name(), expected);
    }
}
