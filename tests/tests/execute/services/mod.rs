//! A service: described, built, run, and shut down.

mod describing;
mod running;
mod schemas;
mod stores;

use std::convert::Infallible;

use eventsourcing::command::Prepare;
use eventsourcing::prelude::*;

#[derive(StreamKey, Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[stream_key(category = "todo")]
pub struct TodoId(String);

#[derive(StreamKey, Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[stream_key(category = "list")]
pub struct ListId(String);

#[derive(Event, Clone, Debug, PartialEq)]
#[event(prefix = "todo")]
pub enum TodoEvent {
    Created { title: String },
    Completed,
}

#[derive(Event, Clone, Debug, PartialEq)]
#[event(prefix = "list")]
pub enum ListEvent {
    #[event(alias = "list.Put", version = 2, upcast(1 -> 2 = with_title))]
    Added {
        #[stream]
        list: ListId,
        title: String,
    },
    Cleared {
        #[stream]
        list: ListId,
    },
}

/// Titles were optional once.
fn with_title(mut older: serde_json::Value) -> serde_json::Value {
    if older.get("title").is_none() {
        older["title"] = "(none)".into();
    }
    older
}

#[derive(Event, Clone, Debug, PartialEq)]
#[event(prefix = "shop")]
pub enum ShopEvent {
    Closed {
        #[stream]
        shop: StreamId,
    },
}

#[derive(Debug, PartialEq, thiserror::Error)]
#[error("that was done before")]
pub struct Done;

#[derive(Clone, Default)]
pub struct Todo {
    is_there: bool,
    is_done: bool,
}

#[aggregate(id = TodoId, event = TodoEvent, error = Done)]
impl Todo {
    #[command]
    pub fn create(&self, title: String) -> Result<TodoEvent, Done> {
        require!(!self.is_there, Done);
        Ok(TodoEvent::Created { title })
    }

    #[command]
    pub fn complete(&self) -> Result<TodoEvent, Done> {
        require!(!self.is_done, Done);
        Ok(TodoEvent::Completed)
    }

    #[apply]
    fn created(&mut self) {
        self.is_there = true;
    }

    #[apply]
    fn completed(&mut self) {
        self.is_done = true;
    }
}

/// What is put before every title.
pub struct Bullet(&'static str);

#[derive(Command, Clone, Debug, Serialize, Deserialize)]
#[command(emits(ListEvent::Added))]
pub struct AddTodo {
    #[stream]
    list: ListId,
    title: String,
}

impl CommandLogic for AddTodo {
    type Error = Infallible;

    fn handle(&self, _: &AddTodoState, cx: &mut Decide<Self>) -> Result<(), Infallible> {
        emit!(
            cx,
            ListEvent::Added {
                list: self.list.clone(),
                title: self.title.clone()
            }
        );
        Ok(())
    }

    async fn prepare(&mut self, cx: &Prepare) -> Result<(), Infallible> {
        if let Some(Bullet(bullet)) = cx.resource() {
            self.title.insert_str(0, bullet);
        }
        Ok(())
    }
}

#[process_manager(on = TodoEvent::Created, start = beginning)]
fn list_every_todo(title: &str) -> AddTodo {
    AddTodo {
        list: ListId("all".into()),
        title: title.to_owned(),
    }
}

#[derive(Command, Clone, Debug, Serialize, Deserialize)]
#[command(emits(ListEvent::Cleared))]
pub struct ClearList {
    #[stream(append)]
    list: ListId,
}

impl CommandLogic for ClearList {
    type Error = Infallible;

    fn handle(&self, _: &ClearListState, cx: &mut Decide<Self>) -> Result<(), Infallible> {
        emit!(
            cx,
            ListEvent::Cleared {
                list: self.list.clone()
            }
        );
        Ok(())
    }
}

#[process_manager(on = ShopEvent, start = now)]
fn forget_the_shop(event: &Recorded<ShopEvent>) -> ClearList {
    ClearList {
        list: ListId(event.stream().to_string()),
    }
}

#[module(commands(AddTodo), process_managers(list_every_todo))]
pub struct Lists;

#[service(
    aggregates(Todo),
    modules(Lists),
    process_managers(forget_the_shop),
    extern_events(ShopEvent = "the web shop stores them"),
    extern_commands(ClearList = "the old program still clears lists"),
    resources(Bullet)
)]
pub struct TodoApp;

#[service(aggregates(Todo), commands(AddTodo))]
pub struct Plain;
