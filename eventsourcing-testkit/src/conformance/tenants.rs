//! Whatever one tenant does, the others notice nothing but positions that grow.

use std::sync::Arc;

use eventsourcing_core::store::{CommandKey, Fingerprint, ReadFeed, Settled};
use eventsourcing_core::{CommandId, RecordedEvent, Version};

use super::{Log, Subject};
use crate::fixture::{AppendExt, NewEventExt, append, event, new_command, only, read, whole};

pub(super) async fn streams_of_one_name_are_apart(store: Subject) {
    let (a, b) = (store.tenant("a"), store.tenant("b"));
    a.write(append([event("x.One", "s-1"), event("x.Two", "s-1")]))
        .await;
    b.write(append([event("x.Three", "s-1")])).await;
    assert_eq!(a.types("s-1").await, ["x.One", "x.Two"]);
    assert_eq!(b.types("s-1").await, ["x.Three"]);
    let stored = b.slice(whole("s-1")).await.events.remove(0);
    assert_eq!(
        (stored.home.version, &stored.tenant),
        (Version::FIRST, &b.tenant.tenant)
    );
}

pub(super) async fn events_of_another_tenant_do_not_conflict(store: Subject) {
    let (a, b) = (store.tenant("a"), store.tenant("b"));
    a.write(append([event("x.One", "s-1"), event("x.Two", "s-1")]))
        .await;
    b.write(append([event("x.One", "s-1")]).if_absent("s-1")).await;
    b.write(append([event("x.Two", "s-1")]).if_none_of(only(&["x.Two"]), "s-1", 1))
        .await;
    a.conflict(append([]).if_at("s-1", 1)).await;
}

pub(super) async fn links_stay_within_the_tenant(store: Subject) {
    let (a, b) = (store.tenant("a"), store.tenant("b"));
    a.write(append([event("x.Moved", "s-1").linked_to("s-2")])).await;
    assert_eq!((b.head("s-1").await, b.head("s-2").await), (0, 0));
}

pub(super) async fn a_tenant_that_has_done_nothing_is_empty(store: Subject) {
    let (a, fresh) = (store.tenant("a"), store.tenant("fresh"));
    let command = new_command();
    a.write(append([event("x.One", "s-1").linked_to("t-1")]).under(command))
        .await;
    let mut first = read([whole("s-1"), whole("t-1")]);
    first.command = Some(command);
    let found = fresh.raw().read_streams(&first).await.expect("it is readable");
    assert_eq!((found.repeated, found.dictionary.0), (None, 0));
    for slice in found.slices {
        assert_eq!((slice.head, slice.events.len()), (Version::ABSENT, 0));
    }
    fresh
        .write(append([event("x.One", "s-1")]).if_absent("s-1").under(command))
        .await;
    assert_eq!(fresh.types("s-1").await, ["x.One"]);
}

pub(super) async fn a_command_id_is_free_for_another_tenant(store: Subject) {
    let (a, b) = (store.tenant("a"), store.tenant("b"));
    let command = new_command();
    let mut other_command = command;
    other_command.fingerprint = Fingerprint::of("test.Another", b"{}");
    a.write(append([event("x.One", "s-1")]).under(command)).await;
    for key in [command, other_command] {
        let mut lookup = read([]);
        lookup.command = Some(key);
        let found = b.raw().read_streams(&lookup).await.expect("the id is free");
        assert_eq!(found.repeated, None);
    }
    let outcome = b
        .write(append([event("x.One", "s-1")]).under(other_command))
        .await;
    assert!(!outcome.repeated);
}

pub(super) async fn an_event_id_is_free_for_another_tenant(store: Subject) {
    let (a, b) = (store.tenant("a"), store.tenant("b"));
    let event = event("x.One", "s-1");
    a.write(append([event.clone()])).await;
    b.write(append([event])).await;
    assert_eq!((a.head("s-1").await, b.head("s-1").await), (1, 1));
}

pub(super) async fn an_append_of_another_tenant_is_not_found_when_settling(store: Subject) {
    let (a, b) = (store.tenant("a"), store.tenant("b"));
    let append = Arc::new(append([event("x.One", "s-1")]).under(new_command()));
    a.write(Arc::clone(&append)).await;
    assert_eq!(b.settle(&append).await, Settled::Absent);
    assert!(matches!(a.settle(&append).await, Settled::Present(_)));
}

