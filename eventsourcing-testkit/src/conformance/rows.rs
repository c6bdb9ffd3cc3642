//! Rows are written together with the place of their reader, or not at all, and come back as they were.

use std::sync::Arc;

use eventsourcing_core::TenantId;
use eventsourcing_core::store::rows::{Place, RowsRead, TableChange, Value, WriteRows, WriteRowsError};
use eventsourcing_core::store::{Checkpoint, CheckpointRefused, ErrorClass, TenantStore};
use tokio::task::JoinSet;

use super::ledger::{Ledger, count, everything, integer, place};
use super::poll::poll_then_drop;
use super::{Reader, Subject};
use crate::fixture::rows::{BALANCES, CLOSED, READER, balances, first, key, row};
use crate::fixture::{AppendExt, append, event};

pub(super) async fn what_is_put_is_loaded_by_its_key(store: Subject) {
    let ledger = Ledger::prepared(&store).await;
    ledger.put([row("1", "alice", 1), row("2", "bob", 2)]).await;
    let keys = ["2", "3", "1", "2"].map(key);
    let bob = Some(row("2", "bob", 2));
    let expected = [bob.clone(), None, Some(row("1", "alice", 1)), bob];
    assert_eq!(ledger.load(&keys).await, expected);
    assert!(ledger.load(&[]).await.is_empty());
}

pub(super) async fn a_row_takes_the_place_of_the_one_with_its_key(store: Subject) {
    let ledger = Ledger::prepared(&store).await;
    ledger.put([row("1", "alice", 1), row("2", "bob", 2)]).await;
    let without_owner = vec!["1".into(), Value::Null, 3.into()];
    ledger.put([without_owner.clone(), row("3", "carol", 0)]).await;
    let expected = [without_owner, row("2", "bob", 2), row("3", "carol", 0)];
    assert_eq!(ledger.everything().await.rows, expected);
}

pub(super) async fn a_row_that_is_removed_is_gone(store: Subject) {
    let ledger = Ledger::prepared(&store).await;
    ledger
        .put(["1", "2", "3"].map(|account| row(account, "alice", 1)))
        .await;
    ledger.remove(["2", "4"].map(key)).await;
    assert_eq!(ledger.load(&[key("2")]).await, [None]);
    let both = ledger.change(vec![row("2", "bob", 2)], vec![key("1")]).await;
    ledger.write(both).await;
    let expected = [row("2", "bob", 2), row("3", "alice", 1)];
    assert_eq!(ledger.everything().await.rows, expected);
}

pub(super) async fn several_tables_are_written_at_once(store: Subject) {
    let ledger = Ledger::prepared(&store).await;
    let mut write = ledger.change(vec![row("1", "alice", 1)], vec![]).await;
    let of_keys = |put, remove| TableChange {
        table: first(&CLOSED),
        put,
        remove,
    };
    write.changes.push(of_keys(vec![key("1"), key("2")], vec![]));
    ledger.write(write).await;
    let mut write = ledger.change(vec![], vec![key("1")]).await;
    write
        .changes
        .push(of_keys(vec![key("2"), key("3")], vec![key("1")]));
    ledger.write(write).await;
    assert!(ledger.everything().await.rows.is_empty());
    let keys = ["1", "2", "3"].map(key);
    let closed = ledger.rows.load(first(&CLOSED), &keys).await;
    let closed = closed.expect("they should be readable");
    assert_eq!(closed, [None, Some(key("2")), Some(key("3"))]);
}

pub(super) async fn a_write_moves_the_reader(store: Subject) {
    let ledger = Ledger::prepared(&store).await;
    for (writes, event) in (1..).zip(0..3) {
        let mut write = ledger.change(vec![row("1", "alice", writes)], vec![]).await;
        write.to = ledger.reader.at(event);
        let landed = ledger.write(write).await;
        assert_eq!(landed.checkpoint, Some(ledger.reader.at(event)));
        assert_eq!(landed.writes, writes.cast_unsigned());
        assert_eq!(ledger.place().await, landed);
        let checkpoint = ledger.reader.log.tenant.checkpoints.load(READER).await;
        assert_eq!(checkpoint.expect("it can be loaded"), landed.checkpoint);
    }
}

pub(super) async fn a_write_of_nothing_moves_the_reader(store: Subject) {
    let ledger = Ledger::new(&store).await;
    let mut nothing = ledger.change(vec![], vec![]).await;
    nothing.changes.clear();
    nothing.to = ledger.reader.at(2);
    let landed = ledger.write(nothing).await;
    assert_eq!(ledger.place().await, landed);
    assert_eq!(landed.checkpoint, Some(ledger.reader.at(2)));
}

