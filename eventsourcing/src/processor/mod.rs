//! Processors: something is done with every event, in batches, outside of the store.
//!
//! A processor follows the log from where it left off, and hands its events to code that sends mails, feeds a search engine or
//! fills a database of its own. Unlike a [projection](crate::projection) it keeps nothing in the store but how far it has come.
//! Unlike a [process manager](crate::process) it sends no commands.
//!
//! ```
//! use std::num::NonZeroUsize;
//!
//! use eventsourcing::memory::MemoryStore;
//! use eventsourcing::prelude::*;
//! use eventsourcing::processor::Batch;
//! # #[derive(StreamKey, Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
//! # #[stream_key(category = "order")]
//! # pub struct OrderId(u32);
//! # #[derive(Event, Clone, Debug, PartialEq)]
//! # #[event(prefix = "order")]
//! # pub enum OrderEvent { Placed { #[stream] order: OrderId } }
//! # #[derive(Command, Serialize, Deserialize)]
//! # #[command(emits(OrderEvent::Placed))]
//! # pub struct Place { #[stream(append)] order: OrderId }
//! # impl CommandLogic for Place {
//! #     type Error = std::convert::Infallible;
//! #     fn handle(&self, _: &PlaceState, cx: &mut Decide<Self>) -> Result<(), Self::Error> {
//! #         emit!(cx, OrderEvent::Placed { order: self.order.clone() });
//! #         Ok(())
//! #     }
//! # }
//! # #[service(commands(Place))]
//! # pub struct Shop;
//! # async fn send_mail(key: String, about: &OrderEvent) -> std::io::Result<()> { Ok(()) }
//! # const FOUR: NonZeroUsize = NonZeroUsize::new(4).unwrap();
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let shop = Shop::builder(MemoryStore::new()).start().await?;
//! let mails = shop
//!     .processor("mails")
//!     .events::<OrderEvent>()
//!     .parallel(FOUR)
//!     .start(async |batch: Batch| {
//!         for event in batch.decode::<OrderEvent>() {
//!             let event = event?;
//!             let key = batch.key(event.position()).to_string(); // the mailer sends one mail for a key
//!             send_mail(key, event.payload()).await?;
//!         }
//!         Ok(())
//!     })
//!     .await?;
//!
//! let placed = shop.execute(Place { order: OrderId(17) }).await?;
//! mails.wait_for(placed.position()).await?;
//! # Ok(())
//! # }
//! ```
//!
//! # What is promised
//! Every event is handed over **at least once**, and the events of a stream in their order. Progress is saved after a batch was
//! dealt with; after a crash, the last one comes again. [`Batch::key`] is the same each time an event comes, and different for
//! every other event: whoever receives it can tell by it what they have done already.
//!
//! A batch that fails, or panics, is tried again, with growing pauses and loudly, and what comes after it waits. Code that rather
//! goes on without an event returns `Ok`.
//!
//! # Several processes
//! A processor may run in several processes that share a store. One of them takes its events, under a
//! [lease](crate::store::lease); the others stand by, can wait for it all the same, and go on when that one has ended or its lease
//! has run out: [`LeasePolicy`]. With several processors, each process takes the events of some.
//!
//! A process that was thought to be dead, and is not, may hand over one batch after another one has begun to: which is why an event
//! may come twice. Its progress is not saved.
//!
//! # Memory
//! It is bounded: so many batches are [read ahead](ProcessorBuilder::read_ahead), each of so many
//! [events](ProcessorBuilder::batch) and [bytes](ProcessorBuilder::batch_bytes).

mod batch;
mod builder;
mod handler;
mod keeping;
mod lanes;
mod progress;
mod running;
mod standby;
mod status;
mod task;

pub use crate::lease::LeasePolicy;
pub use batch::{Batch, EventKey};
pub use builder::{ProcessorBuilder, StartProcessorError};
pub use handler::Process;
pub(crate) use running::Processors;
pub use running::{Processor, WaitForProcessorError};
pub use status::{FailingBatch, ProcessorState, ProcessorStatus};
