//! What code of users does in a transaction takes effect together with the move of its reader, or not at all.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use eventsourcing_core::TenantId;
use eventsourcing_core::store::lease::{Acquired, Fence, Holder};
use eventsourcing_core::store::rows::{TableName, TableRefused, WriteRows, WriteRowsError};
use eventsourcing_core::store::sql::{SqlError, SqlPreparation};
use eventsourcing_core::store::{ErrorClass, EventStore};
use eventsourcing_core::uuid::Uuid;
use futures_util::future::{Either, join, select};
use tokio::sync::Notify;
use tokio::task::{JoinSet, yield_now};

use super::Subject;
use super::ledger::{Ledger, place};
use super::lines::{CREATE, LINES, Lines, NOTE_1, NOTE_2, NOTE_NEXT, OnPurpose, Then, of_balances};
use super::poll::poll_then_drop;
use crate::fixture::rows::{READER, balances, preparation, row};
use crate::fixture::{append, event};

pub(super) async fn tables_are_made_once(store: Subject) {
    let Some(lines) = Lines::new(&store).await else {
        return;
    };
    for runs in [1, 0, 0] {
        let mut work = lines.work([CREATE]);
        lines.make(&mut work).await;
        assert_eq!(work.runs, runs);
    }
    assert_eq!(lines.lines().await, [0_i64; 0]);
}

pub(super) async fn tables_are_made_by_one_of_many(store: Subject) {
    let Some(lines) = Lines::new(&store).await else {
        return;
    };
    let handles = handles(&store).await;
    let mut making = JoinSet::new();
    for maker in 0..6 {
        let rows = handles[maker % handles.len()].tenant(&TenantId::DEFAULT).rows;
        let store = rows.sql().expect("it has SQL, too");
        let mut work = lines.work([CREATE]);
        making.spawn(async move {
            let made = store.make(&of_balances(&[LINES]), &mut work).await;
            made.expect("one after the other");
            work.runs
        });
    }
    assert_eq!(making.join_all().await.iter().sum::<u32>(), 1);
}

pub(super) async fn a_table_that_was_not_made_is_refused_and_nothing_is_left(store: Subject) {
    let Some(lines) = Lines::new(&store).await else {
        return;
    };
    let both = of_balances(&[LINES, TableName::from_static("more_lines")]);
    let refused = lines.why_not(&both, &mut lines.work([CREATE])).await;
    assert_eq!(refused, TableRefused::NotMade);
    lines.make(&mut lines.work([CREATE, NOTE_1])).await;
    assert_eq!(lines.lines().await, [1]);
}

pub(super) async fn a_table_of_another_projection_is_refused(store: Subject) {
    let Some(lines) = Lines::made(&store).await else {
        return;
    };
    lines.ledger.prepare(&preparation("others", 1, &[])).await;
    let of_others = SqlPreparation {
        projection: preparation("others", 1, &[]).projection,
        tables: vec![LINES],
    };
    let mut work = lines.work([CREATE]);
    let refused = lines.why_not(&of_others, &mut work).await;
    let owner = balances(1).projection.name;
    assert_eq!(refused, TableRefused::BelongsTo { owner });
    assert_eq!(work.runs, 0);
}

pub(super) async fn work_that_cannot_make_its_tables_leaves_nothing(store: Subject) {
    let Some(lines) = Lines::new(&store).await else {
        return;
    };
    let mut work = lines.work([CREATE, NOTE_1]);
    work.then = Then::Fails;
    let made = lines.store.make(&of_balances(&[LINES]), &mut work).await;
    assert!(is_on_purpose(made.as_ref().err()), "{made:?}");
    lines.make(&mut lines.work([CREATE])).await;
    assert_eq!(lines.lines().await, [0_i64; 0]);
}

pub(super) async fn a_version_that_was_dropped_is_made_anew(store: Subject) {
    let Some(lines) = Lines::made(&store).await else {
        return;
    };
    let write = lines.to_write().await;
    let written = lines.write(&write, &mut lines.work([NOTE_1])).await;
    written.expect("it should be written");
    lines.ledger.activate(1).await;
    let dropped = lines.ledger.rows.drop_version(&balances(1).projection).await;
    dropped.expect("it can be dropped");
    lines.ledger.prepare(&balances(1)).await;
    lines.make(&mut lines.work([CREATE])).await;
    assert_eq!(lines.lines().await, [0_i64; 0]);
}

pub(super) async fn the_work_takes_effect_with_the_rows_and_the_place(store: Subject) {
    let Some(lines) = Lines::made(&store).await else {
        return;
    };
    for (balance, noted) in [(1, vec![1]), (2, vec![1, 2])] {
        let mut write = lines
            .ledger
            .change(vec![row("1", "alice", balance)], vec![])
            .await;
        write.to = lines.ledger.reader.at(noted.len());
        let mut work = lines.work([NOTE_NEXT]);
        let landed = lines.write(&write, &mut work).await;
        let landed = landed.expect("it should be written");
        assert_eq!(landed, write.lands_at());
        assert_eq!(work.runs, 1);
        let (rows, lines) = lines.everything().await;
        assert_eq!(rows.rows, [row("1", "alice", balance)]);
        assert_eq!(rows.places, [landed]);
        assert_eq!(lines, noted);
    }
}