pub(super) async fn a_write_may_leave_the_checkpoint_where_it_is(store: Subject) {
    let ledger = Ledger::prepared(&store).await;
    let before = ledger.put([row("1", "alice", 1)]).await;
    let after = ledger.put([row("1", "alice", 2)]).await;
    assert_eq!(after.checkpoint, before.checkpoint);
    assert_ne!(after, before);
}

pub(super) async fn a_write_from_elsewhere_is_overtaken(store: Subject) {
    let ledger = Ledger::prepared(&store).await;
    ledger.put([row("1", "alice", 1)]).await;
    let saved = ledger.put([row("1", "alice", 2)]).await;
    let elsewhere = [
        Place::START,
        Place { writes: 1, ..saved },
        Place { writes: 3, ..saved },
        Place {
            checkpoint: None,
            ..saved
        },
        at(saved, ledger.reader.at(1)),
        at(saved, ledger.reader.of_another_epoch()),
    ];
    for from in elsewhere {
        overtaken(&ledger, from, saved).await;
    }
    let stranger = WriteRows {
        reader: "projection/balances@1/1".into(),
        ..ledger.change(vec![], vec![]).await
    };
    assert!(matches!(
        ledger.refused(stranger).await,
        WriteRowsError::Overtaken(_)
    ));
}

fn at(place: Place, checkpoint: Checkpoint) -> Place {
    Place {
        checkpoint: Some(checkpoint),
        ..place
    }
}

/// Writes from where the reader is not.
async fn overtaken(ledger: &Ledger, from: Place, saved: Place) {
    let late = WriteRows {
        from,
        to: ledger.reader.at(2),
        ..ledger.change(vec![row("1", "alice", 9)], vec![]).await
    };
    let refused = ledger.refused(late).await;
    assert_eq!(refused.class(), ErrorClass::Overtaken);
    assert!(
        matches!(&refused, WriteRowsError::Overtaken(told)
            if told.expected == from && told.saved == saved && &*told.reader == READER),
        "{refused:?}"
    );
}

pub(super) async fn a_write_that_is_repeated_is_overtaken(store: Subject) {
    let ledger = Ledger::prepared(&store).await;
    for balance in [1, 2] {
        let write = ledger.change(vec![row("1", "alice", balance)], vec![]).await;
        let landed = ledger.write(write.clone()).await;
        let again = ledger.refused(write).await;
        assert!(
            matches!(&again, WriteRowsError::Overtaken(told) if told.saved == landed),
            "{again:?}"
        );
    }
}

pub(super) async fn what_moves_the_reader_otherwise_counts(store: Subject) {
    let ledger = Ledger::prepared(&store).await;
    let reader = &ledger.reader;
    let written = ledger.put([row("1", "alice", 1)]).await;
    let checkpoints = &reader.log.tenant.checkpoints;
    let saved = checkpoints.save(READER, reader.at(1)).await;
    saved.expect("it is later");
    let saved = at(written, reader.at(1));
    assert_eq!(ledger.place().await, saved);
    overtaken(&ledger, written, saved).await;

    let caused = append([event("a.Caused", "caused-1")]);
    reader
        .log
        .write(caused.moving(READER, Some(reader.at(1)), reader.at(2)))
        .await;
    let moved = at(written, reader.at(2));
    assert_eq!(ledger.place().await, moved);
    overtaken(&ledger, saved, moved).await;

    checkpoints.forget(READER).await.expect("it can be forgotten");
    assert_eq!(ledger.place().await, Place::START);
    overtaken(&ledger, moved, Place::START).await;
    ledger.put([row("1", "alice", 2)]).await;
}

pub(super) async fn a_reader_of_rows_moves_within_its_log_alone(store: Subject) {
    let ledger = Ledger::prepared(&store).await;
    let reader = &ledger.reader;
    for (strange, from) in [
        (reader.of_another_store(), None),
        (reader.of_another_epoch(), None),
        (reader.ahead(), None),
        (
            reader.ahead(),
            Some(Place {
                writes: 7,
                ..Place::START
            }),
        ),
    ] {
        let refused = checkpoint_refused(&ledger, strange, from).await;
        let expected = match refused {
            CheckpointRefused::OtherStore { .. } => strange.store != reader.at(0).store,
            CheckpointRefused::AheadOfLog { position, head } => {
                position == strange.position && head == reader.at(2).position
            }
            _ => false,
        };
        assert!(expected, "{refused:?}");
    }
    let mut forth = ledger.change(vec![], vec![]).await;
    forth.to = reader.at(2);
    ledger.write(forth).await;
    let expected = CheckpointRefused::Backwards {
        position: reader.at(1).position,
        saved: reader.at(2).position,
    };
    assert_eq!(checkpoint_refused(&ledger, reader.at(1), None).await, expected);
}

