//! Rows are as large and as many as the limits say, and no larger.

use eventsourcing_core::Limits;
use eventsourcing_core::store::ErrorClass;
use eventsourcing_core::store::rows::{
    Column, ColumnName, ColumnType, InvalidRows, ReadRows, Table, TableName, Value, WriteRows,
};

use super::Subject;
use super::ledger::Ledger;
use crate::fixture::rows::{BALANCES, first, key, preparation, row};

pub(super) async fn rows_are_limited(store: Subject) {
    let limits = store.store.limits();
    let ledger = Ledger::prepared(&store).await;
    let many = |count| {
        (0..count)
            .map(|number: usize| row(&number.to_string(), "alice", 1))
            .collect()
    };
    let one_too_many = ledger.change(many(limits.rows), vec![key("none")]).await;
    limit(&ledger, one_too_many, limits.rows + 1).await;
    let too_long = "k".repeat(limits.key_bytes + 1);
    for too_long in [row(&too_long, "", 1), row("1", &too_long, 1)] {
        let write = ledger.change(vec![too_long], vec![]).await;
        assert!(matches!(ledger.invalid(write).await, InvalidRows::Limit { .. }));
    }
    let too_long = vec![key(&too_long)];
    let refused = ledger.rows.load(first(&BALANCES), &too_long).await;
    assert_eq!(
        refused.expect_err("the key is too long").class(),
        ErrorClass::Rejected
    );
    let write = ledger.change(vec![], too_long).await;
    limit(&ledger, write, limits.key_bytes + 1).await;
    let keys: Vec<_> = (0..=limits.rows).map(|number| key(&number.to_string())).collect();
    let refused = ledger.rows.load(first(&BALANCES), &keys).await;
    assert_eq!(
        refused.expect_err("there are too many").class(),
        ErrorClass::Rejected
    );
}

async fn limit(ledger: &Ledger, write: WriteRows, count: usize) {
    let refused = ledger.invalid(write).await;
    assert!(
        matches!(refused, InvalidRows::Limit { found, .. } if found == count),
        "{refused:?}"
    );
}

pub(super) async fn as_many_rows_as_are_allowed_are_written_and_loaded(store: Subject) {
    let limits = store.store.limits();
    let ledger = Ledger::prepared(&store).await;
    let numbers = 0..i64::try_from(limits.rows).expect("a limit");
    let rows: Vec<_> = numbers
        .map(|number| row(&number.to_string(), "alice", number))
        .collect();
    let keys: Vec<_> = rows.iter().map(|row| row[..1].to_vec()).collect();
    for _ in 0..2 {
        ledger.put(rows.clone()).await;
        let found = ledger.load(&keys).await;
        assert!(found.iter().flatten().eq(&rows));
    }
    ledger.remove(keys.clone()).await;
    assert_eq!(ledger.load(&keys).await, vec![None; keys.len()]);
}

pub(super) async fn the_largest_rows_are_taken(store: Subject) {
    static LARGE: Table = Table::new(
        TableName::from_static("large"),
        &[Column::required(
            ColumnName::from_static("name"),
            ColumnType::Text,
        )],
        &[
            Column::required(ColumnName::from_static("text"), ColumnType::Text),
            Column::required(ColumnName::from_static("indexed"), ColumnType::Text),
        ],
        &[&[ColumnName::from_static("indexed")]],
    );
    let Limits {
        row_bytes,
        key_bytes,
        append_bytes,
        ..
    } = store.store.limits();
    let ledger = Ledger::new(&store).await;
    ledger.prepare(&preparation("balances", 1, &[&LARGE])).await;
    // What a database might compress counts as if it could not.
    let text = |bytes: usize, seed: u64| -> String {
        let mut random = fastrand::Rng::with_seed(seed);
        std::iter::repeat_with(|| random.alphanumeric())
            .take(bytes)
            .collect()
    };
    let large = |number: usize| -> Vec<Value> {
        let name = format!("{number:0key_bytes$}");
        let seed = number as u64;
        vec![
            name.into(),
            text(row_bytes - 2 * key_bytes, seed).into(),
            text(key_bytes, seed).into(),
        ]
    };
    let rows: Vec<_> = (0..append_bytes / row_bytes).map(large).collect();
    let mut write = ledger.change(vec![], vec![]).await;
    write.changes[0].table = first(&LARGE);
    write.changes[0].put.clone_from(&rows);
    ledger.write(write).await;
    let keys: Vec<_> = rows.iter().map(|row| row[..1].to_vec()).collect();
    let found = ledger.rows.load(first(&LARGE), &keys).await;
    assert!(
        found
            .expect("they should be readable")
            .into_iter()
            .flatten()
            .eq(rows)
    );
}

pub(super) async fn a_row_may_have_as_many_columns_as_are_allowed(store: Subject) {
    /// a, aa, and so on.
    const fn column(at: usize) -> Column {
        const LETTERS: [&str; 3] = [
            "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
            "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb",
            "cccccccccccccccccccccccccccccccccccccccc",
        ];
        let (name, _) = LETTERS[at / 40].split_at(at % 40 + 1);
        Column::required(ColumnName::from_static(name), ColumnType::Integer)
    }
    const COLUMNS: [Column; Table::MAX_COLUMNS - 1] = {
        let mut columns = [column(0); Table::MAX_COLUMNS - 1];
        let mut at = 0;
        while at < columns.len() {
            columns[at] = column(at);
            at += 1;
        }
        columns
    };
    static WIDE: Table = Table::new(
        TableName::from_static("wide"),
        &[Column::required(
            ColumnName::from_static("number"),
            ColumnType::Integer,
        )],
        &COLUMNS,
        &[],
    );
    let ledger = Ledger::new(&store).await;
    ledger.prepare(&preparation("balances", 1, &[&WIDE])).await;
    let wide = |number: i64| vec![Value::Integer(number); WIDE.width()];
    let rows: Vec<_> = (0..1_000).map(wide).collect();
    let mut write = ledger.change(vec![], vec![]).await;
    write.changes[0].table = first(&WIDE);
    write.changes[0].put.clone_from(&rows);
    ledger.write(write).await;
    assert_eq!(ledger.read(&ReadRows::all(first(&WIDE))).await.rows, rows);
}
