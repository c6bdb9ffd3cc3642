//! Parts of a service that cases share.
#![allow(dead_code)]

use eventsourcing::prelude::*;

#[derive(StreamKey, Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[stream_key(category = "todo")]
pub struct TodoId(pub String);

#[derive(StreamKey, Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[stream_key(category = "list")]
pub struct ListId(pub String);

#[derive(Event, Clone, Debug, PartialEq)]
#[event(prefix = "todo")]
pub enum TodoEvent {
    Created { title: String },
}

#[derive(Event, Clone, Debug, PartialEq)]
#[event(prefix = "list")]
pub enum ListEvent {
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

#[derive(Debug, PartialEq, thiserror::Error)]
#[error("no")]
pub struct No;

#[derive(Clone, Default)]
pub struct Todo;

#[aggregate(id = TodoId, event = TodoEvent, error = No)]
impl Todo {
    #[command]
    pub fn create(&self, title: String) -> Result<TodoEvent, No> {
        Ok(TodoEvent::Created { title })
    }

    #[apply]
    fn created(&mut self) {}
}

#[derive(Command, Clone, Debug, Serialize, Deserialize)]
#[command(emits(ListEvent::Added))]
pub struct AddTodo {
    #[stream]
    pub list: ListId,
    pub title: String,
}

impl CommandLogic for AddTodo {
    type Error = No;

    fn handle(&self, _: &AddTodoState, cx: &mut Decide<Self>) -> Result<(), No> {
        emit!(
            cx,
            ListEvent::Added {
                list: self.list.clone(),
                title: self.title.clone()
            }
        );
        Ok(())
    }
}

#[process_manager(on = TodoEvent::Created, start = beginning)]
pub fn list_every_todo(title: &str) -> AddTodo {
    AddTodo {
        list: ListId("all".into()),
        title: title.to_owned(),
    }
}

#[process_manager(on = ListEvent::Cleared, start = beginning)]
pub fn note_cleared(list: &ListId) -> AddTodo {
    AddTodo {
        list: list.clone(),
        title: "cleared".into(),
    }
}

#[process_manager(on = ListEvent::Added, start = beginning)]
pub fn create_listed(title: &str) -> Create {
    Create::new(TodoId(title.to_owned()), title.to_owned())
}

/// A module that others share.
#[module(aggregates(Todo), commands(AddTodo))]
pub struct Todos;
