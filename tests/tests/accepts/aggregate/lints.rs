// What the macro writes passes under every lint that a careful crate denies.

#![deny(
    warnings,
    dead_code,
    missing_docs,
    missing_debug_implementations,
    unreachable_pub,
    unused_qualifications
)]
#![deny(
    rust_2018_idioms,
    single_use_lifetimes,
    unnameable_types,
    elided_lifetimes_in_paths,
    unused_lifetimes
)]
#![forbid(unsafe_code)]

//! A documented crate.

use eventsourcing::prelude::*;

/// A key.
#[derive(StreamKey, Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[stream_key(category = "todo")]
pub struct TodoId(String);

/// An event.
#[derive(Event, Clone, Debug)]
pub enum TodoEvent {
    /// It is there.
    Created {
        /// What to do.
        title: String,
    },
    /// It is done.
    #[deprecated]
    Completed,
}

/// Why not.
#[derive(Debug, thiserror::Error)]
#[error("it exists already")]
pub struct TodoError;

/// A state.
#[derive(Clone, Debug, Default)]
pub struct Todo {
    title: String,
}

#[aggregate(id = TodoId, event = TodoEvent, error = TodoError)]
impl Todo {
    /// A command.
    #[command]
    pub fn create(
        &self,
        /// What to do.
        title: String,
        cx: &Cx<TodoId>,
    ) -> Result<TodoEvent, TodoError> {
        let _ = (cx.now(), &self.title);
        Ok(TodoEvent::Created { title })
    }

    #[command]
    fn touch(&self) -> Result<(), TodoError> {
        Ok(())
    }

    /// Another.
    #[command]
    #[deprecated]
    pub(crate) fn complete(&self) -> Result<(), TodoError> {
        Ok(())
    }

    #[apply(TodoEvent::Created)]
    #[apply(TodoEvent::Completed)]
    fn changed(&mut self, event: &Recorded<TodoEvent>) {
        if let TodoEvent::Created { title } = event.payload() {
            self.title.clone_from(title);
        }
    }
}

/// What happens to lists.
#[derive(Event, Clone, Debug)]
pub enum ListEvent {
    /// A todo is on it.
    Listed {
        /// Which.
        todo: TodoId,
    },
}

/// A list.
#[derive(Debug)]
pub struct List;

#[aggregate(id = ListId(String), category = "list", event = ListEvent, stateless)]
impl List {
    /// A command.
    #[command]
    pub fn add(&self, todo: TodoId) -> Result<ListEvent, Rejection> {
        Ok(ListEvent::Listed { todo })
    }
}

/// How long a list is.
#[derive(Clone, Debug, Default)]
pub struct Length(u64);

#[aggregate(id = pub LengthId(u64), category = "length", event = ListEvent, derive(Copy, Eq, Hash))]
impl Length {
    /// A command.
    #[command]
    pub(crate) fn measure(&self) -> Result<(), Rejection> {
        require!(self.0 < 7, "there are enough");
        Ok(())
    }

    #[apply]
    fn apply(&mut self, event: &ListEvent) {
        let ListEvent::Listed { .. } = event;
        self.0 += 1;
    }
}

#[test]
fn it_runs() {
    let _ = Add::new("all".into(), TodoId(String::new()));
    let _ = Measure::new(LengthId::from(7));
    let _ = Create::new(TodoId(String::new()), String::new());
}
