//! Processes that are killed while they write, and what must be left of their work.
//!
//! A [`Victim`] is the test binary once more, which runs a single test: that opens the store and works on it until it is
//! killed, by [`work_until_killed`]. It reports what was acknowledged and what it has read on its standard output; what
//! is in that pipe outlives it. The [`Witness`] keeps the reports, and compares them with the log that whoever opens the
//! store next finds. [`Kills`] does so over and over.
//!
//! ```no_run
//! # use std::path::{Path, PathBuf};
//! # use std::sync::Arc;
//! # use eventsourcing_memory::MemoryStore;
//! # async fn open(file: &Path) -> MemoryStore { MemoryStore::new() }
//! use eventsourcing_testkit::crash::{Kills, address, work_until_killed};
//!
//! #[test]
//! #[ignore = "run by the test below, which kills it"]
//! fn victim() {
//!     let Some(file) = address() else { return };
//!     let runtime = tokio::runtime::Runtime::new().expect("a runtime");
//!     runtime.block_on(async { work_until_killed(Arc::new(open(Path::new(&file)).await)).await });
//! }
//!
//! #[test]
//! fn what_was_acknowledged_outlives_whoever_wrote_it() {
//!     let file = PathBuf::from("events.db");
//!     let survived = Kills::new("victim").times(20).run(&file, async || Arc::new(open(&file).await));
//!     assert!(survived.acknowledged > 0);
//! }
//! ```
#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking, and so does its victim"
)]

mod kills;
mod report;
mod victim;
mod witness;
mod work;

pub use kills::Kills;
pub use report::Report;
pub use victim::{Victim, address};
pub use witness::{Loss, Survived, Witness};
pub use work::work_until_killed;
