//! Values come back as they were, whatever they are; what some database cannot hold, all refuse.

use eventsourcing_core::Timestamp;
use eventsourcing_core::store::rows::{
    Column, ColumnName, ColumnType, InvalidRows, Table, TableChange, TableName, Value,
};
use eventsourcing_core::uuid::Uuid;

use super::Subject;
use super::ledger::Ledger;
use crate::fixture::rows::{BALANCES, CLOSED, first, key, preparation, row};

static EVERYTHING: Table = Table::new(
    TableName::from_static("everything"),
    &[Column::required(
        ColumnName::from_static("number"),
        ColumnType::Integer,
    )],
    &[
        Column::optional(ColumnName::from_static("bool"), ColumnType::Bool),
        Column::optional(ColumnName::from_static("integer"), ColumnType::Integer),
        Column::optional(ColumnName::from_static("real"), ColumnType::Real),
        Column::optional(ColumnName::from_static("text"), ColumnType::Text),
        Column::optional(ColumnName::from_static("bytes"), ColumnType::Bytes),
        Column::optional(ColumnName::from_static("uuid"), ColumnType::Uuid),
        Column::optional(ColumnName::from_static("timestamp"), ColumnType::Timestamp),
        Column::optional(ColumnName::from_static("json"), ColumnType::Json),
    ],
    &[],
);

