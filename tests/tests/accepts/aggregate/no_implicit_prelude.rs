// Nothing of the prelude is needed, and nothing that is called like it is taken for it.
#![no_implicit_prelude]

use ::eventsourcing::aggregate::{Cx, aggregate};
use ::eventsourcing::event::Event;
use ::eventsourcing::stream::StreamKey;
use ::std::clone::Clone;
use ::std::string::String as Text;

#[allow(dead_code)]
struct Option;
#[allow(dead_code)]
struct Result;
#[allow(dead_code)]
struct Vec;
#[allow(dead_code)]
struct String;
#[allow(dead_code)]
struct State;
#[allow(dead_code)]
struct Command;

#[derive(StreamKey, Clone, Debug, PartialEq, Eq, Hash, ::serde::Serialize, ::serde::Deserialize)]
#[stream_key(category = "todo")]
struct TodoId(Text);

#[derive(Event)]
enum TodoEvent {
    Created { title: Text },
    Completed,
}

#[derive(Clone, ::std::default::Default)]
struct Todo {
    title: Text,
}

#[aggregate(id = TodoId, event = TodoEvent, error = ::std::fmt::Error)]
impl Todo {
    #[command]
    fn create(&self, title: Text, cx: &Cx<TodoId>) -> ::std::result::Result<TodoEvent, ::std::fmt::Error> {
        let _ = cx.id();
        ::std::result::Result::Ok(TodoEvent::Created { title })
    }

    #[command]
    fn complete(&self) -> ::std::result::Result<::std::option::Option<TodoEvent>, ::std::fmt::Error> {
        ::std::result::Result::Ok(::std::option::Option::Some(TodoEvent::Completed))
    }

    #[apply]
    fn created(&mut self, title: &str) {
        self.title = ::std::convert::From::from(title);
    }

    #[apply]
    fn completed(&mut self) {}
}

#[derive(Event)]
enum ListEvent {
    Listed { todo: TodoId },
}

struct List;

#[aggregate(id = ListId(Text), category = "list", event = ListEvent, stateless)]
impl List {
    #[command(type = Add)]
    fn list(&self, todo: TodoId) -> ::std::result::Result<ListEvent, ::eventsourcing::wire::Rejection> {
        ::std::result::Result::Ok(ListEvent::Listed { todo })
    }
}

#[derive(Clone, ::std::default::Default)]
struct Length(u64);

#[aggregate(id = LengthId(u64), category = "length", event = ListEvent, derive(::std::marker::Copy))]
impl Length {
    #[command]
    fn measure(&self) -> ::std::result::Result<(), ::eventsourcing::wire::Rejection> {
        ::eventsourcing::require!(self.0 < 7, "there are enough");
        ::std::result::Result::Ok(())
    }

    #[apply]
    fn apply(&mut self, _event: &ListEvent) {
        self.0 += 1;
    }
}

#[::core::prelude::v1::test]
fn it_runs() {
    let _ = Add::new(
        <ListId as ::std::convert::From<&str>>::from("all"),
        TodoId(Text::new()),
    );
}
