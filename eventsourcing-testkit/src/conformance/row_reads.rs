//! Rows are found by what they are like, in an order that no collation changes, as they are at one moment.

use std::cmp::Ordering;
use std::num::NonZeroUsize;
use std::sync::Arc;

use eventsourcing_core::Timestamp;
use eventsourcing_core::store::ErrorClass;
use eventsourcing_core::store::rows::{
    Column, ColumnName, ColumnType, Comparison, Direction, InvalidRows, Place, ReadRows, ReadRowsError,
    SortBy, Table, TableName, Test, Value,
};
use eventsourcing_core::uuid::Uuid;
use fastrand::Rng;
use tokio::task::{JoinSet, yield_now};

use super::Subject;
use super::ledger::{Ledger, count, everything, integer};
use crate::fixture::rows::{BALANCE, BALANCES, READER, first, key, preparation, row};

static MIXED: Table = Table::new(
    TableName::from_static("mixed"),
    &[
        Column::required(NAME, ColumnType::Text),
        Column::required(NUMBER, ColumnType::Integer),
    ],
    &[
        Column::optional(ColumnName::from_static("bool"), ColumnType::Bool),
        Column::optional(ColumnName::from_static("integer"), ColumnType::Integer),
        Column::optional(ColumnName::from_static("real"), ColumnType::Real),
        Column::optional(ColumnName::from_static("text"), ColumnType::Text),
        Column::optional(ColumnName::from_static("bytes"), ColumnType::Bytes),
        Column::optional(ColumnName::from_static("uuid"), ColumnType::Uuid),
        Column::optional(ColumnName::from_static("timestamp"), ColumnType::Timestamp),
        Column::required(ColumnName::from_static("always"), ColumnType::Integer),
        Column::optional(JSON, ColumnType::Json),
    ],
    &[
        &[ColumnName::from_static("integer")],
        &[ColumnName::from_static("text"), ColumnName::from_static("real")],
        &[ColumnName::from_static("always")],
    ],
);

const NAME: ColumnName = ColumnName::from_static("name");
const NUMBER: ColumnName = ColumnName::from_static("number");
const JSON: ColumnName = ColumnName::from_static("json");
const UNKNOWN: ColumnName = ColumnName::from_static("unknown");

/// Few different values, so that many rows are equal in some of them.
fn values(ty: ColumnType) -> Vec<Value> {
    match ty {
        ColumnType::Bool => [true, false].map(Value::from).to_vec(),
        ColumnType::Integer => [i64::MIN, -1, 0, 7, 10].map(Value::from).to_vec(),
        ColumnType::Real => [f64::NEG_INFINITY, -1.5, -0.0, 0.0, 2.0, 10.0, f64::INFINITY]
            .map(Value::from)
            .to_vec(),
        ColumnType::Text => ["", "B", "a", "ab", "Ä", "z", "🦀", "\u{ffff}"]
            .map(Value::from)
            .to_vec(),
        ColumnType::Bytes => [vec![], vec![0], vec![0, 0], vec![255]].map(Value::from).to_vec(),
        ColumnType::Uuid => [Uuid::nil(), Uuid::from_u128(1 << 100), Uuid::max()]
            .map(Value::from)
            .to_vec(),
        ColumnType::Timestamp => [Timestamp::UNIX_EPOCH, Timestamp::from_micros(1), Timestamp::MAX]
            .map(Value::from)
            .to_vec(),
        ColumnType::Json => vec![Value::Json("{}".to_owned())],
    }
}

fn any_value(random: &mut Rng, column: &Column) -> Value {
    if column.nullable && random.u8(..4) == 0 {
        return Value::Null;
    }
    let values = values(column.ty);
    values[random.usize(..values.len())].clone()
}

async fn mixed_rows(ledger: &Ledger, random: &mut Rng) -> Vec<Vec<Value>> {
    ledger.prepare(&preparation("balances", 1, &[&MIXED])).await;
    let rows: Vec<Vec<Value>> = (0..80)
        .map(|number| {
            let mut row: Vec<_> = MIXED.columns().map(|column| any_value(random, column)).collect();
            row[1] = Value::Integer(number / 2);
            row[0] = Value::from(if number % 2 == 0 { "a" } else { "B" });
            row
        })
        .collect();
    let mut write = ledger.change(vec![], vec![]).await;
    write.changes[0].table = first(&MIXED);
    write.changes[0].put.clone_from(&rows);
    ledger.write(write).await;
    rows
}

