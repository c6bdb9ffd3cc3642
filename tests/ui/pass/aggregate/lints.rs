// What the macro writes passes under every lint that a careful crate denies.

#![deny(warnings, missing_docs, missing_debug_implementations, unreachable_pub, unused_qualifications)]
#![deny(rust_2018_idioms, single_use_lifetimes, unnameable_types, elided_lifetimes_in_paths, unused_lifetimes)]
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

fn main() {
    let _ = Create::new(TodoId(String::new()), String::new());
}