/// For each column of that table besides its key.
fn values_of_every_type() -> [Vec<Value>; 8] {
    let json = |text: &str| Value::Json(text.to_owned());
    [
        vec![true.into(), false.into()],
        [0, 1, -1, i64::MAX, i64::MIN].map(Value::Integer).to_vec(),
        [
            0.0,
            -0.0,
            0.1,
            1.0,
            9e15,
            1e300,
            f64::MIN_POSITIVE,
            5e-324,
            f64::MAX,
            f64::INFINITY,
            f64::NEG_INFINITY,
        ]
        .map(Value::Real)
        .to_vec(),
        [
            "",
            " ",
            "null",
            "\u{1}",
            "'; drop table es_events; --",
            "{a,\"b\"}",
            "\\x00",
            "äöü 漢字 🦀",
            "12",
            "1e3",
        ]
        .map(Value::from)
        .to_vec(),
        vec![vec![].into(), vec![0, 255, 0].into(), b"\\x41".to_vec().into()],
        [Uuid::nil(), Uuid::max(), Uuid::from_u128(1)]
            .map(Value::Uuid)
            .to_vec(),
        [Timestamp::UNIX_EPOCH, Timestamp::from_micros(1), Timestamp::MAX]
            .map(Value::Timestamp)
            .to_vec(),
        vec![
            json(r#" { "b" : 1, "a": [ 1.0, 1e2 ], "b":2 } "#),
            json("null"),
            json("\"\""),
            json("\"\\u0000\\ud800 \u{1f980}\""),
            json("123456789012345678901234567890.5e-400"),
        ],
    ]
}

pub(super) async fn every_value_comes_back(store: Subject) {
    let values = values_of_every_type();
    let ledger = Ledger::new(&store).await;
    ledger.prepare(&preparation("balances", 1, &[&EVERYTHING])).await;
    let mut rows: Vec<Vec<Value>> = Vec::new();
    for (column, values) in values.iter().enumerate() {
        for value in values {
            let mut row = vec![Value::Null; EVERYTHING.width()];
            row[0] = Value::Integer(i64::try_from(rows.len()).expect("there are few"));
            row[column + 1] = value.clone();
            rows.push(row);
        }
    }
    let keys: Vec<_> = rows.iter().map(|row| row[..1].to_vec()).collect();
    // The second time, each takes the place of another.
    for turned in [0, 1] {
        let mut put = rows.clone();
        let mut shifted: Vec<_> = rows.iter().map(|row| row[1..].to_vec()).collect();
        shifted.rotate_left(turned);
        for (row, values) in put.iter_mut().zip(shifted) {
            row.splice(1.., values);
        }
        let mut write = ledger.change(vec![], vec![]).await;
        write.changes[0].table = first(&EVERYTHING);
        write.changes[0].put.clone_from(&put);
        ledger.write(write).await;
        let found = ledger.rows.load(first(&EVERYTHING), &keys).await;
        let found: Vec<_> = found
            .expect("they should be readable")
            .into_iter()
            .flatten()
            .collect();
        assert_eq!(found, put);
    }
}

pub(super) async fn keys_that_look_alike_are_apart(store: Subject) {
    let ledger = Ledger::prepared(&store).await;
    let accounts = [
        "", " ", "a", "A", "a ", " a", "ä", "a\u{308}", "1", "01", "1.0", "%", "_", "a\n", "a\r\n", "\\",
        "\u{feff}",
    ];
    let rows: Vec<_> = (0..)
        .zip(accounts)
        .map(|(balance, account)| row(account, "x", balance))
        .collect();
    ledger.put(rows.clone()).await;
    let found = ledger.load(&accounts.map(key)).await;
    assert!(found.into_iter().flatten().eq(rows));
    ledger.remove([key("a")]).await;
    assert_eq!(ledger.everything().await.rows.len(), accounts.len() - 1);
}

pub(super) async fn a_key_may_have_several_columns_of_any_type(store: Subject) {
    static KEYED: Table = Table::new(
        TableName::from_static("keyed"),
        &[
            Column::required(ColumnName::from_static("a"), ColumnType::Text),
            Column::required(ColumnName::from_static("b"), ColumnType::Integer),
            Column::required(ColumnName::from_static("c"), ColumnType::Bool),
            Column::required(ColumnName::from_static("d"), ColumnType::Bytes),
            Column::required(ColumnName::from_static("e"), ColumnType::Uuid),
            Column::required(ColumnName::from_static("f"), ColumnType::Timestamp),
        ],
        &[Column::required(
            ColumnName::from_static("value"),
            ColumnType::Integer,
        )],
        &[],
    );
    let ledger = Ledger::new(&store).await;
    ledger.prepare(&preparation("balances", 1, &[&KEYED])).await;
    let plain: Vec<Value> = vec![
        "a".into(),
        1.into(),
        false.into(),
        b"a".to_vec().into(),
        Uuid::nil().into(),
        Timestamp::UNIX_EPOCH.into(),
    ];
    let others: [Value; 6] = [
        "b".into(),
        2.into(),
        true.into(),
        b"b".to_vec().into(),
        Uuid::max().into(),
        Timestamp::MAX.into(),
    ];
    let mut keys = vec![plain.clone()];
    for (at, other) in others.into_iter().enumerate() {
        let mut key = plain.clone();
        key[at] = other;
        keys.push(key);
    }
    let with = |key: &Vec<Value>, value: i64| [key.clone(), vec![value.into()]].concat();
    for removed in [None, Some(0)] {
        let kept = removed.map_or(0, |removed: usize| removed + 1);
        let mut write = ledger.change(vec![], vec![]).await;
        write.changes[0].table = first(&KEYED);
        write.changes[0].put = (0..)
            .zip(&keys)
            .skip(kept)
            .map(|(value, key)| with(key, value))
            .collect();
        write.changes[0].remove = keys[..kept].to_vec();
        ledger.write(write).await;
        let found = ledger
            .rows
            .load(first(&KEYED), &keys)
            .await
            .expect("they should be readable");
        let expected = (0..).zip(&keys).map(|(value, key)| Some(with(key, value)));
        let expected: Vec<_> = expected
            .enumerate()
            .map(|(at, row)| row.filter(|_| at >= kept))
            .collect();
        assert_eq!(found, expected);
    }
}

static REALS: Table = Table::new(
    TableName::from_static("reals"),
    &[Column::required(
        ColumnName::from_static("number"),
        ColumnType::Integer,
    )],
    &[
        Column::optional(ColumnName::from_static("real"), ColumnType::Real),
        Column::optional(ColumnName::from_static("json"), ColumnType::Json),
    ],
    &[],
);

pub(super) async fn rows_that_no_database_could_hold_are_refused(store: Subject) {
    let ledger = Ledger::new(&store).await;
    ledger
        .prepare(&preparation("balances", 1, &[&BALANCES, &REALS]))
        .await;
    let put = async |table: &'static Table, row: Vec<Value>| {
        let mut write = ledger.change(vec![], vec![]).await;
        write.changes[0].table = first(table);
        write.changes[0].put = vec![row];
        ledger.invalid(write).await
    };
    let balance = async |row| put(&BALANCES, row).await;
    assert!(matches!(
        balance(key("1")).await,
        InvalidRows::Width {
            found: 1,
            expected: 3,
            ..
        }
    ));
    let without_balance = vec!["1".into(), Value::Null, Value::Null];
    assert!(matches!(balance(without_balance).await, InvalidRows::Null { .. }));
    let without_key = vec![Value::Null, Value::Null, 1.into()];
    assert!(matches!(balance(without_key).await, InvalidRows::Null { .. }));
    let of_another_type = vec!["1".into(), Value::Null, "1".into()];
    assert!(matches!(balance(of_another_type).await, InvalidRows::Type { .. }));
    for with_nul in [row("\0", "alice", 1), row("1", "a\0b", 1)] {
        assert!(matches!(balance(with_nul).await, InvalidRows::NulInText { .. }));
    }
    let real = async |value: f64| put(&REALS, vec![1.into(), value.into(), Value::Null]).await;
    assert!(matches!(real(f64::NAN).await, InvalidRows::NotANumber { .. }));
    assert!(matches!(real(-f64::NAN).await, InvalidRows::NotANumber { .. }));
    let json =
        async |text: &str| put(&REALS, vec![1.into(), Value::Null, Value::Json(text.to_owned())]).await;
    for text in ["", "{", "{} {}", "'a'", "\"\u{1}\"", "NaN", "\"\0\""] {
        assert!(matches!(json(text).await, InvalidRows::NotJson { .. }), "{text}");
    }
    let deep = "[".repeat(65) + &"]".repeat(65);
    assert!(matches!(json(&deep).await, InvalidRows::Limit { .. }));
}

