//! A store that fails now and then, by chance or on cue.
//!
//! [`FaultyStore`] wraps any store. A [`FaultPlan`] says how often which call goes wrong, from a seed; a script says what
//! happens to the very next ones. But for made-up conflicts, what is injected is within the
//! [contract](eventsourcing_core::store): whoever stands on a store has to cope with it.
//!
//! ```
//! use std::sync::Arc;
//!
//! use eventsourcing_core::TenantId;
//! use eventsourcing_core::store::{ErrorClass, EventStore, Settled};
//! use eventsourcing_memory::MemoryStore;
//! use eventsourcing_testkit::fault::{AppendFault, FaultPlan, FaultyStore};
//! use eventsourcing_testkit::fixture::{append, event};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let store = FaultyStore::new(Arc::new(MemoryStore::new()), FaultPlan::NONE);
//! let log = store.tenant(&TenantId::DEFAULT).log;
//!
//! store.script_appends([Some(AppendFault::LostAnswer)]);
//! let opened = Arc::new(append([event("account.Opened", "account-alice")]));
//! let error = log.append(opened.clone()).await.unwrap_err();
//! assert_eq!(error.class(), ErrorClass::UnknownOutcome);
//! assert!(matches!(log.settle(opened).await?, Settled::Present(_)));
//! # Ok(())
//! # }
//! ```

mod counts;
mod injector;
mod leases;
mod log;
mod plan;
mod rows;
mod snapshots;
mod sql;
mod store;

pub use counts::FaultCounts;
pub use plan::{AppendFault, Fault, FaultPlan, WriteFault};
pub use store::FaultyStore;
