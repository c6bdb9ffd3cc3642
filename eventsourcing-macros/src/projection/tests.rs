use proc_macro2::TokenStream;
use quote::quote;

use crate::code;
use crate::testing::{assert_expansion, assert_only_names, errors};

fn block() -> TokenStream {
    quote! {
        impl Balances {
            /// Documented.
            #[on(AccountEvent::Opened)]
            fn opened(&self, account: &AccountId, owner: &str, rows: &mut Rows<BalanceRow>) {
                rows.entry(account).owner = owner.to_owned();
            }

            #[on([AccountEvent::Closed, AccountLost])]
            fn closed(&self, rows: &mut Rows<BalanceRow>, event: &Recorded<AccountEvent>) -> Result<(), Lost> {
                Ok(())
            }

            /// An ordinary method.
            fn fee(&self) -> u64 {
                1
            }
        }
    }
}

#[test]
fn a_projection() {
    assert_expansion!(super::attribute(
        quote!(
            name = "balances",
            version = 2,
            row = BalanceRow,
            changed = "a comment"
        ),
        quote! {
            impl Balances {
                #[on(AccountEvent::Opened)]
                fn opened(&self, account: &AccountId, owner: &str, rows: &mut Rows<BalanceRow>) {
                    rows.entry(account).owner = owner.to_owned();
                }

                #[on([AccountEvent::Closed, AccountLost])]
                fn closed(&self, rows: &mut Rows<BalanceRow>) -> Result<(), Lost> {
                    Ok(())
                }
            }
        }
    ));
}

#[test]
fn a_field_tells_the_sequence_of_each_event() {
    assert_expansion!(super::attribute(
        quote!(
            name = "balances",
            version = 1,
            row = BalanceRow,
            parallel_by = account
        ),
        quote! {
            impl Balances {
                #[on(AccountEvent::Opened)]
                fn opened(&self, owner: &str, rows: &mut Rows<BalanceRow>) {}
            }
        }
    ));
}

#[test]
fn with_slices_the_field_is_what_keys_begin_with() {
    assert_expansion!(super::attribute(
        quote!(
            name = "balances",
            version = 1,
            row = BalanceRow,
            parallel_by = account,
            slices = 8
        ),
        quote! {
            impl Balances {
                #[on(AccountEvent::Opened)]
                fn opened(&self, owner: &str, rows: &mut Rows<BalanceRow>) {}
            }
        }
    ));
}

#[test]
fn with_slices_and_no_field_the_home_stream_is_what_keys_begin_with() {
    assert_expansion!(super::attribute(
        quote!(name = "balances", version = 1, row = BalanceRow, slices = 8),
        quote! {
            impl Balances {
                #[on(AccountEvent::Opened)]
                fn opened(&self, owner: &str, rows: &mut Rows<BalanceRow>) {}
            }
        }
    ));
}

