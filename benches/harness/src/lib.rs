//! The load that every subject is put under, and what is told of it.
//!
//! A subject is a way to keep the events of a bank: ours, a peer's, or written by hand. It implements [`Subject`], and its
//! program hands it to [`run`]:
//!
//! ```no_run
//! # use harness::{Done, Subject, Place, Audit};
//! # use anyhow::Result;
//! # struct Mine;
//! # impl Subject for Mine {
//! #     async fn connect(_: &Place) -> Result<Self> { Ok(Self) }
//! #     async fn create(&self) -> Result<()> { Ok(()) }
//! #     async fn open(&self, _: u64, _: u64) -> Result<()> { Ok(()) }
//! #     async fn deposit(&self, _: u64, _: i64) -> Result<Done> { Ok(Done::Refused) }
//! #     async fn audit(&self) -> Result<Audit> { Ok(Audit::default()) }
//! # }
//! fn main() -> std::process::ExitCode {
//!     harness::run::<Mine>()
//! }
//! ```
//!
//! The program `compare` starts such programs, tells them what to do by arguments, and reads what they say, line by line:
//! `protocol` has both. `bank` is what they all keep, `drive` the closed loop, `work` the ways to load them, `sink` what their
//! subscribers feed.

pub mod bank;
mod drive;
mod follow;
mod measured;
pub mod protocol;
mod retry;
mod run;
mod sink;
mod subject;
mod usage;
mod work;

pub use measured::{Latencies, Measured};
pub use protocol::{Audit, Followed, Said};
pub use retry::{Attempt, retry};
pub use run::run;
pub use sink::Sink;
pub use subject::{Done, Follows, Place, Subject};
pub use usage::CpuTime;
pub use work::Work;
