//! What handlers of events have in common, whatever they make of them: which events they take, and what they are called with.

pub(crate) mod check;
mod event_path;
mod expand;
mod parameter;

pub(crate) use event_path::{EventPath, EventPaths, path, shown};
pub(crate) use expand::{at, binding, event_alias, event_ident, heard, heard_once, pattern};
pub(crate) use parameter::{Of, Parameter, Takes};