#[test]
fn there_are_from_2_to_64_slices() {
    let of = |slices: TokenStream| {
        errors(super::attribute(
            quote!(name = "b", version = 1, row = R, #slices),
            block(),
        ))
    };
    let mixed = errors(super::attribute(
        quote!(name = "b", version = 1, row = R),
        block(),
    ));
    for allowed in [quote!(slices = 2), quote!(slices = 64)] {
        assert_eq!(of(quote!(parallel_by = account, #allowed)), mixed);
        assert_eq!(of(allowed), mixed);
    }
    let bounds = "a projection has from 2 to 64 slices";
    for refused in [
        quote!(slices = 0),
        quote!(slices = 65),
        quote!(slices = 99_999_999_999),
    ] {
        assert_eq!(of(quote!(parallel_by = account, #refused))[0], bounds);
    }
}

#[test]
fn a_projection_in_sql() {
    assert_expansion!(super::attribute(
        quote!(
            name = "audit",
            version = 2,
            tables("audit", "audit_lines"),
            parallel_by = account
        ),
        in_sql()
    ));
}

#[test]
fn a_renamed_facade_is_the_only_one_named_in_sql() {
    let attribute = quote!(name = "audit", version = 1, tables("audit"), crate = renamed);
    assert_only_names("renamed", super::attribute(attribute, in_sql()));
}

#[test]
fn an_inline_projection() {
    let block = quote! {
        impl Audit {
            #[create]
            async fn create(&self, tx: &mut PgTx) {}

            #[on(AccountEvent::Opened)]
            async fn opened(&self, event: &Pending<AccountEvent>, owner: &str, tx: &mut PgTx) {}
        }
    };
    let attribute = quote!(name = "audit", version = 1, tables("audit"), inline);
    assert_expansion!(super::attribute(attribute, block));
}

#[test]
fn what_is_inline_is_in_sql_and_sees_pending_events() {
    let block = quote! {
        impl Audit {
            #[create]
            async fn create(&self, tx: &mut PgTx) {}

            #[on(AccountEvent::Opened)]
            async fn opened(&self, event: &Recorded<AccountEvent>, tx: &mut PgTx) {}
        }
    };
    let attribute = quote!(name = "audit", version = 1, tables("audit"), inline);
    assert_eq!(
        errors(super::attribute(attribute, block)),
        ["what is inline sees an event before it has a version and a position; take `&Pending<..>`"]
    );
    let rows = quote! {
        impl Balances {
            #[on(AccountEvent::Opened)]
            fn opened(&self, rows: &mut Rows<BalanceRow>) {}
        }
    };
    let attribute = quote!(name = "balances", version = 1, row = BalanceRow, inline);
    assert_eq!(
        errors(super::attribute(attribute, rows)),
        [
            "an inline projection runs SQL in the transaction of the append; name its tables: `tables(\"table\")`"
        ]
    );
}

fn in_sql() -> TokenStream {
    quote! {
        impl Audit {
            #[create]
            async fn create(&self, tx: &mut PgTx) -> Result<(), sqlx::Error> {
                Ok(())
            }

            #[on(AccountEvent::Opened)]
            async fn opened(&self, owner: &str, tx: &mut PgTx) {}
        }
    }
}

#[test]
fn all_mistakes_in_sql_are_reported_at_once() {
    let block = quote! {
        impl Audit {
            #[create("tables")]
            fn create(self, owner: &str) {}

            #[create]
            async fn again<T>(&self, tx: &mut PgTx) {}

            #[on(AccountEvent::Opened)]
            fn opened(&mut self, tx: &mut PgTx, again: &mut PgTx) {}

            #[on(AccountEvent::Closed)]
            async fn closed(&self, tx: &PgTx) {}
        }
    };
    let attribute = quote!(name = "audit", version = 1, row = Row, tables("audit", "audit"));
    assert_eq!(
        errors(super::attribute(attribute, block)),
        [
            "the table `audit` is named twice; keep one of them",
            "`#[create]` stands alone",
            "there is one transaction; take it once",
            "a handler changes tables; take `&mut PgTx`",
            "a projection edits rows, or runs SQL on tables of its own; keep `row` or `tables`",
            "the tables are made already; keep one of these methods",
            "SQL is awaited; write `async fn`",
            "the projection goes on after the event; take `&self`",
            "the tables are made in a transaction: take `tx: &mut PgTx` or `tx: &mut SqliteTx`",
            "tables are made before there is an event; leave this out",
            "SQL is awaited; write `async fn`",
            "what a projection keeps is in its rows; take `&self`",
        ]
    );
}

#[test]
fn a_mistake_leaves_the_block_and_stops_others_from_following() {
    assert_expansion!(super::attribute(
        quote!(name = "balances", row = BalanceRow),
        quote!(impl Balances {
            #[on(AccountEvent::Opened)]
            fn opened(&self, account: &AccountId, rows: &mut Rows<BalanceRow>) {}
        })
    ));
}

#[test]
fn a_renamed_facade_is_the_only_one_named() {
    let attribute = quote!(
        name = "balances",
        version = 1,
        row = BalanceRow,
        parallel_by = owner,
        slices = 2,
        crate = renamed
    );
    let block = quote! {
        impl Balances {
            #[on(AccountEvent::Opened)]
            fn opened(&self, event: &Recorded<AccountEvent>, owner: &str, rows: &mut Rows<BalanceRow>) {}
        }
    };
    assert_only_names("renamed", super::attribute(attribute, block));
}

#[test]
fn the_event_of_a_handler_is_of_one_type() {
    let attribute = quote!(name = "balances", version = 1, row = BalanceRow);
    assert_eq!(
        errors(super::attribute(attribute, block())),
        [
            "this is of one type, and the events are of `AccountEvent` and `AccountLost`; take fields that all of them have, or \
             write one handler for each"
        ]
    );
}

#[test]
fn what_is_no_block_is_left_alone() {
    let expansion = super::attribute(
        quote!(name = "balances"),
        quote!(
            struct Balances;
        ),
    );
    assert!(expansion.to_string().starts_with("struct Balances ;"));
    assert_eq!(
        errors(expansion),
        ["a projection is an `impl` block with a method for each event; put `#[projection(..)]` on that"]
    );
}

#[test]
fn all_mistakes_are_reported_at_once() {
    let block = quote! {
        impl Balances {
            #[on]
            async fn opened(&mut self, account: AccountId, rows: Rows<BalanceRow>) {}

            #[on(AccountEvent::Closed)]
            #[on(AccountEvent::Closed)]
            fn closed(self, rows: &Rows<BalanceRow>) {}

            #[on(AccountEvent::Moved, key = account)]
            fn moved(&self) {}

            #[on(AccountEvent::Lost)]
            fn lost<T>(rows: &mut Rows<BalanceRow>, again: &mut Rows<BalanceRow>) {}
        }
    };
    let attribute = quote!(name = "Balances", version = 0, changed = " ", rows = BalanceRow);
    assert_eq!(
        errors(super::attribute(attribute, block)),
        [
            "the name of a projection is a lower-case ASCII letter, then lower-case letters, digits, `_` and `-`",
            "a version is a number from 1 on: the first is 1, and each that makes other rows is one more",
            "say why the rows would be the same: `changed = \"..\"`",
            "unknown key `rows`; did you mean `row`?",
            "a handler borrows what happened; take `&AccountId`",
            "a handler borrows the rows; take `&mut Rows<BalanceRow>`",
            "`#[on]` names the event: `#[on(Event::Variant)]`",
            "a handler changes rows; take `&mut Rows<..>`",
            "`#[on(..)]` takes an event, or several in `[..]`, and nothing else",
            "there is one `Rows`; take it once",
            "a projection fills a table; add `row = Row`, with a `#[derive(Row)]`",
            "this event is taken already; keep one of them",
            "a handler edits rows and does nothing else, since it may run several times for one event; leave out `async`",
            "what a projection keeps is in its rows; take `&self`",
            "the projection goes on after the event; take `&self`",
            "a handler edits rows; take `rows: &mut Rows<Row>`",
            "nobody says what this is when the event comes; name the type",
            "a handler is a method; take `&self` as the first parameter",
        ]
    );
}

#[test]
fn the_hash_of_code_differs_if_it_does_something_else() {
    let hash = |block: TokenStream| code::hash(&syn::parse2::<syn::ItemImpl>(block).unwrap().items);
    let first = quote!(impl A { #[on(E::V)] fn on(&self, rows: &mut Rows<R>) { rows.entry(1).x += 1; } });
    let documented = quote!(impl A { #[doc = "One."] #[on(E::V)] fn on(&self, rows: &mut Rows<R>) { rows.entry(1).x += 1; } });
    let other = quote!(impl A { #[on(E::V)] fn on(&self, rows: &mut Rows<R>) { rows.entry(1).x += 2; } });
    let of_another =
        quote!(impl A { #[on(E::W)] fn on(&self, rows: &mut Rows<R>) { rows.entry(1).x += 1; } });
    assert_eq!(hash(first.clone()), hash(documented));
    assert_ne!(hash(first.clone()), hash(other));
    assert_ne!(hash(first), hash(of_another));
}
