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

            #[apply(TodoEvent::Completed, TodoEvent::Dropped)]
            #[apply(TodoEvent::Expired)]
            fn finished(&mut self, event: &Recorded<TodoEvent>) {}

            #[apply(TodoEvent::Paid(payment))]
            fn paid(&mut self, payment: &MoneyPaid) {}

            fn helper() {}
        }
    };
    assert_expansion!(super::expand(types(), todo));
}

#[test]
fn snapshots_of_the_state_have_the_name_of_the_category() {
    let attribute = quote!(id = TodoId, event = TodoEvent, state_version = 2);
    let todo = quote! {
        impl Todo {
            #[command]
            pub fn create(&self) -> TodoEvent {
                TodoEvent::Created
            }

            #[apply]
            fn apply(&mut self, event: &TodoEvent) {}
        }
    };
    assert_expansion!(super::expand(attribute, todo));
}

#[test]
fn a_state_has_snapshots_where_it_is_folded() {
    let folded = quote!(
        #[apply]
        fn apply(&mut self, event: &TodoEvent) {}
    );
    let wrong = |keys: TokenStream, fold: TokenStream| {
        let todo =
            quote!(impl Todo { #[command] fn create(&self) -> TodoEvent { TodoEvent::Created } #fold });
        errors(super::expand(quote!(id = TodoId, event = TodoEvent, #keys), todo))
    };
    assert_eq!(wrong(quote!(state_version = 1), folded.clone()), [""; 0]);
    assert_eq!(
        wrong(quote!(state_version = 0), folded),
        ["a version is a number from 1 on: the first is 1, and each that folds otherwise is one more"]
    );
    assert_eq!(
        wrong(quote!(state_version = 7), quote!()),
        [
            "the fold is written elsewhere; say it there: `#[state(name = \"todo\", version = 7)] impl State for Todo { .. }`"
        ]
    );
    assert_eq!(
        wrong(quote!(state_version = 1, stateless), quote!()),
        [
            "a stateless aggregate is not folded, so there is nothing to take a snapshot of; leave out `state_version`, or \
          `stateless`"
        ]
    );
}

#[test]
fn commands_do_not_count_for_the_code_of_the_fold() {
    let code = |command: TokenStream, fold: TokenStream| {
        let block = quote!(impl Todo { #[command] fn create(&self) -> TodoEvent { #command } #[apply] fn apply(&mut self, _: &TodoEvent) { #fold } });
        crate::code::hash(&super::item::beside_commands(&syn::parse2(block).unwrap()))
    };
    let first = code(quote!(TodoEvent::Created), quote!(self.events += 1;));
    assert_eq!(first, code(quote!(TodoEvent::Other), quote!(self.events += 1;)));
    assert_ne!(first, code(quote!(TodoEvent::Created), quote!(self.events += 2;)));
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
fn the_id_is_written_and_the_fold_is_one_method() {
    let types = quote!(
        id = TodoId(Uuid),
        category = "todo",
        event = TodoEvent,
        derive(JsonSchema, Hash)
    );
    let todo = quote! {
        impl Todo {
            #[command]
            pub(crate) fn complete(&self, #[schemars(range(max = 5))] stars: u8) -> Result<TodoEvent, Rejection> {
                Ok(TodoEvent::Completed)
            }

            #[apply]
            fn happened(&mut self, event: &TodoEvent) {}
        }
    };
    assert_expansion!(super::expand(types, todo));
}

#[test]
fn without_a_state_events_are_only_appended() {
    let types = quote!(id = ListId, event = ListEvent, stateless);
    let list = quote! {
        impl List {
            #[command]
            fn add(&self, todo: TodoId) -> Result<ListEvent, Rejection> {
                Ok(ListEvent::Added { todo })
            }
        }
    };
    assert_expansion!(super::expand(types, list));
}

#[test]
fn an_id_is_as_visible_as_the_command_that_most_can_see() {
    let written = |methods: TokenStream| {
        let types = quote!(id = TodoId(String), category = "todo", event = TodoEvent);
        super::expand(types, quote!(impl Todo { #methods })).to_string()
    };
    let hidden = quote!(
        #[command]
        fn a(&self) -> Result<(), Rejection> {}
    );
    let within = quote!(
        #[command]
        pub(in crate::todos) fn b(&self) -> Result<(), Rejection> {}
    );
    let inside = quote!(
        #[command]
        pub(crate) fn c(&self) -> Result<(), Rejection> {}
    );
    let public = quote!(
        #[command]
        pub fn d(&self) -> Result<(), Rejection> {}
    );
    let helper = quote!(
        pub fn helper() {}
    );
    let cases = [
        (quote!(#hidden #helper), ")] struct TodoId"),
        (quote!(#hidden #within), "pub (in crate :: todos) struct TodoId"),
        (quote!(#inside #within), "pub (crate) struct TodoId"),
        (quote!(#inside #public #hidden), "pub struct TodoId"),
    ];
    for (methods, expected) in cases {
        let written = written(methods);
        assert!(written.contains(expected), "no `{expected}` in {written}");
    }
    let types = quote!(id = pub TodoId(String), category = "todo", event = TodoEvent);
    let written = super::expand(types, quote!(impl Todo { #hidden })).to_string();
    assert!(written.contains("pub struct TodoId"), "{written}");
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
    assert_expansion!(super::expand(quote!(id = TodoId, error = TodoError), todo));
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
    let list = quote! {
        impl List {
            #[command]
            fn add(&self) -> Result<ListEvent, Rejection> {}
        }
    };
    let written = quote!(
        id = ListId(String),
        category = "list",
        event = ListEvent,
        stateless,
        crate = renamed
    );
    assert_only_names("renamed", super::expand(written, list));
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
    let types = quote!(ids = A, event = 1, error = E, error = F);
    let mut messages = errors(super::expand(types, todo));
    // It stands within the types that are missing, too; the compiler shows it once.
    let first = messages.remove(0);
    messages.retain(|message| *message != first);
    assert_eq!(first, "unknown key `ids`; did you mean `id`?");
    assert_eq!(
        messages,
        [
            "`event` is written `event = TodoEvent`",
            "`error` is given twice; keep one of them",
            "this method is a `#[command]` already; write `name` and `type` in one",
            "unknown key `typ`; did you mean `type`?",
            "a name starts with an ASCII letter and goes on with letters, digits, `_`, `-` and `.`",
            "a command decides, and does not change the state: events do, by `#[apply]`; take `&self`",
            "a command decides at once, on the state alone, and again after a conflict; leave out `async`",
            "a command is one type by itself, so its method has no parameters of this kind; name the type",
            "a command returns what happened, or why not; write `-> Result<Event, Error>`",
            "every command has an `id`: that of its aggregate; give this parameter another name, or take `cx: &Cx<..>` and call `cx.id()`",
            "a command owns its parameters; take `Vec<u8>`",
            "a command owns its parameters; take types without `&`",
            "a parameter of a command is a field of it; name its type",
            "a parameter of a command is a field of it, where `Self` is the command; name the type",
            "a method decides, as a `#[command]`, or changes the state, by `#[apply]`; make it two",
            "a command only looks at the state; take `&self`",
            "the context of a command is lent to it; take `&Cx<..>`",
            "the context of a command is lent to it; take `&Cx<..>`",
            "the command has its context already; keep one of them",
            "a command decides on the state; take `&self` as the first parameter",
            "`#[apply]` names variants: `#[apply(Event::Variant)]`, or one that wraps an event, `#[apply(Event::Variant(name))]`",
            "a parameter of an `#[apply]` method is called like a field of the event; take it apart in the method",
            "the event is lent to the methods that apply it; take `&u8`",
            "an event does not change any more; leave out `mut`",
            "`#[apply]` calls the event `payment`; call the parameter the same, or leave it out",
            "an `#[apply]` method changes the state; take `&mut self`",
            "a state depends on its events alone; leave out `async`",
            "what has happened cannot be refused any more; return nothing",
            "the method `done` is the command `Done` already; give this one another type: `#[command(type = Name)]`",
            "the method `done` is called `Done` on the wire already; give one of them another name: `#[command(name = \"Name\")]`",
            "the method `paid` applies `Paid` already; make it one method",
        ]
    );
}

#[test]
fn what_does_not_go_together_is_said() {
    let cases = [
        (
            quote!(id = TodoId(String), event = E),
            "the streams of an aggregate are of one category; add `category = \"todo\"`",
        ),
        (
            quote!(id = TodoId, category = "todo", event = E),
            "`TodoId` says itself which category it is of; leave `category` out, or write the id here: `id = TodoId(String)`",
        ),
        (
            quote!(id = TodoId(String), category = "Todo", event = E),
            "a category is a lower-case ASCII letter, then lower-case letters, digits and `_`",
        ),
        (
            quote!(id = ids::TodoId(String), category = "todo", event = E),
            "`id` is written `id = TodoId(String)`",
        ),
        (
            quote!(id = TodoId(String, u8), category = "todo", event = E),
            "`id` is written `id = TodoId(String)`",
        ),
        (
            quote!(id = TodoId, event = E, derive(Hash, std::fmt::Debug)),
            "every command is `Debug`; leave this out",
        ),
        (
            quote!(id = TodoId, event = E, stateless),
            "a stateless aggregate is not folded from its events; leave out `#[apply]`, or `stateless`",
        ),
        (
            quote!(id = TodoId, event = E, stateless = true),
            "`stateless` is written `stateless`",
        ),
        (
            quote!(),
            "an aggregate names the type of its id and of its events; add `id = TodoId, event = TodoEvent`",
        ),
    ];
    let todo = quote! {
        impl Todo {
            #[command]
            fn create(&self) -> Result<E, Rejection> {}
            #[apply]
            fn created(&mut self) {}
        }
    };
    for (attribute, message) in cases {
        let messages = errors(super::expand(attribute.clone(), todo.clone()));
        assert!(
            messages.iter().any(|said| said == message),
            "{attribute}: {messages:?}"
        );
    }
}

#[test]
fn every_event_is_applied_by_one_method() {
    let methods = |methods: TokenStream| {
        let command = quote!(
            #[command]
            fn create(&self) -> Result<E, Rejection> {}
        );
        errors(super::expand(
            quote!(id = TodoId, event = todo::E),
            quote!(impl Todo { #command #methods }),
        ))
    };
    let every = quote!(
        #[apply]
        fn every(&mut self, event: &E) {}
    );
    let named = quote!(
        #[apply(todo::E)]
        fn named(&mut self, event: &Recorded<todo::E>) {}
    );
    let created = quote!(
        #[apply]
        fn created(&mut self) {}
    );
    let field = quote!(
        #[apply]
        fn dropped(&mut self, event: &E, field: &u8) {}
    );
    assert_eq!(methods(every.clone()), [""; 0]);
    assert_eq!(methods(named.clone()), [""; 0]);
    assert_eq!(methods(quote!(#created #field)), [""; 0]);
    let after = "the method `every` applies every event, since it takes it whole; make it one method, \
                 or say which variants it applies: `#[apply(Event::Variant)]`";
    let before = "this method applies every event, since it takes it whole, and `created` applies `Created`; \
                  make it one method, or say which variants it applies: `#[apply(Event::Variant)]`";
    assert_eq!(methods(quote!(#every #created)), [after]);
    assert_eq!(methods(quote!(#every #named)), [after]);
    assert_eq!(methods(quote!(#created #every)), [before]);
}

#[test]
fn it_stands_on_an_impl_block_of_a_concrete_type() {
    let cases = [
        (
            quote!(
                struct Todo;
            ),
            "`#[aggregate]` stands on the `impl` block with the commands of a state: `impl Todo { .. }`",
        ),
        (
            quote!(impl Debug for Todo {}),
            "the commands of an aggregate are methods of its own, not of a trait; write `impl Todo { .. }`",
        ),
        (
            quote!(
                impl<T> Todo<T> {}
            ),
            "an aggregate has no parameters, since its commands are types by themselves; \
             derive `Command` for commands with parameters",
        ),
    ];
    for (item, message) in cases {
        assert_eq!(errors(super::expand(types(), item)), [message]);
    }
}
