use quote::quote;

use crate::testing::{assert_expansion, assert_only_names, errors};

#[test]
fn an_enum() {
    assert_expansion!(super::derive(quote! {
        #[event(prefix = "account", retired("account.Audited"))]
        #[serde(rename_all_fields = "camelCase", tag = "kind")]
        pub enum AccountEvent {
            Opened { #[stream] account: AccountId, #[serde(default)] owner_name: String },
            #[event(alias = "account.Moved")]
            Transferred { #[stream] from: AccountId, #[stream] to: Vec<AccountId>, #[stream] rules: Option<RulesId> },
            Deposited(MoneyDeposited),
            #[event(name = "account.Terminated")]
            Closed,
        }
    }));
}

#[test]
fn a_struct() {
    assert_expansion!(super::derive(quote! {
        #[event(name = "money.Deposited")]
        pub struct MoneyDeposited { #[stream] account: AccountId, amount: u64 }
    }));
}

#[test]
fn upcasts_are_composed() {
    assert_expansion!(super::derive(quote! {
        #[event(version = 4, upcast(1 -> 2 = one, 2 -> 4 = Two::four, 3 -> 4 = three))]
        struct Opened {}
    }));
}

#[test]
fn generics() {
    assert_expansion!(super::derive(quote! {
        #[event(codec = codecs::Binary)]
        enum Tagged<K: StreamKey> where K: Copy {
            Added { #[stream] to: K },
            Money(MoneyDeposited),
        }
    }));
}

#[test]
fn a_mistake_leaves_an_impl_that_stops_others_from_following() {
    assert_expansion!(super::derive(quote! {
        enum AccountEvent { Opened(AccountId, String), Closed }
    }));
}

#[test]
fn a_renamed_facade_is_the_only_one_named() {
    assert_only_names(
        "renamed",
        super::derive(quote! {
            #[event(prefix = "account", crate = renamed)]
            enum AccountEvent {
                #[event(version = 2, upcast(1 -> 2 = opened))]
                Opened { #[stream] account: AccountId, #[stream] others: Vec<AccountId>, owner: String },
                Deposited(MoneyDeposited),
                Closed,
            }
        }),
    );
    assert_only_names(
        "renamed",
        super::derive(quote! {
            #[event(crate = renamed)]
            struct MoneyDeposited { #[stream] account: AccountId, amount: u64 }
        }),
    );
    assert_only_names(
        "renamed",
        super::derive(quote! {
            #[event(crate = renamed, version = 0)]
            struct MoneyDeposited { #[stream] account: AccountId, amount: u64 }
        }),
    );
}

#[test]
fn all_mistakes_are_reported_at_once() {
    let input = quote! {
        #[event(prefix = "account.", name = "x", retired("account.Opened", "9"))]
        enum AccountEvent<'a> {
            #[event(version = 3, upcast(1 -> 2 = one), prefix = "y")]
            Opened { #[stream(read)] account: AccountId, owner: &'a str },
            #[event(name = "Opened", version = 0, alias = "1st")]
            Moved { #[stream] to: Vec<AccountId> },
            #[event(alias = "z")]
            Deposited(#[stream] MoneyDeposited),
            Paid(MoneyDeposited),
            Pair(A, B),
        }
    };
    assert_eq!(
        errors(super::derive(input)),
        [
            "the `.` between prefix and name is added; leave it out here",
            "`name` belongs to one event type; put it on a variant",
            "a name starts with an ASCII letter and goes on with letters, digits, `_`, `-` and `.`",
            "an event owns what it holds, since it is stored; write `String` for `&str`, `Vec` for slices",
            "`prefix` is for all variants alike; put it on the enum",
            "version 3 needs an upcast from version 2; add `upcast(2 -> 3 = path)`",
            "`#[stream]` takes no arguments in an event; `read`, `append` and `state` are for commands",
            "versions start at 1",
            "a name starts with an ASCII letter and goes on with letters, digits, `_`, `-` and `.`",
            "the first `#[stream]` field is the home of the event, which has exactly one; put a field with a single \
             key before this one",
            "`alias` belongs to the event that this variant wraps; put it there",
            "the streams of a wrapped event are its own; put `#[stream]` on its fields",
            "a variant has named fields, `Pair { .. }`, or wraps one event, `Pair(SomeEvent)`",
            "two variants wrap `MoneyDeposited`; its events could be read as either",
        ]
    );
}
