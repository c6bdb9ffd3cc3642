use std::fmt;

use super::Behaviour;
use crate::EventTypes;
use crate::service::write_route;

/// What happens because something else has happened: `#[process_manager(..)]` makes one.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a process manager",
    label = "this is not a `#[process_manager(..)]`",
    note = "write `#[process_manager(on = Event::Variant, start = beginning, sends(Command))]` on the function, or \
            `#[process_manager(key = Key, ..)]` on the `impl` block"
)]
pub trait ProcessManager: 'static {
    /// What is known of it before anything runs.
    const MANAGER: Manager;
}

/// What is known of a process manager before anything runs: what it waits for, and what it may send.
///
/// `#[process_manager(..)]` writes it, and a service joins those of all its process managers.
#[derive(Clone, Copy, Debug)]
pub struct Manager {
    /// Its name. Its progress and its streams are stored under it.
    pub name: &'static str,
    /// Where it is defined: the path of the module, and the name in Rust.
    pub origin: &'static str,
    /// What it waits for.
    pub on: &'static [Listened],
    /// What it may send.
    pub sends: &'static [Sent],
    /// Which events it takes when it runs for the first time.
    pub start: Start,
    /// What it does.
    pub behaviour: Behaviour,
}

/// Event types that a process manager waits for: an entry of `on`.
#[derive(Clone, Copy, Debug)]
pub struct Listened {
    /// Those of a variant, or of a whole event.
    pub types: &'static EventTypes,
    /// Those of the whole event.
    pub event: &'static EventTypes,
    /// As the user wrote it: `OrderEvent::Placed`.
    pub shown: &'static str,
}

/// A command that a process manager may send: an entry of `sends(..)`.
#[derive(Clone, Copy, Debug)]
pub struct Sent {
    /// The name of the command on the wire.
    pub name: &'static str,
    /// The category of the streams it goes to, if it belongs to an aggregate.
    pub category: Option<&'static str>,
    /// Where the command is defined: [`Command::ORIGIN`](crate::command::Command::ORIGIN).
    pub origin: &'static str,
    /// As the user wrote it: `AddTodo`.
    pub shown: &'static str,
}

/// How it is routed to: `list/AddTodo`.
impl fmt::Display for Sent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_route(f, self.category, self.name)
    }
}

/// Which events a process manager takes when it runs for the first time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    /// All, from the beginning of the log.
    Beginning,
    /// Those that are stored from then on.
    Now,
}
