use proc_macro2::TokenStream;
use quote::quote;

use crate::testing::{assert_expansion, assert_only_names, errors};

fn on_function(attribute: TokenStream) -> TokenStream {
    let function = quote! {
        /// Documented.
        pub fn list_every_todo(title: &str) -> AddTodo {
            AddTodo { title: title.to_owned() }
        }
    };
    super::attribute(attribute, function)
}

#[test]
fn a_function() {
    assert_expansion!(on_function(quote!(on = TodoEvent::Created, start = beginning)));
}

#[test]
fn a_function_of_several_events() {
    let function = quote! {
        fn ship(event: &Recorded<order::Paid>, order: &OrderId, cx: &mut Sends<ship>) -> Option<Ship> { None }
    };
    let attribute = quote!(
        on = [order::Paid],
        start = now,
        sends(Ship, Cancel),
        name = "shipping"
    );
    assert_expansion!(super::attribute(attribute, function));
}

fn block() -> TokenStream {
    quote! {
        impl Fulfilment {
            #[start(OrderEvent::Placed, key = order, strict)]
            fn placed(&mut self, total: &u64, cx: &mut Sends<Self>) {}

            #[stop([OrderEvent::Shipped, ParcelLost], key = event.stream())]
            fn done(&mut self) -> Vec<Ship> {
                Vec::new()
            }

            #[on_rejected(Ship)]
            fn stays_here(&mut self, command: &Ship, rejection: &Rejection) -> Cancel {
                Cancel {}
            }

            /// An ordinary method.
            pub fn total(&self) -> u64 {
                self.total
            }
        }
    }
}

#[test]
fn a_block() {
    let attribute = quote!(
        key = OrderId,
        category = "fulfilment",
        start = now,
        sends(Ship, Cancel)
    );
    assert_expansion!(super::attribute(attribute, block()));
}

#[test]
fn a_mistake_leaves_the_function_and_stops_others_from_following() {
    assert_expansion!(on_function(quote!(on = TodoEvent::Created)));
}

#[test]
fn a_renamed_facade_is_the_only_one_named() {
    assert_only_names(
        "renamed",
        on_function(quote!(on = TodoEvent::Created, start = now, crate = renamed)),
    );
    let attribute = quote!(
        key = OrderId,
        category = "fulfilment",
        start = now,
        sends(Ship, Cancel),
        crate = renamed
    );
    assert_only_names("renamed", super::attribute(attribute, block()));
}

#[test]
fn what_is_not_a_function_or_a_block_is_left_alone() {
    let expansion = super::attribute(
        quote!(start = now),
        quote!(
            struct Fulfilment;
        ),
    );
    assert!(expansion.to_string().starts_with("struct Fulfilment ;"));
    assert_eq!(
        errors(expansion),
        ["a process manager is a function, or the `impl` block of a state"]
    );
}

#[test]
fn all_mistakes_are_reported_at_once() {
    let block = quote! {
        impl Fulfilment {
            #[start]
            async fn placed(&mut self, order: OrderId) -> Result<Ship, Error> {}

            #[on(OrderEvent::Paid, key = order)]
            #[on(OrderEvent::Paid)]
            fn paid(self, cx: Sends<Self>) {}
        }
    };
    let attribute = quote!(
        key = OrderId,
        name = "fulfilment",
        on = OrderEvent::Paid,
        start = soon,
        sends(Ship, Ship)
    );
    assert_eq!(
        errors(super::attribute(attribute, block)),
        [
            "a process manager with state is called like its `category`; leave `name` out",
            "in an `impl`, each method says what it handles; mark it with `#[on(Event::Variant, key = field)]`",
            "`start` is `beginning`, with everything that is stored already, or `now`, with what happens once it runs",
            "a process manager is pure, since it runs again after a crash; leave out `async`, and let the command fetch \
             what it needs, in `prepare`",
            "a handler borrows what happened; take `&OrderId`",
            "a process manager cannot refuse what has happened; return a command, an `Option` or a `Vec` of commands, or \
             nothing",
            "`#[start]` names the event first: `#[start(Event::Variant, key = field)]`",
            "the state goes on after the event; take `&mut self`",
            "a handler borrows what it sends through; take `&mut Sends<Self>`",
            "say which field of the event names the instance: `key = field`",
            "a process manager names the category of the streams of its instances; add `category = \"name\"`",
            "this is listed twice; keep one of them",
        ]
    );
}
