//! Process managers: what happens because something else has happened.
//!
//! A process manager waits for events and sends commands. `#[process_manager]` makes one of a function, which knows of nothing
//! but the event:
//!
//! ```
//! use eventsourcing::prelude::*;
//! use eventsourcing::testing::scenario;
//! # #[derive(StreamKey, Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
//! # #[stream_key(category = "todo")]
//! # pub struct TodoId(String);
//! # #[derive(Event, Clone, Debug, PartialEq)]
//! # #[event(prefix = "todo")]
//! # pub enum TodoEvent { Created { #[stream] todo: TodoId, title: String } }
//! # #[derive(Event, Clone, Debug, PartialEq)]
//! # #[event(prefix = "list")]
//! # pub enum ListEvent { Added { #[stream] list: StreamId, title: String } }
//!
//! #[derive(Command, Clone, Debug, Serialize, Deserialize)]
//! #[command(emits(ListEvent::Added))]
//! pub struct AddTodo {
//!     #[stream] list: StreamId,
//!     title: String,
//! }
//! # impl CommandLogic for AddTodo {
//! #     type Error = std::convert::Infallible;
//! #     fn handle(&self, _: &AddTodoState, cx: &mut Decide<Self>) -> Result<(), Self::Error> {
//! #         emit!(cx, ListEvent::Added { list: self.list.clone(), title: self.title.clone() });
//! #         Ok(())
//! #     }
//! # }
//!
//! #[process_manager(on = TodoEvent::Created, start = beginning)]
//! fn list_every_todo(title: &str) -> AddTodo {
//!     AddTodo { list: everything(), title: title.to_owned() }
//! }
//!
//! # fn everything() -> StreamId { StreamId::new("list-everything").unwrap() }
//! scenario()
//!     .process::<list_every_todo>()
//!     .when([TodoEvent::Created { todo: TodoId("1".into()), title: "milk".into() }])
//!     .then_sends([AddTodo { list: everything(), title: "milk".into() }]);
//!
//! assert_eq!(list_every_todo("bread").title, "bread"); // it is still a function
//! ```
//!
//! or of the `impl` block of a state, which has an instance for each key:
//!
//! ```
//! use eventsourcing::prelude::*;
//! use eventsourcing::testing::scenario;
//! use eventsourcing::wire::Rejection;
//! # #[derive(StreamKey, Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
//! # #[stream_key(category = "order")]
//! # pub struct OrderId(u32);
//! # #[derive(Event, Clone, Debug, PartialEq)]
//! # #[event(prefix = "order")]
//! # pub enum OrderEvent {
//! #     Placed { #[stream] order: OrderId, total: u64 },
//! #     Paid { #[stream] order: OrderId },
//! #     Shipped { #[stream] order: OrderId },
//! #     Cancelled { #[stream] order: OrderId, reason: String },
//! # }
//! # macro_rules! command {
//! #     ($name:ident { $($field:ident: $ty:ty),* } $state:ident, $event:ident) => {
//! #         #[derive(Command, Clone, Debug, Serialize, Deserialize)]
//! #         #[command(emits(OrderEvent::$event))]
//! #         pub struct $name { #[stream] order: OrderId, $($field: $ty),* }
//! #         impl CommandLogic for $name {
//! #             type Error = std::convert::Infallible;
//! #             fn handle(&self, _: &$state, _: &mut Decide<Self>) -> Result<(), Self::Error> { Ok(()) }
//! #         }
//! #     };
//! # }
//! # command!(TakePayment { total: u64 } TakePaymentState, Paid);
//! # command!(Ship { total: u64 } ShipState, Shipped);
//! # command!(Cancel { reason: String } CancelState, Cancelled);
//!
//! #[derive(Default)]
//! pub struct Fulfilment { total: u64 }
//!
//! #[process_manager(key = OrderId, category = "fulfilment", start = beginning, sends(TakePayment, Ship, Cancel))]
//! impl Fulfilment {
//!     #[start(OrderEvent::Placed, key = order)]
//!     fn placed(&mut self, order: &OrderId, total: &u64) -> TakePayment {
//!         self.total = *total;
//!         TakePayment { order: order.clone(), total: *total }
//!     }
//!
//!     #[on(OrderEvent::Paid, key = order)]
//!     fn paid(&mut self, order: &OrderId, cx: &mut Sends<Self>) {
//!         cx.send(Ship { order: order.clone(), total: self.total });
//!     }
//!
//!     #[on_rejected(TakePayment)]
//!     fn not_paid(&mut self, command: &TakePayment, rejection: &Rejection) -> Cancel {
//!         Cancel { order: command.order.clone(), reason: rejection.message.clone() }
//!     }
//!
//!     #[stop(OrderEvent::Shipped, key = order)]
//!     #[stop(OrderEvent::Cancelled, key = order)]
//!     fn done(&mut self) {}
//! }
//!
//! let order = OrderId(17);
//! scenario()
//!     .given([OrderEvent::Placed { order: order.clone(), total: 5 }])
//!     .process::<Fulfilment>()
//!     .when([OrderEvent::Paid { order: order.clone() }])
//!     .then_sends([Ship { order: order.clone(), total: 5 }])
//!     .when([OrderEvent::Shipped { order }])
//!     .then_sends_nothing();
//! ```
//!
//! # What is promised
//! Every event is reacted to once, in the order of its instance, and each command that is sent is executed once, whatever
//! crashes in between: commands have ids that are derived from what they are a reaction to. What a stateful manager has sent is
//! recorded in the stream of its instance, see [`ProcessEvent`], before it is executed.
//!
//! Where a service has several stores, all of this holds across them; but of events in two stores nobody can tell which was
//! first.
//!
//! What cannot be reacted to is parked: see [`Failure`]. So is an event whose command is rejected, if nobody handles that.

