//! The tables of projections: made once, for each version anew, and for everybody.

use std::sync::Arc;

use eventsourcing_core::store::rows::{
    Column, ColumnName, ColumnType, Place, PrepareError, Prepared, ProjectionFingerprint, ReadRows,
    ReadRowsError, Table, TableName, TableRefused, TableVersion, Value, WriteRows, WriteRowsError,
};
use eventsourcing_core::store::{CheckpointStore, ErrorClass};
use tokio::task::JoinSet;

use super::Subject;
use super::ledger::Ledger;
use crate::fixture::rows::{
    BALANCE, BALANCES, CLOSED, FINGERPRINT, READER, balances, first, key, of_version, preparation, row,
    version,
};

pub(super) async fn a_version_that_is_prepared_has_empty_tables(store: Subject) {
    let ledger = Ledger::prepared(&store).await;
    for table in [&BALANCES, &CLOSED] {
        let read = ledger.read(&ReadRows::all(first(table))).await;
        assert!(read.rows.is_empty());
    }
    assert_eq!(ledger.place().await, Place::START);
}

pub(super) async fn preparing_again_changes_nothing(store: Subject) {
    let ledger = Ledger::prepared(&store).await;
    ledger.put([row("1", "alice", 1)]).await;
    let before = ledger.everything().await;
    let mut again = balances(1);
    again.fingerprint = ProjectionFingerprint(7);
    let first = Prepared {
        fingerprint: FINGERPRINT,
        slices: version(1),
        active: None,
    };
    assert_eq!(ledger.prepare(&again).await, first);
    assert_eq!(ledger.everything().await, before);
}

pub(super) async fn a_fingerprint_comes_back_whatever_it_is(store: Subject) {
    let ledger = Ledger::new(&store).await;
    for (number, fingerprint) in
        (1..).zip([0, 1, u64::MAX, i64::MAX.cast_unsigned(), i64::MIN.cast_unsigned()])
    {
        let mut prepared = balances(number);
        prepared.fingerprint = ProjectionFingerprint(fingerprint);
        for _ in 0..2 {
            assert_eq!(ledger.prepare(&prepared).await.fingerprint.0, fingerprint);
        }
    }
}

pub(super) async fn the_number_of_slices_comes_back_as_it_was_at_first(store: Subject) {
    let ledger = Ledger::new(&store).await;
    for (number, slices) in (1..).zip([1, 8, u32::MAX]) {
        for later in [slices, 5] {
            let mut prepared = balances(number);
            prepared.slices = version(later);
            assert_eq!(ledger.prepare(&prepared).await.slices, version(slices));
        }
    }
}

pub(super) async fn a_version_is_active_once_it_is_activated_until_another_is(store: Subject) {
    let ledger = Ledger::new(&store).await;
    assert_eq!(ledger.active().await, None, "nothing is prepared");
    for number in [2, 1, 3] {
        assert_eq!(ledger.prepare(&balances(number)).await.active, None);
    }
    ledger.prepare(&preparation("others", 1, &[])).await;
    assert_eq!(ledger.active().await, None, "nothing was activated");
    for number in [2, 2, 3, 1] {
        ledger.activate(number).await;
        assert_eq!(ledger.active().await, Some(version(number)));
        assert_eq!(ledger.prepare(&balances(1)).await.active, Some(version(number)));
    }
    let others = preparation("others", 1, &[]);
    assert_eq!(
        ledger.prepare(&others).await.active,
        None,
        "it is another projection"
    );
}

pub(super) async fn which_version_is_active_is_the_same_for_all_tenants(store: Subject) {
    let ledger = Ledger::prepared(&store).await;
    ledger.activate(1).await;
    let mut handles = vec![Arc::clone(&store.store)];
    if store.store.capabilities().shared {
        handles.push(store.open_again().await.store);
    }
    for store in handles {
        let theirs = store.tenant(&super::ledger::tenant(1)).rows;
        let active = theirs.active(&balances(1).projection.name).await;
        assert_eq!(active.expect("it can be asked for"), Some(version(1)));
    }
}

pub(super) async fn a_version_that_is_not_prepared_is_not_activated(store: Subject) {
    let ledger = Ledger::prepared(&store).await;
    for unknown in [balances(2), preparation("others", 1, &[])] {
        let refused = ledger.rows.activate(&unknown.projection).await;
        let refused = refused.expect_err("it has not been prepared");
        assert_eq!(refused.class(), ErrorClass::Rejected);
        assert!(matches!(refused, PrepareError::NotPrepared { .. }), "{refused:?}");
    }
    assert_eq!(ledger.active().await, None);
}

pub(super) async fn a_version_may_have_other_columns_and_tables_than_another(store: Subject) {
    const NOTE: ColumnName = ColumnName::from_static("note");
    static OTHER: Table = Table::new(
        TableName::from_static("balances"),
        &[Column::required(NOTE, ColumnType::Text)],
        &[],
        &[],
    );
    let ledger = Ledger::prepared(&store).await;
    ledger.put([row("1", "alice", 1)]).await;
    let second = preparation("balances", 2, &[&OTHER]);
    ledger.prepare(&second).await;
    let found = ledger.read(&ReadRows::all(of_version(&OTHER, 2))).await;
    assert!(found.rows.is_empty());
    for active in [&second, &balances(1), &second] {
        ledger
            .rows
            .activate(&active.projection)
            .await
            .expect("it was prepared");
        assert_eq!(ledger.everything().await.rows, [row("1", "alice", 1)]);
    }
}

