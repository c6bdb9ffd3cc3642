use super::world::{BalanceRow, account, row};
use crate::prelude::*;
use crate::projection::sequence::names;
use crate::store::rows::Value;

fn known(rows: impl IntoIterator<Item = (&'static str, Option<BalanceRow>)>) -> Rows<BalanceRow> {
    let (keys, rows): (Vec<_>, Vec<_>) = rows
        .into_iter()
        .map(|(key, row)| (vec![Value::from(key)], row.map(|row| row.to_values().unwrap())))
        .unzip();
    let mut known = Rows::new(names);
    known.fill(keys, rows);
    known
}

#[test]
fn a_handler_sees_what_it_has_done() {
    let mut rows = known([("a", Some(row("a", "Ada", 3))), ("b", None)]);
    assert_eq!(rows.get(&account("a")), Some(&row("a", "Ada", 3)));
    assert_eq!(rows.get(&account("b")), None);

    rows.entry(&account("b")).balance = 5;
    assert_eq!(rows.get(&account("b")), Some(&row("b", "", 5)));
    rows.remove(&account("b"));
    assert_eq!(rows.get(&account("b")), None);
    rows.put(row("b", "Bob", 1));
    assert_eq!(rows.existing(&account("b")).unwrap().owner, "Bob");
    rows.remove(&account("a"));
    assert_eq!(rows.entry(&account("a")), &row("a", "", 0), "it begins anew");
    assert!(!rows.is_missing_some());
}

#[test]
fn what_is_not_known_is_asked_for_once() {
    let mut rows = known([]);
    assert_eq!(rows.get(&account("a")), None);
    rows.entry(&account("a")).balance += 1;
    rows.entry(&account("b")).balance += 1;
    assert!(rows.is_missing_some());
    assert_eq!(rows.take_wanted(), [[Value::from("a")], [Value::from("b")]]);
    assert!(!rows.is_missing_some());
    assert_eq!(
        rows.changes().unwrap().put,
        Vec::<Vec<Value>>::new(),
        "what was done is forgotten"
    );
}

#[test]
fn after_a_reset_everything_is_as_in_the_store() {
    let mut rows = known([("a", Some(row("a", "Ada", 3)))]);
    rows.entry(&account("a")).balance = 7;
    rows.put(row("b", "Bob", 1));
    rows.reset();
    assert_eq!(rows.get(&account("a")), Some(&row("a", "Ada", 3)));
    assert_eq!(rows.get(&account("b")), None);
    assert_eq!(
        rows.take_wanted(),
        [[Value::from("b")]],
        "nobody knows whether there is one"
    );
}

#[test]
fn a_row_that_cannot_be_read_is_told() {
    let mut rows: Rows<BalanceRow> = Rows::new(names);
    rows.fill(vec![vec![Value::from("a")]], vec![Some(vec![Value::from("a")])]);
    rows.entry(&account("a"));
    let error = rows.take_trouble().unwrap_err();
    assert_eq!(
        error.to_string(),
        "a row of `balances` has 1 values, and 4 columns"
    );
}