mod behaviour;
mod copied;
pub(crate) mod derived;
mod facts;
mod failure;
mod ids;
mod outgoing;
mod record;
pub(crate) mod runner;
mod sends;
mod single;

pub use behaviour::{Behaviour, Instance, Reaction, Stateful, Stateless};
pub use copied::CopiedEvent;
pub use facts::{Listened, Manager, ProcessManager, Sent, Start};
pub use failure::Failure;
pub use ids::{command_id, lane};
pub use outgoing::{Outgoing, metadata_caused_by};
pub use record::{ProcessEvent, Reacted, Refused, Role};
pub use runner::{
    InvalidManagerName, ManagerStatus, ParkedError, ParkedEvent, ParkedInstance, ProcessManagers,
    ProcessPolicy, SettledError, StartProcessesError,
};
#[doc(hidden)]
pub use sends::{Sending, sending, sending_nothing};
pub use sends::{Sends, SendsCommand, SentBy};

/// Makes a process manager of a function, or of the `impl` block of a state.
///
/// | `#[process_manager(..)]` | on | |
/// |---|---|---|
/// | `on = Event::Variant`, `on = [Event::A, Event::B]` | a function | what it waits for: variants, struct events, whole enums; required |
/// | `key = OrderId` | an `impl` | the stream key that tells instances apart; required |
/// | `category = "fulfilment"` | an `impl` | its name, and the category of the streams of its instances; required |
/// | `start = beginning`, `start = now` | both | which events it takes when it runs for the first time: all that are stored, or those to come; required |
/// | `sends(Command, ..)` | both | what it may send; of a function that returns one type of command, that by default |
/// | `name = "list_every_todo"` | a function | its name; by default that of the function |
/// | `crate = path` | both | where this crate is found, if not at `::eventsourcing` |
///
/// Its name is stored: under another name it is another process manager, which starts anew.
///
/// # Handlers
/// A function, or a method after its `&mut self`, has parameters in any order, as references:
/// * `event: &Recorded<Event>` is the event as it was recorded.
/// * `cx: &mut Sends<..>` takes commands of any type in `sends(..)`. Its parameter is `Self` in an `impl`, and the name of the
///   function outside of one: `cx: &mut Sends<list_every_todo>`.
/// * Every other is the field of this name of the variant. Should it take several, each must have the field.
///
/// It returns what it sends, a command, an `Option` or a `Vec` of commands, or nothing. It is pure: it changes `self`, and sends.
///
/// | on a method | it handles |
/// |---|---|
/// | `#[start(Event::Variant, key = field)]` | an event that starts an instance, from `Default`; a running one goes on |
/// | `#[on(Event::Variant, key = field)]` | an event for a running instance; there may be none |
/// | `#[stop(Event::Variant, key = field)]` | the same, and it is the last event of the instance |
/// | `#[on_rejected(Command)]` | that a command was rejected; `command: &Command` and `rejection: &Rejection` say which and why |
///
/// The field is of the type of the key. An event of an aggregate may have none: `key = event.stream()` takes the key from the
/// name of its home stream. `[Event::A, Event::B]` stands for several events, and a method may have several such
/// attributes. With `strict`, as in `#[start(.., strict)]`, it is an error to start an instance that is running, and for the
/// others that there is none: the event is parked.
///
/// The state is what the handlers make of the events: they run again over what was recorded to restore it.
pub use eventsourcing_macros::process_manager;
