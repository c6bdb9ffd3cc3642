//! What became of an append is found without looking through the stream that it was meant for.

use std::sync::Arc;

use eventsourcing_core::store::{Append, Settled};
use eventsourcing_testkit::fixture::{AppendExt, append, event, new_command, only};

use crate::folder::{Folder, log};

#[tokio::test]
async fn an_append_is_found_whatever_its_conditions_said_of_its_home() {
    let folder = Folder::new();
    let log = log(&folder.open().await);
    let happened = || append([event("a.Happened", "a-1"), event("a.Happened", "b-1")]);
    let of_rare_ones = |seen| happened().if_none_of(only(&["a.Rare"]), "a-1", seen);
    let appends = [
        happened(),
        happened().if_at("a-1", 1),
        of_rare_ones(2),
        of_rare_ones(0),
        happened().if_at("b-1", 4),
        // No store has seen so many; that the stream has not moved on from there is true.
        happened().if_at("a-1", 70),
        happened().if_at("a-1", u64::MAX >> 1),
        happened().if_at("a-1", 70).if_at("a-1", 7),
        happened().under(new_command()),
    ];
    for append in appends.map(Arc::new) {
        let appended = log.append(Arc::clone(&append)).await.unwrap();
        for _ in 0..2 {
            assert_eq!(
                log.settle(Arc::clone(&append)).await.unwrap(),
                Settled::Present(appended.clone()),
                "{append:?}"
            );
        }
        let never_sent = Append {
            events: happened().events,
            ..Append::clone(&append)
        };
        if append.command.is_none() {
            assert_eq!(log.settle(never_sent.into()).await.unwrap(), Settled::Absent);
        }
    }
}

#[tokio::test]
async fn only_what_cannot_be_found_in_another_way_is_found_by_its_id() {
    let folder = Folder::new();
    let log = log(&folder.open().await);
    let three = || append((0..3).map(|_| event("a.Happened", "a-1")));
    for append in [
        three().if_absent("a-1"),
        three().under(new_command()),
        three(),
        three().if_at("a-1", 9),
    ] {
        log.append(append.into()).await.unwrap();
    }
    let by_id: String = folder
        .connect()
        .query_row(
            "select group_concat(version) from es_events where by_id is not null",
            [],
            |row| row.get(0),
        )
        .unwrap();
    assert_eq!(by_id, "7");
}