pub(super) async fn one_bad_table_keeps_the_others_out(store: Subject) {
    let ledger = Ledger::prepared(&store).await;
    let mut bad = ledger.change(vec![row("1", "alice", 1)], vec![]).await;
    bad.changes.push(TableChange {
        table: first(&CLOSED),
        put: vec![vec![1.into()]],
        remove: vec![],
    });
    assert!(matches!(ledger.invalid(bad).await, InvalidRows::Type { .. }));
}

pub(super) async fn one_bad_row_keeps_the_others_out(store: Subject) {
    let ledger = Ledger::prepared(&store).await;
    let good = row("1", "alice", 1);
    let bad_row = ledger.change(vec![good.clone(), key("2")], vec![]).await;
    let bad_key = ledger.change(vec![good.clone()], vec![good.clone()]).await;
    for bad in [bad_row, bad_key] {
        assert!(matches!(ledger.invalid(bad).await, InvalidRows::Width { .. }));
    }
}

pub(super) async fn a_key_or_a_table_that_comes_up_twice_is_refused(store: Subject) {
    let ledger = Ledger::prepared(&store).await;
    let (alice, other) = (row("1", "alice", 1), row("1", "bob", 2));
    for (put, remove) in [
        (vec![alice.clone(), other], vec![]),
        (vec![alice.clone()], vec![key("1")]),
        (vec![], vec![key("1"), key("1")]),
    ] {
        let twice = ledger.change(put, remove).await;
        assert!(matches!(
            ledger.invalid(twice).await,
            InvalidRows::KeyTwice { .. }
        ));
    }
    let mut twice = ledger.change(vec![alice], vec![]).await;
    twice.changes.push(twice.changes[0].clone());
    twice.changes[1].put = vec![row("2", "bob", 2)];
    assert!(matches!(
        ledger.invalid(twice).await,
        InvalidRows::TableTwice { .. }
    ));
}
