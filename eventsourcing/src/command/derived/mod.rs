//! What derived commands and `emit!` call.

mod binding;
mod container;
mod declared;
mod discovery;
mod emits;
mod fold;

pub use binding::{Binding, bind_append, bind_own, bind_state, bind_stateless, bind_version};
pub use container::{Many, One, Optional};

use container::Container;
pub use discovery::{Discovery, discover_append, discover_own, discover_state, discover_version};
pub use emits::{Folds, Listing, Writable, assert_listed_once, emit_value, list_event, list_variant};
pub use fold::{FoldedFrom, ParsedKey};

/// What a type parameter of a command must be, so that the command can be sent between threads.
#[diagnostic::on_unimplemented(
    message = "a command with a `{Self}` cannot be sent to another thread",
    label = "`{Self}` is part of the command",
    note = "add bounds where the command is defined, and here: `{Self}: Send + Sync + 'static`"
)]
pub trait CommandParameter: Send + Sync + 'static {}

#[diagnostic::do_not_recommend]
impl<T: Send + Sync + 'static> CommandParameter for T {}
