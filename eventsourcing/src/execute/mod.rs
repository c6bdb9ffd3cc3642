//! Executing commands: load, fold, discover, decide, append, and again after a conflict.
//!
//! The course of a command is a state machine without I/O; the [`Executor`] is the thin shell around it. Per process,
//! commands that write to the same stream take turns, so a hot stream costs waiting and not conflicts; streams that are
//! only read are never waited for. Whoever else writes, the conditions of the append guard everything that was read.
//!
//! States are [kept](ExecutorBuilder::state_cache), so of a stream that was folded before, only what is new is read. Where nobody
//! else appends, commands are decided on what is kept, and their appends find out whether that is all there is; nothing is
//! ever refused on what is merely remembered.
//!
//! Of states that have [snapshots](crate::snapshot), the first command after a start goes on from one of these.
//!
//! Streams may be in [several stores](ExecutorBuilder::store_for). Each command works on one of them.

mod builder;
mod catalog;
mod detached;
mod error;
mod executed;
mod executor;
mod gate;
pub(crate) mod machine;
mod placement;
mod policy;
mod queue;
mod read_set;
mod request;
mod shell;
mod state_cache;
mod stores;
#[cfg(test)]
mod tests;

pub use builder::ExecutorBuilder;
pub use error::{AcrossStores, Bug, ExecuteError, InvalidCommand, UnexpectedVersion};
pub use executed::Executed;
pub use executor::Executor;
pub(crate) use executor::{Internal, OpenError};
pub(crate) use placement::{Placement, StoreNumber};
pub use policy::RetryPolicy;
pub use request::Execute;
pub(crate) use request::fingerprint;
pub(crate) use shell::append_and_settle;
