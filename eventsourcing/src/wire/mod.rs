//! Commands that arrive over the wire: by name, as bytes, from any transport.
//!
//! A [`WireCommand`] becomes a [`CommandResult`], whatever it holds: a [`Dispatcher`] finds the handler by the category of the
//! target and the name, checks the payload, and executes what that makes of it. Around that lie layers, and below it one
//! seam, [`CommandHandler`]: commands of Rust types are [`Typed`], and others can be handled elsewhere.
//!
//! A [`Protocol`] carries commands and results between a service and those outside, together with the events; [`serve`]
//! connects the two. [`MemoryProtocol`] is the one for tests.
//!
//! ```
//! use eventsourcing::memory::MemoryStore;
//! use eventsourcing::prelude::*;
//! use eventsourcing::service::{Service, service};
//! use eventsourcing::wire::{CommandResult, Dispatcher, WireCommand, timing};
//! use serde_json::json;
//! # #[derive(StreamKey, Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
//! # #[stream_key(category = "seat")]
//! # struct Seat(u32);
//! # #[derive(Event)]
//! # #[event(prefix = "seat")]
//! # enum SeatEvent { Reserved { #[stream] seat: Seat } }
//! # #[derive(Debug, thiserror::Error)]
//! # #[error("the seat is taken")]
//! # struct Taken;
//!
//! #[derive(Command, Serialize, Deserialize)]
//! #[command(emits(SeatEvent::Reserved))]
//! struct Reserve {
//!     #[stream] seat: Seat,
//! }
//! # impl CommandLogic for Reserve {
//! #     type Error = Taken;
//! #     fn handle(&self, state: &ReserveState, cx: &mut Decide<Self>) -> Result<(), Taken> {
//! #         require!(state.seat == Version::ABSENT, Taken);
//! #         emit!(cx, SeatEvent::Reserved { seat: self.seat.clone() });
//! #         Ok(())
//! #     }
//! # }
//!
//! #[service(commands(Reserve))]
//! struct Theatre;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), serde_json::Error> {
//! let executor = Executor::new(MemoryStore::new());
//! let dispatcher = Dispatcher::builder(executor, Theatre::TABLE).layer(timing()).build();
//!
//! let reserve = WireCommand::new("Reserve", &json!({ "seat": 12 }))?;
//! assert!(dispatcher.dispatch(reserve.clone()).await.is_success());
//! assert!(matches!(dispatcher.dispatch(reserve).await, CommandResult::Rejected(_)));
//! # Ok(())
//! # }
//! ```

mod command;
mod dispatch;
mod event;
mod handler;
mod invalid;
mod json;
mod layers;
mod memory;
mod metadata;
mod protocol;
mod rejection;
mod result;
mod router;
mod serve;
mod suggest;
#[cfg(test)]
#[cfg(feature = "memory")]
mod tests;
mod typed;

pub use command::WireCommand;
pub(crate) use dispatch::{Core, DispatchError};
pub use dispatch::{Dispatcher, DispatcherBuilder, Layered};
pub use event::WireEvent;
pub use handler::{CommandHandler, OpenCommand, Preparing, Received};
pub use invalid::InvalidPayload;
pub(crate) use json::parse_checked;
pub use layers::{Check, Checked, Timed, Timing, check, deadline, timing};
pub use memory::{MemoryClient, MemoryEvents, MemoryProtocol};
pub use metadata::WireMetadata;
pub use protocol::{Incoming, Protocol, ProtocolError, RequestId};
pub use rejection::Rejection;
pub use result::{CommandResult, Success};
pub use router::CommandRouter;
pub use serve::{Serve, ServeError, serve};
pub(crate) use suggest::suggestions;
pub use typed::Typed;
