//! What derived commands and `emit!` call.

mod binding;
mod container;
mod discovery;
mod emits;
mod fold;

pub use binding::{Binding, bind_append, bind_own, bind_state, bind_version};
pub use container::{Many, One, Optional};

use container::Container;
pub use discovery::{Discovery, discover_append, discover_own, discover_state, discover_version};
pub use emits::{Folds, Listing, Writable, assert_listed_once, emit_value, list_event, list_variant};
pub use fold::{FoldedFrom, ParsedKey};
