use proc_macro2::TokenStream;
use quote::quote;

use super::Kind;
use crate::testing::{assert_expansion, assert_only_names, errors};

fn service(attribute: TokenStream) -> TokenStream {
    super::attribute(
        Kind::Service,
        attribute,
        quote! {
            /// All of it.
            pub struct App;
        },
    )
}

#[test]
fn a_service() {
    assert_expansion!(service(quote! {
        aggregates(Todo),
        commands(bank::Transfer<Euro>),
        process_managers(pm::list_every_todo),
        projections(read::Titles),
        queries(ask::OpenTitles),
        modules(Billing),
        extern_events(Paid = "the shop"),
        extern_commands(Ship = "the warehouse"),
        resources(PriceList, Client),
    }));
}

#[test]
fn a_module() {
    assert_expansion!(super::attribute(
        Kind::Module,
        quote!(aggregates(Invoice), process_managers(remind)),
        quote!(
            struct Billing;
        ),
    ));
}

#[test]
fn a_mistake_leaves_a_service_that_stops_others_from_following() {
    assert_expansion!(service(quote!(aggregates(Todo, Todo))));
}

#[test]
fn the_facade_may_be_known_under_another_path() {
    let attribute = quote! {
        aggregates(Todo), commands(Transfer), process_managers(list), projections(Titles), queries(OpenTitles), modules(Billing),
        extern_events(Paid = "the shop"), extern_commands(Ship = "the warehouse"), resources(PriceList),
        crate = renamed,
    };
    assert_only_names("renamed", service(attribute));
}

#[test]
fn all_mistakes_are_reported_at_once() {
    let tokens = service(quote! {
        aggregates(Todo, "Todo", List),
        aggregates(Other),
        commands(),
        process_managers = list,
        extern_events(Paid, Shipped = "", Sent = 3),
        readers(Titles),
    });
    assert_eq!(
        errors(tokens),
        [
            "a name is listed here, such as `Todo` or `billing::Invoice`",
            "`aggregates` is given twice; keep one of them",
            "`commands` is written `commands(TransferMoney)`",
            "`process_managers` is written `process_managers(list_every_todo)`",
            "say who does instead: `Paid = \"..\"`",
            "say who does instead: `Shipped = \"..\"`",
            "say who does instead: `Sent = \"..\"`",
            "unknown key `readers`; `#[service(..)]` takes `aggregates`, `commands`, `process_managers`, `projections`, \
             `queries`, `modules`, `extern_events`, `extern_commands`, `resources`, `crate` here",
        ]
    );
}

#[test]
fn what_is_no_unit_struct_is_kept() {
    let item = quote!(
        pub enum App {}
    );
    let tokens = super::attribute(Kind::Module, quote!(aggregates(Todo)), item);
    assert_eq!(
        errors(tokens.clone()),
        ["a module is a struct without fields; write `struct App;`"]
    );
    assert!(tokens.to_string().starts_with("pub enum App { }"));
}