pub(super) async fn work_that_fails_is_undone_with_all_that_goes_with_it(store: Subject) {
    let Some(lines) = Lines::made(&store).await else {
        return;
    };
    let mut work = lines.work([NOTE_1]);
    work.then = Then::Fails;
    let refused = lines.refused(&lines.to_write().await, &mut work).await;
    assert!(is_on_purpose(Some(&refused)), "{refused:?}");
    // What the database refuses is the fault of the work, too.
    let mut twice = lines.work([NOTE_1, NOTE_1]);
    let refused = lines.refused(&lines.to_write().await, &mut twice).await;
    assert!(matches!(refused, SqlError::Work(_)), "{refused:?}");
    let written = lines
        .write(&lines.to_write().await, &mut lines.work([NOTE_1]))
        .await;
    written.expect("nothing stands in its way");
}

pub(super) async fn what_a_deferred_constraint_finds_is_of_the_work(store: Subject) {
    const DANGLING: &str = "insert into {} (n, of_line) values (1, 2)";
    let Some(lines) = Lines::made(&store).await else {
        return;
    };
    let refused = lines
        .refused(&lines.to_write().await, &mut lines.work([DANGLING]))
        .await;
    assert!(matches!(refused, SqlError::Work(_)), "{refused:?}");
    let settled = lines
        .write(&lines.to_write().await, &mut lines.work([DANGLING, NOTE_2]))
        .await;
    settled.expect("it is looked at when everything is done");
}

pub(super) async fn a_write_from_elsewhere_is_overtaken(store: Subject) {
    let Some(lines) = Lines::made(&store).await else {
        return;
    };
    let write = lines.to_write().await;
    let saved = lines.write(&write, &mut lines.work([NOTE_1])).await;
    let saved = saved.expect("it should be written");
    match lines.refused(&write, &mut lines.work([NOTE_2])).await {
        SqlError::Store(WriteRowsError::Overtaken(overtaken)) => assert_eq!(overtaken.saved, saved),
        other => panic!("it should be overtaken, instead of {other:?}"),
    }
}

pub(super) async fn a_write_of_one_who_has_lost_the_lease_is_fenced_off(store: Subject) {
    let Some(lines) = Lines::made(&store).await else {
        return;
    };
    let leases = store.store.tenant(&TenantId::DEFAULT).leases;
    let granted = async || {
        let holder = Holder {
            id: Uuid::now_v7(),
            label: "somebody".into(),
        };
        let granted = leases
            .acquire(&[READER.into()], &holder, Duration::from_hours(1))
            .await;
        match granted.expect("leases can be asked for").as_slice() {
            [Acquired::Granted(epoch)] => Fence {
                lease: READER.into(),
                epoch: *epoch,
            },
            other => panic!("it should be free, not {other:?}"),
        }
    };
    let lost = granted().await;
    let released = leases.release(std::slice::from_ref(&lost)).await;
    released.expect("it can be released");
    let held = granted().await;
    let mut write = lines.to_write().await;
    write.fence = Some(lost);
    let refused = lines.refused(&write, &mut lines.work([NOTE_1])).await;
    assert!(
        matches!(refused, SqlError::Store(WriteRowsError::Fenced(_))),
        "{refused:?}"
    );
    write.fence = Some(held);
    let written = lines.write(&write, &mut lines.work([NOTE_1])).await;
    written.expect("it is held");
}

pub(super) async fn a_write_to_a_strange_checkpoint_is_refused(store: Subject) {
    let Some(lines) = Lines::made(&store).await else {
        return;
    };
    let reader = &lines.ledger.reader;
    for to in [
        reader.ahead(),
        reader.of_another_store(),
        reader.of_another_epoch(),
    ] {
        let write = WriteRows {
            to,
            ..lines.to_write().await
        };
        let refused = lines.refused(&write, &mut lines.work([NOTE_1])).await;
        assert!(
            matches!(refused, SqlError::Store(WriteRowsError::Checkpoint(_))),
            "{refused:?}"
        );
    }
}

