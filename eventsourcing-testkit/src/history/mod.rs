//! The history checker: proof, from what clients saw, that a store kept its promises under load and faults.
//!
//! Clients record what they asked for and what they were told; afterwards [`check`](check()) compares all of it with
//! the log. As the store itself gives every event a version and a position, nothing has to be searched for: the check
//! takes about as long as reading the history, and whatever it reports is broken, not merely suspicious.
//!
//! # What is checked
//! 1. **Appends.** What was acknowledged is in the log: whole, in one piece, as it was sent, at the versions and the
//!    position that were answered. What failed is not. What was of unknown outcome is there as a whole or not at all.
//!    No event is there twice, versions count up one by one in every stream, links included, and positions grow.
//! 2. **Dependencies.** Who wrote a version, who saw it, who wrote the next one, and who had been answered before
//!    somebody else began: there is no [`Cycle`] of these.
//! 3. **Decisions.** Whatever a command was decided on was current when it took effect, streams that it did not write
//!    included. If it wrote nothing, all that it read was current at one moment of the call.
//! 4. **Real time.** What was acknowledged, or seen, is seen by every read and every command that begins later.
//! 5. **Readers of the feed.** They were handed everything, once, in order: page by page, and over restarts.
//!
//! A read with a [`TypeFilter`](eventsourcing_core::TypeFilter) depends on events of those types alone.
//!
//! # A store under a random load
//! [`Workload`] makes clients that get into each other's way; it takes any store, faulty ones included.
//!
//! ```
//! use std::sync::Arc;
//!
//! use eventsourcing_memory::MemoryStore;
//! use eventsourcing_testkit::history::Workload;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let run = Workload::new(7).clients(4).commands(50).run(Arc::new(MemoryStore::new())).await?;
//! run.check().assert_clean();
//! # Ok(())
//! # }
//! ```
//!
//! # Your own load
//! Put a [`RecordingStore`] between your code and the store, or tell a [`Recorder`] yourself; read the log when all is
//! over, and check.
//!
//! ```
//! use std::sync::Arc;
//!
//! use eventsourcing_core::TenantId;
//! use eventsourcing_core::store::EventStore;
//! use eventsourcing_memory::MemoryStore;
//! use eventsourcing_testkit::fixture::{AppendExt, append, event};
//! use eventsourcing_testkit::history::{RecordingStore, check, read_log};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let store = RecordingStore::new(Arc::new(MemoryStore::new()));
//! let log = store.tenant(&TenantId::DEFAULT).log;
//! let open = append([event("account.Opened", "account-alice")]).if_absent("account-alice");
//! log.append(Arc::new(open)).await?;
//!
//! let history = store.recorder(&TenantId::DEFAULT).history();
//! let report = check(&history, &read_log(&*log).await?);
//! report.assert_clean();
//! assert_eq!(report.counts.acknowledged, 1);
//! # Ok(())
//! # }
//! ```

mod check;
mod digest;
mod log;
mod operation;
mod patience;
mod pending;
mod recorder;
mod report;
mod store;
mod subscriber;
mod violation;
mod workload;

pub use check::{Cycle, Dependency, Party, Step, check};
pub use digest::HistoryDigest;
pub use log::read_log;
pub use operation::{
    Action, Command, Coverage, Delivered, History, Operation, OperationRef, Outcome, PageSeen, SliceSeen,
    StreamsSeen, Tick,
};
pub use pending::{PendingCommand, PendingQuery};
pub use recorder::Recorder;
pub use report::{Counts, Report};
pub use store::RecordingStore;
pub use subscriber::{Subscriber, SubscriberRecorder, SubscriberRun};
pub use violation::{Comparison, Reader, Violation};
pub use workload::{ClientTask, Run, Workload, WorkloadError};
