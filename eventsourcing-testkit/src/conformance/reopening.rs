//! What was acknowledged is there for whoever opens the store next, and for whoever has it open as well.

use tokio::task::JoinSet;

use super::{Log, Subject};
use crate::fixture::{AppendExt, append, event, new_command};

pub(super) async fn whoever_opens_the_store_next_finds_everything(store: Subject) {
    let command = new_command();
    let log = store.log();
    let first = log
        .write(append([event("a.One", "a-1"), event("b.One", "b-1")]).under(command))
        .await;
    let end = log.end().await;
    log.tenant
        .checkpoints
        .save("reader", end)
        .await
        .expect("it is the end of the log");
    drop(log);

    let store = store.reopen().await;
    let log = store.log();
    assert_eq!(log.feed().await, first.events);
    assert_eq!(log.end().await, end);
    assert_eq!(log.dictionary("a").await, ["a.One"]);
    assert_eq!(log.read([]).await.dictionary.0, 2);
    assert_eq!(
        log.tenant
            .checkpoints
            .load("reader")
            .await
            .expect("it should load"),
        Some(end)
    );
    let repeated = log.write(append([event("a.One", "a-1")]).under(command)).await;
    assert!(repeated.repeated);
    assert_eq!(repeated.events, first.events);
    let second = log.write(append([event("a.Two", "a-1")]).if_at("a-1", 1)).await;
    assert!(second.position > first.position);
}

pub(super) async fn whoever_shares_the_store_sees_what_the_other_writes(store: Subject) {
    let Some((ours, theirs)) = shared(&store).await else {
        return;
    };
    for round in 0..10 {
        ours.write(append([event("a.Ours", "a-1")]).if_at("a-1", 2 * round))
            .await;
        theirs.conflict(append([]).if_at("a-1", 2 * round)).await;
        theirs
            .write(append([event("a.Theirs", "a-1")]).if_at("a-1", 2 * round + 1))
            .await;
        assert_eq!(ours.head("a-1").await, 2 * round + 2);
    }
    assert_eq!(ours.feed().await, theirs.feed().await);
    assert_eq!(ours.dictionary("a").await, theirs.dictionary("a").await);
}

pub(super) async fn whoever_shares_the_store_is_woken_by_the_other(store: Subject) {
    let Some((ours, theirs)) = shared(&store).await else {
        return;
    };
    let end = theirs.end().await.position;
    let mut waiter = JoinSet::new();
    waiter.spawn(async move { theirs.wait_beyond(end).await });
    let appended = ours.write(append([event("a.Ours", "a-1")])).await;
    assert_eq!(waiter.join_all().await, [appended.position]);
}

pub(super) async fn whoever_shares_the_store_loses_no_update(store: Subject) {
    let Some((ours, theirs)) = shared(&store).await else {
        return;
    };
    let mut writers = JoinSet::new();
    for log in [ours.clone(), theirs, ours.clone()] {
        writers.spawn(async move {
            let mut written = 0;
            while written < 20 {
                let head = log.head("a-1").await;
                let next = append([event("a.Counted", "a-1")]).if_at("a-1", head);
                written += u64::from(log.insist(next).await.is_ok());
            }
        });
    }
    writers.join_all().await;
    assert_eq!(ours.head("a-1").await, 60);
}

/// Two handles as two processes have them, of a store that can be shared.
async fn shared(store: &Subject) -> Option<(Log, Log)> {
    if store.store.capabilities().shared {
        Some((store.log(), store.open_again().await.log()))
    } else {
        None
    }
}
