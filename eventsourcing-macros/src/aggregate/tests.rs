use proc_macro2::TokenStream;
use quote::quote;

use crate::testing::{assert_expansion, assert_only_names, errors};

fn types() -> TokenStream {
    quote!(id = TodoId, event = TodoEvent, error = TodoError)
}

#[test]
fn commands_and_the_fold_are_written() {
    let todo = quote! {
        impl Todo {
            /// Notes something to do.
            #[command]
            pub fn create(
                &self,
                #[serde(default)] title: String,
                cx: &Cx<TodoId>,
            ) -> Result<TodoEvent, TodoError> {
                decide(title, cx)
            }

            #[cfg(feature = "done")]
            #[command(name = "Done", type = CompleteTodo)]
            fn complete(&self) -> Result<Option<TodoEvent>, TodoError> {
                Ok(None)
            }

            #[apply]
            fn created(&mut self, title: &str) {}

            #[apply(TodoEvent::Completed)]
            #[apply(TodoEvent::Dropped)]
            fn finished(&mut self, event: &Recorded<TodoEvent>) {}

            #[apply(TodoEvent::Paid(payment))]
            fn paid(&mut self, payment: &MoneyPaid) {}

            fn helper() {}
        }
    };
    assert_expansion!(super::expand(types(), todo));
}

#[test]
fn the_fold_may_be_the_users_own() {
    let todo = quote! {
        impl Todo {
            #[command]
            pub(crate) fn create(&self) -> Result<(), TodoError> {
                Ok(())
            }
        }
    };
    assert_expansion!(super::expand(types(), todo));
}

#[test]
fn a_mistake_leaves_commands_that_stop_others_from_following() {
    let todo = quote! {
        impl Todo {
            #[command]
            fn create(&self, title: &str, (a, b): (u8, u8), done: bool) -> Result<(), TodoError> {
                Ok(())
            }

            #[apply]
            fn created(&self) {}
        }
    };
    assert_expansion!(super::expand(quote!(id = TodoId, event = TodoEvent), todo));
}

#[test]
fn a_renamed_facade_is_the_only_one_named() {
    let todo = quote! {
        impl Todo {
            #[command]
            fn create(&self, title: String, cx: &Cx<TodoId>) -> Result<(), TodoError> {}
            #[apply]
            fn created(&mut self) {}
        }
    };
    let types = types();
    let renamed = quote!(#types, crate = renamed::es);
    assert_only_names("renamed", super::expand(renamed, todo.clone()));
    assert_only_names("renamed", super::expand(quote!(crate = renamed), todo));
}

#[test]
fn all_mistakes_are_reported_at_once() {
    let todo = quote! {
        impl Todo {
            #[command(typ = A, name = "a b")]
            #[command]
            async fn create<T>(&mut self, id: u8, a: &[u8], b: Option<&str>, c: impl Copy, d: Self) {}
            #[command]
            #[apply]
            fn done(self, cx: Cx<TodoId>, cx: &mut Cx<TodoId>) -> Result<(), TodoError> {}
            #[command(type = Done)]
            fn complete() -> Result<(), TodoError> {}
            #[command(type = Other, name = "Done")]
            fn other(&self) -> Result<(), TodoError> {}
            #[apply("x")]
            fn x(&mut self) {}
            #[apply(TodoEvent::Paid(payment))]
            fn paid(&mut self, paid: &Paid, [a]: &[u8; 1], n: u8, m: &mut u8) {}
            #[apply(Paid)]
            async fn paid_again(&self) -> bool {}
        }
    };
    assert_eq!(
        errors(super::expand(
            quote!(ids = A, event = 1, error = E, error = F),
            todo
        )),
        [""]
    );
}

#[test]
fn it_stands_on_an_impl_block_of_a_concrete_type() {
    let struct_errors = errors(super::expand(
        types(),
        quote!(
            pub struct Todo {}
        ),
    ));
    assert_eq!(struct_errors, [""]);
    let trait_errors = errors(super::expand(types(), quote!(impl Debug for Todo {})));
    assert_eq!(trait_errors, [""]);
    let generic_errors = errors(super::expand(
        types(),
        quote!(
            impl<T> Todo<T> {}
        ),
    ));
    assert_eq!(generic_errors, [""]);
}
