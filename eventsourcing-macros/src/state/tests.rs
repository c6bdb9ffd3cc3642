use quote::quote;

use crate::testing::{assert_expansion, assert_only_names, errors};

#[test]
fn a_state() {
    assert_expansion!(super::attribute(
        quote!(name = "account", version = 3),
        quote! {
            impl State for Account {
                type Key = AccountId;
                type Event = AccountEvent;

                fn apply(&mut self, _: &AccountId, _: &Recorded<AccountEvent>) {
                    self.events += 1;
                }
            }
        }
    ));
}

#[test]
fn a_mistake_leaves_the_block_as_it_was() {
    let block = quote!(impl State for Account { type Key = AccountId; });
    let expanded = super::attribute(quote!(name = "account"), block.clone()).to_string();
    assert!(expanded.starts_with(&block.to_string()), "{expanded}");
}

#[test]
fn all_mistakes_are_reported() {
    let of_block = |attribute| errors(super::attribute(attribute, quote!(impl State for Account {})));
    assert_eq!(
        of_block(quote!()),
        [
            "a state has a name and a version, under which its snapshots are kept; add `name = \"account\", version = 1`"
        ]
    );
    assert_eq!(
        of_block(quote!(name = "Account", version = 0, versoin = 1)),
        [
            "the name of a state is a lower-case ASCII letter, then lower-case letters, digits, `_` and `-`",
            "a version is a number from 1 on: the first is 1, and each that folds otherwise is one more",
            "unknown key `versoin`; did you mean `version`?",
        ]
    );
    let elsewhere = "`#[state(..)]` stands on the block that folds: `impl State for Account { .. }`";
    for item in [
        quote!(
            struct Account;
        ),
        quote!(impl Account {}),
    ] {
        let attribute = quote!(name = "account", version = 1);
        assert_eq!(errors(super::attribute(attribute, item)), [elsewhere]);
    }
}

#[test]
fn only_the_facade_is_named() {
    let block = quote!(impl facade::state::State for Account { type Key = AccountId; });
    let expanded = super::attribute(quote!(name = "account", version = 1, crate = facade), block);
    assert_only_names("facade", expanded);
}
