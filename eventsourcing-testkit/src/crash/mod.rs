//! Processes that are killed while they write, and what must be left of their work.
//!
//! A [`Victim`] is a process that opens the store and works on it until it is killed, by [`work_until_killed`]. It reports
//! what was acknowledged and what it has read on its standard output; what is in that pipe outlives it. The [`Witness`]
//! keeps the reports, and compares them with the log that whoever opens the store next finds. [`Kills`] does so over and
//! over: at random moments, and at [`Point`]s where the victim stands still until it is killed.
//!
//! A test is its own victim: the test binary runs once more, with a single test.
//!
//! ```no_run
//! # use std::ffi::OsString;
//! # use std::io;
//! # use std::process::Command;
//! # use std::sync::Arc;
//! # use eventsourcing_core::store::EventStore;
//! # use eventsourcing_memory::MemoryStore;
//! # async fn open(file: OsString) -> MemoryStore { MemoryStore::new() }
//! use eventsourcing_testkit::crash::{BoxError, Kills, Subject, Victim, address, work_until_killed};
//!
//! #[test]
//! #[ignore = "run by the test below, which kills it"]
//! fn victim() {
//!     let Some(file) = address() else { return };
//!     let runtime = tokio::runtime::Runtime::new().expect("a runtime");
//!     runtime.block_on(async { work_until_killed(Arc::new(open(file).await)).await });
//! }
//!
//! struct File;
//!
//! impl Subject for File {
//!     fn address(&self) -> OsString {
//!         "events.db".into()
//!     }
//!
//!     fn command(&self) -> io::Result<Command> {
//!         Victim::test("victim")
//!     }
//!
//!     async fn open(&self) -> Result<Arc<dyn EventStore>, BoxError> {
//!         Ok(Arc::new(open(self.address()).await))
//!     }
//! }
//!
//! #[test]
//! fn what_was_acknowledged_outlives_whoever_wrote_it() {
//!     let survived = Kills::new(7).times(20).run(&mut File).expect("everything should survive");
//!     assert!(survived.acknowledged > 0);
//! }
//! ```

mod failed;
mod kills;
mod loss;
mod point;
mod report;
mod subject;
#[cfg(test)]
mod tests;
mod victim;
mod witness;
mod work;

pub use failed::Failed;
pub use kills::Kills;
pub use loss::Loss;
pub use point::{NoPoint, Point, Stop, StoppingClock};
pub use report::{NoReport, Report};
pub use subject::{BoxError, Subject};
pub use victim::{Victim, address};
pub use witness::{Survived, Witness};
pub use work::work_until_killed;