async fn checkpoint_refused(ledger: &Ledger, to: Checkpoint, from: Option<Place>) -> CheckpointRefused {
    let here = ledger.change(vec![row("1", "alice", 1)], vec![]).await;
    let strange = WriteRows {
        to,
        from: from.unwrap_or(here.from),
        ..here
    };
    let refused = ledger.refused(strange).await;
    assert_eq!(refused.class(), ErrorClass::Rejected);
    match refused {
        WriteRowsError::Checkpoint(refused) => refused,
        other => panic!("the checkpoint should be refused for what it is, not {other:?}"),
    }
}

pub(super) async fn rows_and_places_of_tenants_are_apart(store: Subject) {
    let ledger = Ledger::prepared(&store).await;
    let theirs = store.tenant("theirs").tenant.rows;
    ledger.put([row("1", "alice", 1)]).await;
    let before = ledger.everything().await;
    let nothing = everything(&*theirs).await;
    assert!(nothing.rows.is_empty() && nothing.places == [Place::START]);
    let of_theirs = |put, remove| WriteRows {
        reader: READER.into(),
        from: Place::START,
        to: ledger.reader.at(1),
        fence: None,
        changes: vec![TableChange {
            table: first(&BALANCES),
            put,
            remove,
        }],
    };
    let remove = of_theirs(vec![], vec![key("1")]);
    let landed = theirs
        .write(Arc::new(remove))
        .await
        .expect("it is their own reader");
    assert_eq!(ledger.everything().await, before);
    let put = WriteRows {
        from: landed,
        ..of_theirs(vec![row("1", "bob", 2)], vec![])
    };
    theirs.write(Arc::new(put)).await.expect("it is their own row");
    assert_eq!(ledger.everything().await, before);
    assert_eq!(everything(&*theirs).await.rows, [row("1", "bob", 2)]);
    let loaded = theirs.load(first(&BALANCES), &[key("1")]).await;
    assert_eq!(loaded.expect("it should be readable"), [Some(row("1", "bob", 2))]);
}

pub(super) async fn whoever_opens_the_store_next_finds_the_rows(store: Subject) {
    let ledger = Ledger::prepared(&store).await;
    ledger.put([row("1", "alice", 1), row("2", "bob", 2)]).await;
    ledger.remove([key("2")]).await;
    let before = ledger.everything().await;
    drop(ledger);
    let opened = store.reopen().await;
    let rows = opened.log().tenant.rows;
    assert_eq!(everything(&*rows).await, before);
    rows.prepare(&balances(1)).await.expect("it is as it was");
    assert_eq!(everything(&*rows).await, before);
}

/// A dropped write may still be on its way when the next call is made: it comes first, or never.
pub(super) async fn a_dropped_write_is_whole_or_absent(store: Subject) {
    let ledger = Ledger::prepared(&store).await;
    let tenant = store.store.tenant(&TenantId::DEFAULT);
    for polls in 0..20 {
        let seen = ledger.everything().await;
        let balance = seen.rows.first().map_or(0, |row| integer(&row[2]));
        let mut write = ledger.change(vec![row("1", "nobody", balance + 1)], vec![]).await;
        write.from = seen.places[0];
        let answer = poll_then_drop(ledger.rows.write(Arc::new(write)), polls).await;
        poll_then_drop(ledger.rows.load(first(&BALANCES), &[key("1")]), polls).await;
        poll_then_drop(ledger.rows.place(READER), polls).await;
        let after = ledger.everything().await;
        assert!(answer.is_none() || after != seen, "what was answered is there");
        count(&tenant, &ledger.reader, "1").await;
        let RowsRead { rows, places } = ledger.everything().await;
        assert_eq!(
            integer(&rows[0][2]).cast_unsigned(),
            places[0].writes,
            "dropped at poll {polls}"
        );
    }
}

pub(super) async fn writers_that_race_lose_no_update(store: Subject) {
    let ledger = Ledger::prepared(&store).await;
    let theirs = if store.store.capabilities().shared {
        store.open_again().await.log().tenant
    } else {
        store.log().tenant
    };
    race(&ledger, [store.log().tenant, theirs]).await;
}

async fn race(ledger: &Ledger, tenants: [TenantStore; 2]) {
    const WRITES: usize = 20;
    let reader = Arc::new(Reader::of(&ledger.reader));
    let mut writers = JoinSet::new();
    for writer in 0..6 {
        let (tenant, reader) = (tenants[writer % 2].clone(), Arc::clone(&reader));
        writers.spawn(async move {
            for _ in 0..WRITES {
                count(&tenant, &reader, "1").await;
            }
        });
    }
    writers.join_all().await;
    let counted = ledger.load(&[key("1")]).await.remove(0).expect("it was counted");
    assert_eq!(counted[2], Value::Integer(6 * 20));
    assert_eq!(place(&*tenants[1].rows).await.writes, 6 * 20);
}