pub(super) async fn rows_are_found_by_every_test_of_every_column(store: Subject) {
    let ledger = Ledger::new(&store).await;
    let rows = mixed_rows(&ledger, &mut Rng::with_seed(1)).await;
    for column in MIXED.columns().filter(|column| column.ty.can_be_sorted()) {
        let mut others = values(column.ty);
        others.push(Value::Null);
        let one_of = [vec![], others[..2].to_vec(), vec![Value::Null, others[0].clone()]].map(Test::OneOf);
        let tests = others.into_iter().flat_map(|value| {
            [
                Test::Is,
                Test::IsNot,
                Test::Below,
                Test::AtMost,
                Test::Above,
                Test::AtLeast,
            ]
            .map(|test| test(value.clone()))
        });
        for test in tests.chain(one_of) {
            let read = ReadRows {
                filter: vec![Comparison {
                    column: column.name,
                    test,
                }],
                ..ReadRows::all(first(&MIXED))
            };
            assert_eq!(ledger.read(&read).await.rows, expected(&rows, &read), "{read:?}");
        }
    }
}

pub(super) async fn rows_are_sorted_by_every_column(store: Subject) {
    let ledger = Ledger::new(&store).await;
    let rows = mixed_rows(&ledger, &mut Rng::with_seed(2)).await;
    for column in MIXED.columns().filter(|column| column.ty.can_be_sorted()) {
        for direction in [Direction::Ascending, Direction::Descending] {
            let read = ReadRows {
                order: vec![SortBy {
                    column: column.name,
                    direction,
                }],
                ..ReadRows::all(first(&MIXED))
            };
            assert_eq!(ledger.read(&read).await.rows, expected(&rows, &read), "{read:?}");
        }
    }
}

/// Any order, any filter, page by page.
pub(super) async fn pages_follow_each_other_without_a_gap(store: Subject) {
    let ledger = Ledger::new(&store).await;
    let mut random = Rng::with_seed(3);
    let rows = mixed_rows(&ledger, &mut random).await;
    let columns: Vec<_> = MIXED
        .columns()
        .filter(|column| column.ty.can_be_sorted())
        .collect();
    for _ in 0..60 {
        let mut read = any_read(&mut random, &columns);
        let whole = expected(&rows, &read);
        read.limit = NonZeroUsize::new(random.usize(1..30)).expect("a limit");
        let mut found = Vec::new();
        loop {
            let page = ledger.read(&read).await.rows;
            assert!(page.len() <= read.limit.get());
            let Some(last) = page.last() else { break };
            read.after = Some(read.sort_values(last));
            found.extend(page);
            assert!(found.len() <= whole.len(), "{read:?}");
        }
        assert_eq!(found, whole, "{read:?}");
    }
}

fn any_read(random: &mut Rng, columns: &[&Column]) -> ReadRows {
    let mut read = ReadRows::all(first(&MIXED));
    for _ in 0..random.usize(..3) {
        let column = columns[random.usize(..columns.len())];
        if read.order.iter().all(|sort| sort.column != column.name) {
            let direction = random.choice([Direction::Ascending, Direction::Descending]);
            read.order.push(SortBy {
                column: column.name,
                direction: direction.expect("there are two"),
            });
        }
    }
    for _ in 0..random.usize(..2) {
        let column = columns[random.usize(..columns.len())];
        let value = any_value(random, column);
        let test = random
            .choice([Test::IsNot, Test::AtLeast, Test::AtMost])
            .expect("there are three");
        read.filter.push(Comparison {
            column: column.name,
            test: test(value),
        });
    }
    read
}

/// What is to be found, by the words of the contract.
fn expected(rows: &[Vec<Value>], read: &ReadRows) -> Vec<Vec<Value>> {
    let at = |column| read.table.table.place_of(column).expect("a column");
    let holds = |row: &&Vec<Value>| {
        let mut tests = read.filter.iter();
        tests.all(|comparison| comparison.test.holds(&row[at(comparison.column)]))
    };
    let mut found: Vec<_> = rows.iter().filter(holds).cloned().collect();
    let width = read.table.table.key().len();
    found.sort_by(|left, right| {
        let by_order = read.order.iter().map(|sort| {
            let ordering = left[at(sort.column)].cmp(&right[at(sort.column)]);
            match sort.direction {
                Direction::Ascending => ordering,
                Direction::Descending => ordering.reverse(),
            }
        });
        by_order
            .fold(Ordering::Equal, Ordering::then)
            .then(left[..width].cmp(&right[..width]))
    });
    found
}

pub(super) async fn a_page_may_start_after_a_row_that_is_gone(store: Subject) {
    let ledger = Ledger::prepared(&store).await;
    ledger
        .put(["1", "2", "3"].map(|account| row(account, "alice", 1)))
        .await;
    let read = ReadRows {
        order: vec![SortBy {
            column: BALANCE,
            direction: Direction::Descending,
        }],
        after: Some(vec![1.into(), "2".into()]),
        ..ReadRows::all(first(&BALANCES))
    };
    ledger.remove([key("2")]).await;
    assert_eq!(ledger.read(&read).await.rows, [row("3", "alice", 1)]);
}