pub(super) async fn a_table_with_other_columns_is_refused(store: Subject) {
    static OTHER: Table = Table::new(
        TableName::from_static("balances"),
        &[Column::required(
            ColumnName::from_static("account"),
            ColumnType::Text,
        )],
        &[Column::required(BALANCE, ColumnType::Integer)],
        &[],
    );
    let ledger = Ledger::prepared(&store).await;
    let refused = refused(&ledger, "balances", &[&OTHER]).await;
    assert_eq!(refused, TableRefused::OtherColumns);
}

pub(super) async fn a_table_may_have_other_indexes_than_before(store: Subject) {
    static OTHER: Table = Table::new(
        TableName::from_static("closed"),
        &[Column::required(
            ColumnName::from_static("account"),
            ColumnType::Text,
        )],
        &[],
        &[&[ColumnName::from_static("account")]],
    );
    let ledger = Ledger::prepared(&store).await;
    for _ in 0..2 {
        ledger.prepare(&preparation("balances", 1, &[&OTHER])).await;
    }
    ledger.prepare(&balances(1)).await;
}

pub(super) async fn a_table_that_comes_later_is_refused(store: Subject) {
    let ledger = Ledger::new(&store).await;
    ledger.prepare(&preparation("balances", 1, &[&CLOSED])).await;
    let refused = refused(&ledger, "balances", &[&CLOSED, &BALANCES]).await;
    assert_eq!(refused, TableRefused::Added);
    not_there(&ledger, first(&BALANCES)).await;
}

pub(super) async fn a_table_of_another_projection_is_refused(store: Subject) {
    let ledger = Ledger::new(&store).await;
    let owner = preparation("owner", 3, &[&CLOSED]);
    ledger.prepare(&owner).await;
    let refused = refused(&ledger, "balances", &[&BALANCES, &CLOSED]).await;
    let owner = owner.projection.name;
    assert_eq!(refused, TableRefused::BelongsTo { owner });
    not_there(&ledger, first(&BALANCES)).await;
}

pub(super) async fn a_table_that_is_named_twice_is_refused(store: Subject) {
    let ledger = Ledger::new(&store).await;
    let refused = refused(&ledger, "balances", &[&BALANCES, &BALANCES]).await;
    assert_eq!(refused, TableRefused::Twice);
    not_there(&ledger, first(&BALANCES)).await;
}

