use quote::quote;

use crate::testing::{assert_expansion, assert_only_names, errors};

#[test]
fn a_newtype() {
    assert_expansion!(super::derive(quote! {
        #[stream_key(category = "account")]
        pub struct AccountId(String);
    }));
}

#[test]
fn a_renamed_facade_is_the_only_one_named() {
    let input = quote! {
        #[stream_key(category = "account", crate = renamed)]
        struct AccountId { text: String }
    };
    assert_only_names("renamed", super::derive(input));
}

#[test]
fn all_mistakes_are_reported_at_once() {
    let input = quote! {
        #[stream_key(category = "Account", catgory = "account", color = 1, category = "account")]
        struct AccountId<T> { id: T, other: String }
    };
    assert_eq!(
        errors(super::derive(input)),
        [
            "a category is a lower-case ASCII letter, then lower-case letters, digits and `_`",
            "unknown key `catgory`; did you mean `category`?",
            "unknown key `color`; `#[stream_key(..)]` takes `category`, `crate` here",
            "`category` is given twice; keep one of them",
            "a stream key has no generic parameters, since it stands for one category; write one key type for each \
             category",
            "a stream key is a struct with one field, not more; write `struct AccountId(String);`",
        ]
    );
}