pub(super) async fn a_feed_holds_the_events_of_its_tenant_alone(store: Subject) {
    let (a, b) = (store.tenant("a"), store.tenant("b"));
    for _ in 0..3 {
        a.write(append([event("x.Mine", "s-1")])).await;
        b.write(append([event("x.Theirs", "s-1"), event("x.Theirs", "s-2")]))
            .await;
    }
    let (of_a, of_b) = (a.feed().await, b.feed().await);
    assert!(
        of_a.iter()
            .all(|event| event.tenant == a.tenant.tenant && event.event_type == *"x.Mine")
    );
    assert_eq!((of_a.len(), of_b.len()), (3, 6));
}

pub(super) async fn a_feed_gets_past_events_of_other_tenants(store: Subject) {
    let (a, b) = (store.tenant("a"), store.tenant("b"));
    a.write(append([event("x.Mine", "s-1")])).await;
    let theirs = b.write(append([event("x.Theirs", "s-1")])).await;
    let pages = a.pages(ReadFeed::after(None)).await;
    assert_eq!(
        pages.last().map(|page| page.scanned_to.position),
        Some(theirs.position)
    );
    let nothing = a.write(append([])).await;
    assert_eq!(nothing.position, theirs.position);
}

pub(super) async fn positions_grow_over_all_tenants(store: Subject) {
    let logs = [store.tenant("a"), store.tenant("b"), store.log()];
    let mut last = store.log().end().await.position;
    for log in logs.iter().cycle().take(9) {
        let appended = log.write(append([event("x.Happened", "s-1")])).await;
        assert!(appended.position > last);
        last = appended.position;
    }
}

pub(super) async fn dictionaries_are_apart(store: Subject) {
    let (a, b) = (store.tenant("a"), store.tenant("b"));
    a.write(append([event("x.Mine", "s-1"), event("x.Both", "s-1")]))
        .await;
    b.write(append([event("x.Both", "s-1")])).await;
    assert_eq!(a.dictionary("s").await, ["x.Both", "x.Mine"]);
    assert_eq!(b.dictionary("s").await, ["x.Both"]);
    assert_eq!(
        (a.read([]).await.dictionary.0, b.read([]).await.dictionary.0),
        (2, 1)
    );
}

pub(super) async fn checkpoints_are_apart(store: Subject) {
    let (a, b) = (store.tenant("a"), store.tenant("b"));
    a.write(append([event("x.One", "s-1")])).await;
    let end = a.end().await;
    a.tenant
        .checkpoints
        .save("reader", end)
        .await
        .expect("it is the end of the log");
    let load = async |log: &Log| {
        log.tenant
            .checkpoints
            .load("reader")
            .await
            .expect("checkpoints should load")
    };
    assert_eq!(load(&b).await, None);
    b.tenant
        .checkpoints
        .forget("reader")
        .await
        .expect("there is nothing to forget");
    assert_eq!(load(&a).await, Some(end));
}

pub(super) async fn a_tenant_notices_nothing_of_another(store: Subject) {
    let quiet = store.another().await;
    let alone = a_day(&quiet.tenant("a"), None).await;
    let beside = a_day(&store.tenant("a"), Some(&store.tenant("b"))).await;
    quiet.remove().await;
    assert_eq!(alone, beside);
}

/// What a tenant can observe of its own work, while a neighbour does the same under the same names and ids.
async fn a_day(log: &Log, neighbour: Option<&Log>) -> Vec<String> {
    let mut seen = Vec::new();
    for (command, at) in [("first", 0), ("second", 1), ("first", 0), ("third", 1)] {
        let work = append([event("x.One", "s-1").linked_to("t-1"), event("x.Two", "s-2")])
            .under(fixed_command(command));
        if let Some(neighbour) = neighbour {
            neighbour
                .write(append([event("x.Theirs", "s-1"), event("y.Theirs", "t-1")]))
                .await;
            neighbour.write(work.clone()).await;
        }
        let outcome = log.raw().append(work.if_at("s-1", at).into()).await;
        seen.push(format!(
            "{:?}",
            outcome.map(|done| (done.repeated, places(&done.events)))
        ));
        let read = log.read([whole("s-1"), whole("s-2"), whole("t-1")]).await;
        seen.extend(
            read.slices
                .iter()
                .map(|slice| format!("{} {:?}", slice.head, places(&slice.events))),
        );
        seen.push(format!("{:?} {:?}", read.dictionary, log.dictionary("s").await));
        seen.push(format!("{:?}", places(&log.feed().await)));
    }
    seen
}

fn fixed_command(key: &str) -> CommandKey {
    CommandKey {
        id: CommandId::from_key(key),
        ..new_command()
    }
}

fn places(events: &[Arc<RecordedEvent>]) -> Vec<String> {
    let place = |event: &Arc<RecordedEvent>| {
        format!("{} {:?}", event.event_type, event.streams().collect::<Vec<_>>())
    };
    events.iter().map(place).collect()
}
