//! Snapshots: what streams were folded into, kept in the store, so that a long stream need not be read from its start.
//!
//! An executor keeps the states that it has folded [in memory](crate::execute::ExecutorBuilder::state_cache). A snapshot is for
//! the first command on a stream after a start, or after its state had to make room: it is what the fold goes on from. A state
//! has snapshots if it says under which name and as which version, with [`#[state]`](macro@crate::state::state):
//!
//! ```
//! use eventsourcing::execute::Executor;
//! use eventsourcing::memory::MemoryStore;
//! use eventsourcing::prelude::*;
//! use eventsourcing::snapshot::SnapshotPolicy;
//! # #[derive(StreamKey, Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
//! # #[stream_key(category = "account")]
//! # pub struct AccountId(String);
//! # #[derive(Event, Clone, Debug, PartialEq)]
//! # #[event(prefix = "account")]
//! # pub enum AccountEvent {
//! #     Deposited { #[stream] account: AccountId, amount: i64 },
//! # }
//!
//! #[derive(Clone, Default, Serialize, Deserialize)]
//! pub struct Account { balance: i64 }
//!
//! #[state(name = "account", version = 1)]
//! impl State for Account {
//!     type Key = AccountId;
//!     type Event = AccountEvent;
//!
//!     fn apply(&mut self, _: &AccountId, event: &Recorded<AccountEvent>) {
//!         let AccountEvent::Deposited { amount, .. } = event.payload();
//!         self.balance += amount;
//!     }
//! }
//!
//! let executor = Executor::builder(MemoryStore::new())
//!     .snapshots(SnapshotPolicy::every(500))
//!     .build();
//! ```
//!
//! # What they are worth
//! Nothing is decided on a snapshot alone. A command reads what came after it, as it does after a state that is kept in memory, and
//! so learns the head of the stream; what it decides, and under which conditions, is the same. A snapshot that is lost, or was
//! never written, costs the time to read the stream.
//!
//! # Which are trusted
//! A snapshot is found by tenant, stream, name and version of the state, and a fingerprint of its code; and only if it was saved
//! in this life of the store. What is broken is passed over, told, and replaced. A share of all loads, see
//! [`SnapshotPolicy::verify_share`], folds the whole stream as well: if that comes to something else, it is what counts, the
//! snapshots of the stream are forgotten, and no snapshot of this code is used any more until the program is started anew.
//! [`SnapshotCounts`] tell what has happened.

mod counts;
mod format;
mod policy;
mod same;
mod work;
mod writer;

pub use counts::SnapshotCounts;
pub use format::StateSnapshots;
pub(crate) use format::{Restored, UnusableSnapshot};
pub(crate) use policy::Reading;
pub use policy::SnapshotPolicy;
pub(crate) use same::is_same;
use work::Code;
pub(crate) use work::{Save, Work};
pub(crate) use writer::Snapshotting;

/// What `#[state]` and `#[aggregate]` call.
pub(crate) mod derived {
    pub use super::format::{Snapshottable, snapshots_of};
}
