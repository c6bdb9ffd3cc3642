//! The parts of the executor that do no I/O, driven by hand.

mod discovery;
mod drive;
mod envelope;
mod failures;
mod kept;
mod machine;
mod probe;
mod read_set;
mod snapshots;
mod state_cache;
mod unread;
