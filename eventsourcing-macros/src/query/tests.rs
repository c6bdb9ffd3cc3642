use quote::quote;

use crate::testing::{assert_expansion, assert_only_names, errors};

#[test]
fn a_query() {
    assert_expansion!(super::derive(quote! {
        #[query(result = Vec<BalanceRow>, of(Balances, read::Owners), name = "Rich")]
        pub struct RichAccounts { at_least: i64 }
    }));
}

#[test]
fn a_mistake_leaves_a_query_that_stops_others_from_following() {
    assert_expansion!(super::derive(quote! {
        #[query(result = Vec<BalanceRow>)]
        struct RichAccounts {}
    }));
}

#[test]
fn the_facade_may_be_known_under_another_path() {
    let tokens = super::derive(quote! {
        #[query(result = u64, of(Balances), crate = renamed)]
        struct Total {}
    });
    assert_only_names("renamed", tokens);
}

#[test]
fn all_mistakes_are_reported_at_once() {
    let tokens = super::derive(quote! {
        #[query(result, of(Balances, Balances), of(Owners), names = "Rich", name = "1")]
        struct RichAccounts<T>(T);
    });
    assert_eq!(
        errors(tokens),
        [
            "`result` is written `result = Vec<BalanceRow>`",
            "`of` is given twice; keep one of them",
            "unknown key `names`; did you mean `name`?",
            "a name starts with an ASCII letter and goes on with letters, digits, `_`, `-` and `.`",
            "a query has no generic parameters, since it is found by its name",
            "a query is a struct with named fields, or with none; write `struct RichAccounts { .. }`",
        ]
    );
}