pub(super) async fn the_places_of_readers_come_with_the_rows(store: Subject) {
    let ledger = Ledger::prepared(&store).await;
    let landed = ledger.put([row("1", "alice", 1)]).await;
    let read = ReadRows {
        readers: ["unknown", READER, READER].map(Arc::from).to_vec(),
        ..ReadRows::all(first(&BALANCES))
    };
    assert_eq!(ledger.read(&read).await.places, [Place::START, landed, landed]);
}

pub(super) async fn rows_and_places_are_of_one_moment(store: Subject) {
    let ledger = Ledger::prepared(&store).await;
    let reader = super::Reader::of(&ledger.reader);
    let tenant = store.log().tenant;
    let mut writer = JoinSet::new();
    writer.spawn(async move {
        for _ in 0..100 {
            count(&tenant, &reader, "1").await;
        }
    });
    let rows = store.log().tenant.rows;
    while writer.try_join_next().is_none() {
        let seen = everything(&*rows).await;
        let balance = seen.rows.first().map_or(0, |row| integer(&row[2]));
        assert_eq!(balance.cast_unsigned(), seen.places[0].writes);
        yield_now().await;
    }
    assert_eq!(everything(&*rows).await.places[0].writes, 100);
}

pub(super) async fn a_read_that_makes_no_sense_is_refused(store: Subject) {
    let ledger = Ledger::new(&store).await;
    ledger
        .prepare(&preparation("balances", 1, &[&BALANCES, &MIXED]))
        .await;
    let filter = async |column, value| {
        let test = Test::Is(value);
        let filter = vec![Comparison { column, test }];
        refused(&ledger, ReadRows { filter, ..all() }).await
    };
    let order = async |columns: &[ColumnName]| {
        let by = |column: &ColumnName| SortBy {
            column: *column,
            direction: Direction::Ascending,
        };
        let order = columns.iter().map(by).collect();
        refused(&ledger, ReadRows { order, ..all() }).await
    };
    let after = async |after| {
        let after = Some(after);
        refused(&ledger, ReadRows { after, ..all() }).await
    };
    let refusals = [
        (filter(UNKNOWN, 1.into()).await, "NoColumn"),
        (filter(JSON, Value::Null).await, "NotComparable"),
        (filter(NUMBER, "1".into()).await, "Type"),
        (filter(NAME, "\0".into()).await, "NulInText"),
        (order(&[UNKNOWN]).await, "NoColumn"),
        (order(&[JSON]).await, "NotComparable"),
        (order(&[NAME, NAME]).await, "SortedTwice"),
        (after(key("1")).await, "Width"),
        (after(vec![1.into(), 1.into()]).await, "Type"),
        (after(vec!["a".into(), Value::Null]).await, "Null"),
    ];
    for (refused, kind) in refusals {
        let told = format!("{refused:?}");
        assert!(told.starts_with(&format!("{kind} ")), "{told} should be {kind}");
    }
}

pub(super) async fn reads_are_limited(store: Subject) {
    let ledger = Ledger::new(&store).await;
    ledger.prepare(&preparation("balances", 1, &[&MIXED])).await;
    let limit = store.store.limits().rows;
    let too_many_rows = ReadRows {
        limit: NonZeroUsize::new(limit + 1).expect("a limit"),
        ..all()
    };
    let one_of = Comparison {
        column: NUMBER,
        test: Test::OneOf(vec![Value::Null; limit + 1]),
    };
    let too_many_values = ReadRows {
        filter: vec![one_of],
        ..all()
    };
    for too_many in [too_many_rows, too_many_values] {
        let refused = refused(&ledger, too_many).await;
        assert!(
            matches!(refused, InvalidRows::Limit { found, .. } if found == limit + 1),
            "{refused:?}"
        );
    }
}

fn all() -> ReadRows {
    ReadRows::all(first(&MIXED))
}

/// Reads what no store may read.
async fn refused(ledger: &Ledger, read: ReadRows) -> InvalidRows {
    let refused = ledger.rows.read(&read).await.expect_err("it makes no sense");
    assert_eq!(refused.class(), ErrorClass::Rejected);
    match refused {
        ReadRowsError::Invalid(invalid) => invalid,
        other => panic!("it should be refused for what it is, not {other:?}"),
    }
}

pub(super) async fn as_many_values_as_are_allowed_are_looked_for(store: Subject) {
    let ledger = Ledger::prepared(&store).await;
    ledger.put([row("1", "alice", 1), row("2", "bob", -2)]).await;
    let limit = i64::try_from(store.store.limits().rows).expect("a limit");
    let read = ReadRows {
        filter: vec![Comparison {
            column: BALANCE,
            test: Test::OneOf((0..limit).map(Value::Integer).collect()),
        }],
        ..ReadRows::all(first(&BALANCES))
    };
    assert_eq!(ledger.read(&read).await.rows, [row("1", "alice", 1)]);
}