pub(super) async fn a_dropped_write_is_whole_or_absent(store: Subject) {
    const POLLS: usize = 40;
    let Some(lines) = Lines::made(&store).await else {
        return;
    };
    for polls in 0..POLLS {
        let write = lines.to_write().await;
        let mut work = lines.work([NOTE_NEXT]);
        poll_then_drop(lines.write(&write, &mut work), polls).await;
        // Whoever comes next from the same place does it, or finds that it was done.
        loop {
            match lines.write(&write, &mut work).await {
                Ok(_) | Err(SqlError::Store(WriteRowsError::Overtaken(_))) => break,
                // It is about to be done, and has taken the number.
                Err(SqlError::Work(_)) => yield_now().await,
                Err(SqlError::Store(other)) => panic!("the write should not fail so: {other:?}"),
            }
        }
        let (rows, found) = lines.everything().await;
        assert_eq!(rows.places, [write.lands_at()], "dropped at poll {polls}");
        let writes = i64::try_from(polls).expect("a small number") + 1;
        assert_eq!(found, (1..=writes).collect::<Vec<_>>(), "dropped at poll {polls}");
    }
}

pub(super) async fn work_that_is_dropped_midway_is_absent(store: Subject) {
    let Some(lines) = Lines::made(&store).await else {
        return;
    };
    let before = lines.everything().await;
    for _ in 0..3 {
        let is_there = Arc::new(Notify::new());
        let mut work = lines.work([NOTE_1]);
        work.then = Then::Waits(Arc::clone(&is_there));
        let write = lines.to_write().await;
        {
            let writing = lines.write(&write, &mut work);
            match select(pin!(writing), pin!(is_there.notified())).await {
                Either::Left((written, _)) => panic!("it never ends: {written:?}"),
                Either::Right(_dropped) => {}
            }
        }
        assert_eq!(lines.everything().await, before);
    }
    lines
        .ledger
        .reader
        .log
        .write(append([event("a.Happened", "a-1")]))
        .await;
}

pub(super) async fn writers_that_race_do_nothing_twice(store: Subject) {
    const WRITES: i64 = 10;
    let Some(lines) = Lines::made(&store).await else {
        return;
    };
    let handles = handles(&store).await;
    let mut racing = JoinSet::new();
    for racer in 0..4 {
        let rows = handles[racer % handles.len()].tenant(&TenantId::DEFAULT).rows;
        let sql = rows.sql().expect("it has SQL, too");
        let mut work = lines.work([NOTE_NEXT]);
        let to = lines.ledger.reader.at(0);
        racing.spawn(async move {
            for _ in 0..WRITES {
                loop {
                    let write = WriteRows {
                        reader: READER.into(),
                        from: place(&*rows).await,
                        to,
                        fence: None,
                        changes: vec![],
                    };
                    match sql.write(&write, &mut work).await {
                        Ok(_) => break,
                        Err(SqlError::Store(error)) => match error.class() {
                            ErrorClass::Overtaken | ErrorClass::Retry => yield_now().await,
                            other => panic!("the write should not fail so: {other:?}"),
                        },
                        Err(SqlError::Work(_)) => yield_now().await,
                    }
                }
            }
        });
    }
    racing.join_all().await;
    let place = lines.ledger.place().await;
    assert_eq!(place.writes, 4 * WRITES.cast_unsigned());
    assert_eq!(lines.lines().await, (1..=4 * WRITES).collect::<Vec<_>>());
}

pub(super) async fn appends_go_on_beside_it(store: Subject) {
    const TIMES: u64 = 50;
    let Some(lines) = Lines::made(&store).await else {
        return;
    };
    let appending = async {
        for _ in 0..TIMES {
            lines
                .ledger
                .reader
                .log
                .write(append([event("b.Happened", "b-1")]))
                .await;
        }
    };
    let noting = async {
        for _ in 0..TIMES {
            let write = lines.to_write().await;
            let written = lines.write(&write, &mut lines.work([NOTE_NEXT])).await;
            written.expect("nobody is in its way");
        }
    };
    join(appending, noting).await;
    assert_eq!(lines.ledger.reader.log.head("b-1").await, TIMES);
    assert_eq!(lines.ledger.place().await.writes, TIMES);
}

pub(super) async fn whoever_opens_the_store_next_finds_the_work(store: Subject) {
    let Some(lines) = Lines::made(&store).await else {
        return;
    };
    let written = lines
        .write(&lines.to_write().await, &mut lines.work([NOTE_1]))
        .await;
    written.expect("it should be written");
    let before = lines.everything().await;
    drop(lines);
    let store = store.reopen().await;
    let ledger = Ledger::new(&store).await;
    let sql = ledger.rows.sql().expect("it has SQL");
    let lines = Lines {
        store: sql,
        sql: store.sql().expect("it has SQL"),
        ledger,
    };
    assert_eq!(lines.everything().await, before);
}

/// The store, once more as another process has it if it can be shared.
async fn handles(store: &Subject) -> Vec<Arc<dyn EventStore>> {
    let mut handles = vec![Arc::clone(&store.store)];
    if store.store.capabilities().shared {
        handles.push(store.open_again().await.store);
    }
    handles
}

fn is_on_purpose<E>(error: Option<&SqlError<E>>) -> bool {
    matches!(error, Some(SqlError::Work(error)) if error.is::<OnPurpose>())
}
