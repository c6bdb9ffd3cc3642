//! A store so simple that it is obviously right, and random steps to compare others with it.
//!
//! The [`Model`] is one list of events; whatever is asked is answered by looking through it. [`steps`] makes up appends,
//! reads and all the rest over a few streams, event types, command ids and two tenants, so that they keep getting in each
//! other's way; [`check`] takes the same steps with a store and with the model, and tells where they disagree first.
//!
//! The case `model` of [`conformance!`](crate::conformance!) does this many times. To do it once, with steps of one's own:
//!
//! ```
//! use eventsourcing_memory::MemoryStore;
//! use eventsourcing_testkit::model::{self, Event, Step, Tenant};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), model::Disagreement> {
//! let opened = Event { name: "x.One", home: "a-1", links: vec!["b-1"] };
//! let steps = [Step::Append {
//!     tenant: Tenant::Ours,
//!     events: vec![opened],
//!     conditions: vec![],
//!     command: None,
//!     progress: None,
//! }];
//! model::check(&MemoryStore::new(), &steps).await
//! # }
//! ```

mod check;
mod feed;
mod reference;
mod step;
mod strategy;

pub use check::{Disagreement, check};
pub use reference::{Model, Outcome};
pub use step::{Command, Event, If, Move, Read, Step, Tenant, Types};
pub use strategy::steps;
