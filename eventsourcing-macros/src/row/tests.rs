use quote::quote;

use crate::testing::{assert_expansion, assert_only_names, errors};

#[test]
fn a_row_with_one_key() {
    assert_expansion!(super::derive(quote! {
        #[row(table = "balances")]
        pub struct BalanceRow {
            pub owner: String,
            #[key]
            pub account: AccountId,
            #[index]
            balance: i64,
            #[column(json, name = "labels")]
            tags: Vec<String>,
        }
    }));
}

#[test]
fn a_row_with_two_keys() {
    assert_expansion!(super::derive(quote! {
        #[row(table = "visits")]
        struct VisitRow {
            #[key]
            page: String,
            #[key]
            #[index]
            day: u32,
        }
    }));
}

#[test]
fn a_mistake_leaves_a_row_that_stops_others_from_following() {
    assert_expansion!(super::derive(quote! {
        #[row(table = "balances")]
        struct BalanceRow {
            balance: i64,
        }
    }));
}

#[test]
fn a_renamed_facade_is_the_only_one_named() {
    let input = quote! {
        #[row(table = "balances", crate = renamed)]
        struct BalanceRow { #[key] account: AccountId, #[index] balance: i64, #[column(json)] tags: Tags }
    };
    assert_only_names("renamed", super::derive(input));
}

#[test]
fn all_mistakes_are_reported_at_once() {
    let input = quote! {
        #[row(tabel = "balances", table = "Balances")]
        struct BalanceRow<T> {
            #[key(first)]
            #[index]
            account: T,
            #[column(json = true, nmae = "x")]
            tags: Tags,
            #[index]
            #[column(json)]
            labels: Tags,
            #[column(name = "account")]
            other: i64,
            _hidden: i64,
        }
    };
    assert_eq!(
        errors(super::derive(input)),
        [
            "unknown key `tabel`; did you mean `table`?",
            "the name of a table is a lower-case ASCII letter, then lower-case letters, digits and `_`",
            "a row has no generic parameters, since it stands for one table",
            "`#[key]` stands alone",
            "`json` is written `json`",
            "unknown key `nmae`; did you mean `name`?",
            "the name of a column is a lower-case ASCII letter, then lower-case letters, digits and `_`; give the column \
             another: `#[column(name = \"name\")]`",
            "JSON cannot be compared, so it cannot be `#[index]`; leave one of them out",
            "rows are found by their key anyway; leave `#[index]` out",
            "another column is named `account`; give one of them another name",
        ]
    );
}
