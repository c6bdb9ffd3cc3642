use quote::quote;

use crate::testing::{assert_expansion, assert_only_names, errors};

#[test]
fn states_are_composed() {
    assert_expansion!(super::derive(quote! {
        #[command(emits(AccountEvent::Transferred, MoneyDeposited))]
        pub struct TransferMoney {
            #[stream(state = Account)]
            from: AccountId,
            #[stream(state = Account)]
            to: Vec<AccountId>,
            #[stream(read, state = Rules)]
            rules: Option<RulesId>,
            #[stream]
            version: StreamId,
            #[stream(append)]
            audit: AuditId,
            amount: u64,
        }
    }));
}

#[test]
fn one_state_folds_all() {
    assert_expansion!(super::derive(quote! {
        #[command(state = Total, name = "Audit2")]
        struct Audit {
            #[stream(read)]
            accounts: Vec<AccountId>,
            #[stream]
            other: StreamId,
        }
    }));
}

#[test]
fn streams_are_discovered() {
    assert_expansion!(super::derive(quote! {
        #[command(
            emits(),
            discovers(fees: AccountId, state = Account),
            discovers(seen: StreamId, read),
            discovers(log: LogId, append)
        )]
        pub(crate) struct Charge {}
    }));
}

#[test]
fn generics() {
    assert_expansion!(super::derive(quote! {
        #[command(emits(TagEvent<K>))]
        struct Tag<K: StreamKey, T = String, const N: usize = 3>
        where
            T: Clone,
        {
            #[stream(state = Tags<K>)]
            key: K,
            #[stream(read)]
            other: Id<K>,
            extra: [T; N],
        }
    }));
}

#[test]
fn a_mistake_leaves_a_command_that_stops_others_from_following() {
    assert_expansion!(super::derive(quote! {
        #[command(discovers(fees: AccountId, read, append))]
        struct Charge<K: StreamKey> {
            #[stream(state = Account)]
            account: AccountId,
        }
    }));
}

#[test]
fn a_renamed_facade_is_the_only_one_named() {
    let command = quote! {
        #[command(
            crate = renamed::es,
            emits(AccountEvent::Opened, Other, MoneyDeposited),
            discovers(fees: AccountId, state = Account)
        )]
        struct Pay<K: StreamKey> {
            #[stream(state = Account)]
            account: AccountId,
            #[stream(read)]
            key: Option<K>,
        }
    };
    assert_only_names("renamed", super::derive(command));
    let broken = quote! {
        #[command(crate = renamed, name = "")]
        struct Pay;
    };
    assert_only_names("renamed", super::derive(broken));
}

#[test]
fn all_mistakes_are_reported_at_once() {
    let input = quote! {
        #[command(emit(A), emits(A, A::B, "c", D::E { .. }, A), name = "a b", name = "c", discovers(AccountId))]
        struct Pay<'a> {
            #[stream(read, append, state = Account, state = Other)]
            account: AccountId,
            #[stream(write)]
            #[stream]
            other: Option<Vec<AccountId>>,
        }
    };
    assert_eq!(
        errors(super::derive(input)),
        [
            "unknown key `emit`; did you mean `emits`?",
            "`emits(..)` lists events and variants by their paths: `emits(Event::Variant, OtherEvent)`",
            "`emits(..)` lists events and variants by their paths: `emits(Event::Variant, OtherEvent)`",
            "a name starts with an ASCII letter and goes on with letters, digits, `_`, `-` and `.`",
            "`name` is given twice; keep one of them",
            "`discovers` starts with a name and the type of its keys: `discovers(name: Key, state = State)`",
            "`state` is given twice; keep one of them",
            "`append` is for streams that are not read, so it excludes `read`; keep one of them",
            "a state is folded from what is read, and `append` reads nothing; leave out `append` or `state`",
            "a `#[stream]` is written to unless it says `read`; leave `write` out",
            "this field is a `#[stream]` already; write `state`, `read` and `append` in one",
            "a `#[stream]` field is a key `K`, an `Option<K>` or a `Vec<K>`, not one in the other",
            "a command owns what it holds; it has no lifetime parameters",
            "the whole enum is listed, and with it this variant; keep one of them",
            "this is listed twice; keep one of them",
        ]
    );
}