/// Prepares the first version of a projection, which has to be refused for one of its tables.
async fn refused(ledger: &Ledger, projection: &str, tables: &[&'static Table]) -> TableRefused {
    let refused = ledger.rows.prepare(&preparation(projection, 1, tables)).await;
    let refused = refused.expect_err("the table should be refused");
    assert_eq!(refused.class(), ErrorClass::Rejected);
    match refused {
        PrepareError::Table { refused, .. } => refused,
        other => panic!("the table should be refused for what it is, not {other:?}"),
    }
}

pub(super) async fn a_table_that_is_not_prepared_is_not_there(store: Subject) {
    let ledger = Ledger::new(&store).await;
    not_there(&ledger, first(&BALANCES)).await;
    ledger.prepare(&balances(1)).await;
    not_there(&ledger, of_version(&BALANCES, 2)).await;
    let mut write = ledger.change(vec![row("1", "alice", 1)], vec![]).await;
    let mut elsewhere = write.changes[0].clone();
    elsewhere.table = of_version(&CLOSED, 2);
    elsewhere.put = vec![key("1")];
    write.changes.push(elsewhere);
    let refused = ledger.refused(write).await;
    assert_eq!(refused.class(), ErrorClass::Rejected);
    assert!(matches!(refused, WriteRowsError::NotPrepared(_)), "{refused:?}");
}

async fn not_there(ledger: &Ledger, table: TableVersion) {
    let loaded = ledger.rows.load(table, &[key("1")]).await;
    let read = ledger.rows.read(&ReadRows::all(table)).await;
    for missing in [loaded.map(drop), read.map(drop)] {
        let missing = missing.expect_err("there should be no table");
        assert_eq!(missing.class(), ErrorClass::Rejected);
        assert!(
            matches!(&missing, ReadRowsError::NotPrepared(told) if told.version == table.version),
            "{missing:?}"
        );
    }
}

pub(super) async fn a_version_that_was_dropped_starts_over(store: Subject) {
    let ledger = Ledger::prepared(&store).await;
    ledger.prepare(&balances(10)).await;
    ledger.put([row("1", "alice", 1)]).await;
    let checkpoints: &dyn CheckpointStore = &*ledger.reader.log.tenant.checkpoints;
    let slice = format!("{READER}/7");
    let others = ["projection/balances@10", "projection/balances", "balances@1"];
    for name in others.into_iter().chain([slice.as_str()]) {
        let saved = checkpoints.save(name, ledger.reader.at(1)).await;
        saved.expect("it is in the log");
    }
    for _ in 0..2 {
        let dropped = ledger.rows.drop_version(&balances(1).projection).await;
        dropped.expect("it can be dropped");
        not_there(&ledger, first(&BALANCES)).await;
        assert_eq!(ledger.place().await, Place::START);
        let of_slice = checkpoints.load(&slice).await.expect("it can be looked for");
        assert_eq!(of_slice, None);
    }
    for name in others {
        let other = checkpoints.load(name).await.expect("it can be looked for");
        assert_eq!(other, Some(ledger.reader.at(1)), "{name}");
    }
    ledger.prepare(&balances(1)).await;
    assert!(ledger.everything().await.rows.is_empty());
}

pub(super) async fn dropping_the_active_version_leaves_none(store: Subject) {
    let ledger = Ledger::prepared(&store).await;
    ledger.prepare(&balances(2)).await;
    ledger.activate(1).await;
    for number in [2, 1] {
        assert_eq!(ledger.active().await, Some(version(1)));
        let dropped = ledger.rows.drop_version(&balances(number).projection).await;
        dropped.expect("it can be dropped");
    }
    assert_eq!(ledger.active().await, None);
    assert_eq!(ledger.prepare(&balances(1)).await.active, None, "it starts over");
}

pub(super) async fn a_version_that_is_not_there_can_be_dropped(store: Subject) {
    let ledger = Ledger::prepared(&store).await;
    ledger.put([row("1", "alice", 1)]).await;
    let before = ledger.everything().await;
    for unknown in [balances(2), preparation("others", 1, &[])] {
        let dropped = ledger.rows.drop_version(&unknown.projection).await;
        dropped.expect("nothing happens");
    }
    assert_eq!(ledger.everything().await, before);
}

pub(super) async fn names_may_be_words_of_sql(store: Subject) {
    const GROUP: ColumnName = ColumnName::from_static("group");
    const ORDER: ColumnName = ColumnName::from_static("order");
    static SELECT: Table = Table::new(
        TableName::from_static("select"),
        &[Column::required(GROUP, ColumnType::Text)],
        &[
            Column::required(ORDER, ColumnType::Integer),
            Column::optional(ColumnName::from_static("tenant"), ColumnType::Text),
            Column::optional(ColumnName::from_static("excluded"), ColumnType::Text),
        ],
        &[&[ORDER]],
    );
    let ledger = Ledger::new(&store).await;
    ledger.prepare(&preparation("table", 1, &[&SELECT])).await;
    let select: Vec<Value> = vec!["from".into(), 1.into(), "where".into(), Value::Null];
    let mut write = ledger.change(vec![], vec![]).await;
    write.changes[0].table = first(&SELECT);
    write.changes[0].put = vec![select.clone()];
    let written = WriteRows {
        from: ledger.write(write.clone()).await,
        ..write
    };
    ledger.write(written).await;
    let found = ledger.rows.load(first(&SELECT), &[key("from")]).await;
    assert_eq!(found.expect("it should be readable"), [Some(select)]);
}

pub(super) async fn the_longest_names_are_taken(store: Subject) {
    const KEY: ColumnName = ColumnName::from_static("a23456789012345678901234567890123456789012345678");
    const VALUE: ColumnName = ColumnName::from_static("b23456789012345678901234567890123456789012345678");
    static LONG: Table = Table::new(
        TableName::from_static("a234567890123456789012345678901234567890"),
        &[Column::required(KEY, ColumnType::Text)],
        &[Column::required(VALUE, ColumnType::Integer)],
        &[&[VALUE], &[VALUE, KEY]],
    );
    let ledger = Ledger::new(&store).await;
    let mut longest = preparation(
        "a23456789012345678901234567890123456789012345678901234567890",
        1,
        &[&LONG],
    );
    longest.projection.version = std::num::NonZeroU32::MAX;
    for _ in 0..2 {
        ledger.prepare(&longest).await;
        let activated = ledger.rows.activate(&longest.projection).await;
        activated.expect("it has been prepared");
    }
    let active = ledger.rows.active(&longest.projection.name).await;
    let active = active.expect("it can be asked for");
    assert_eq!(active, Some(longest.projection.version));
    let table = TableVersion {
        table: &LONG,
        version: longest.projection.version,
    };
    assert!(ledger.read(&ReadRows::all(table)).await.rows.is_empty());
}

pub(super) async fn many_may_prepare_at_the_same_time(store: Subject) {
    let mut handles = vec![Arc::clone(&store.store)];
    if store.store.capabilities().shared {
        handles.push(store.open_again().await.store);
    }
    let mut preparing = JoinSet::new();
    for at in 0..8 {
        let rows = handles[at % handles.len()]
            .tenant(&super::ledger::tenant(at))
            .rows;
        preparing.spawn(async move { rows.prepare(&balances(1)).await });
    }
    for prepared in preparing.join_all().await {
        assert_eq!(prepared.expect("one after the other").fingerprint, FINGERPRINT);
    }
}
