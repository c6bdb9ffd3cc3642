//! Aggregates: commands over one stream, written as methods of its state.
//!
//! `#[aggregate]` on an `impl` block makes each method with `#[command]` a command: a struct with the method's name, the id of
//! the aggregate and the parameters. It is executed like every other, under the same guarantees. Methods with `#[apply]` are
//! the fold.
//!
//! ```
//! use eventsourcing::prelude::*;
//! use eventsourcing::testing::scenario;
//!
//! #[derive(Event, Clone, Debug, PartialEq)]
//! #[event(prefix = "todo")]
//! pub enum TodoEvent {
//!     Created { title: String }, // no `#[stream]`: it belongs to the stream of its aggregate
//!     Completed,
//! }
//!
//! #[derive(Debug, PartialEq, thiserror::Error)]
//! #[error("the todo exists already")]
//! pub struct Exists;
//!
//! #[derive(Clone, Default)]
//! pub struct Todo { title: Option<String>, done: bool }
//!
//! #[aggregate(id = TodoId(String), category = "todo", event = TodoEvent, error = Exists)]
//! impl Todo {
//!     #[command]
//!     pub fn create(&self, title: String) -> Result<TodoEvent, Exists> {
//!         require!(self.title.is_none(), Exists);
//!         Ok(TodoEvent::Created { title })
//!     }
//!
//!     #[command(name = "Done", type = CompleteTodo)]
//!     pub fn complete(&self) -> Result<Option<TodoEvent>, Exists> {
//!         Ok((!self.done).then_some(TodoEvent::Completed))
//!     }
//!
//!     #[apply]
//!     fn created(&mut self, title: &str) {
//!         self.title = Some(title.to_owned());
//!     }
//!
//!     #[apply]
//!     fn completed(&mut self) {
//!         self.done = true;
//!     }
//! }
//!
//! let milk = TodoId::from("milk");
//!
//! scenario()
//!     .when(Create::new(milk.clone(), "buy milk".into()))
//!     .then([TodoEvent::Created { title: "buy milk".into() }]);
//!
//! scenario()
//!     .given_in(&milk, [TodoEvent::Created { title: "buy milk".into() }])
//!     .when(Create::new(milk.clone(), "buy more milk".into()))
//!     .then_rejected(Exists);
//!
//! assert_eq!(Todo::default().complete(), Ok(Some(TodoEvent::Completed))); // the methods are still methods
//! # assert_eq!(<CompleteTodo as Command>::NAME, "Done");
//! ```

mod cx;
pub(crate) mod derived;
mod events;
mod stateless;

pub use cx::Cx;
pub use events::{Decided, IntoEvents};
pub use stateless::Stateless;

/// Makes commands of the methods of a state.
///
/// | `#[aggregate(..)]` | |
/// |---|---|
/// | `id = TodoId` | the key of its stream, which has a category; this or the next is required |
/// | `id = TodoId(String)`, `category = "todo"` | the same, written by the macro |
/// | `event = TodoEvent` | the events that it emits and is folded from; required |
/// | `error = TodoError` | why commands are refused; by default a [`Rejection`](crate::wire::Rejection) |
/// | `state_version = 1` | the version of its state, which so has [snapshots](crate::snapshot), under the name of the category |
/// | `stateless` | decisions depend on no state |
/// | `derive(Eq)` | what commands derive besides, and the id if the macro writes it |
/// | `crate = path` | where this crate is found, if not at `::eventsourcing` |
///
/// # The id
/// The macro writes `TodoId(String)` as a [stream key](crate::stream::StreamKey) around any type that displays and parses. It
/// does so as well, is made of that type by [`From`], and of a `&str` if that type is. It can be compared, ordered and hashed,
/// is a serde type of the same form as what it wraps, and as visible as the command that most can see; `id = pub
/// TodoId(String)` says otherwise.
///
/// # Commands
/// A method with `#[command]` takes `&self` and decides, as [`CommandLogic::handle`](crate::command::CommandLogic::handle)
/// does, under the same contract: it runs again after a conflict. It returns what happened: one event, an `Option`, a `Vec` or
/// an array of events, or `()`; or if it may be refused, a `Result` of that. A parameter `cx: &Cx<Id>` is the [context](Cx);
/// all others are owned, and become public fields of the command, after `id`. `new` takes them in this order.
///
/// The command is as visible as the method, is [`Clone`], [`Debug`], [`PartialEq`], and a serde type. Attributes on a
/// parameter are those of the field, as of serde, or of what else it derives.
///
/// | `#[command(..)]` | |
/// |---|---|
/// | `type = CompleteTodo` | the name of the struct; by default that of the method, `Complete` |
/// | `name = "Done"` | the name on the wire; by default that of the struct |
///
/// Its events need no `#[stream]` field: they belong to the aggregate. If they have one, it names the aggregate's stream.
///
/// # The fold
/// Methods with `#[apply]` take `&mut self`, one for every variant of the event, or one for all. Together they are the
/// aggregate's [`State`]. Without any, implement that yourself.
///
/// | on a method | it applies |
/// |---|---|
/// | `#[apply]` | the variant that is called like the method; its parameters are fields of the variant, as references |
/// | `#[apply]`, with `event: &TodoEvent` and no field | every event |
/// | `#[apply(TodoEvent::Completed, TodoEvent::Dropped)]` | these variants; may be given several times |
/// | `#[apply(TodoEvent::Paid(payment))]` | this variant, which wraps an event; the parameter `payment` is a reference to it |
/// | `#[apply(TodoEvent)]` | every event, for methods that take it as it was recorded |
///
/// A parameter `event: &Recorded<TodoEvent>` is the event as it was [recorded](crate::event::Recorded).
///
/// With `state_version`, all that is in the block but the commands counts as the code that folds. [`#[state]`](macro@crate::state::state)
/// says when to raise the version, and is for a fold that you have written yourself.
///
/// # Without a state
/// A list, a log, a chat room: what is added to them does not depend on what is there. With `stateless` the aggregate is a
/// unit struct, without derives and without a fold. Its stream is appended to without being read or checked, as one with
/// `#[stream(append)]`: its commands are decided once, and never conflict.
///
/// ```
/// use eventsourcing::prelude::*;
/// use eventsourcing::testing::scenario;
///
/// #[derive(Event, Clone, Debug, PartialEq)]
/// #[event(prefix = "room")]
/// pub enum RoomEvent {
///     Said { text: String },
/// }
///
/// pub struct Room;
///
/// #[aggregate(id = RoomId(String), category = "room", event = RoomEvent, stateless)]
/// impl Room {
///     #[command]
///     pub fn say(&self, text: String) -> Result<RoomEvent, Rejection> {
///         require!(!text.is_empty(), "there is nothing to say");
///         Ok(RoomEvent::Said { text })
///     }
/// }
///
/// scenario()
///     .when(Say::new("hall".into(), "hello".into()))
///     .then([RoomEvent::Said { text: "hello".into() }]);
/// scenario()
///     .when(Say::new("hall".into(), String::new()))
///     .then_rejected(Rejection::new("there is nothing to say"));
/// ```
pub use eventsourcing_macros::aggregate;

use crate::command::Access;
use crate::command::derived::{Binding, One, bind_state};
use crate::event::Event;
use crate::service::Route;
use crate::state::State;
use crate::stream::StreamKey;

/// A state with commands of its own. `#[aggregate]` implements it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an aggregate",
    label = "this type has no commands",
    note = "write `#[aggregate(id = Id, event = Event)]` on the `impl` block with its commands"
)]
pub trait Aggregate: Sized + 'static {
    /// The key of its stream.
    type Id: StreamKey;
    /// What its commands emit, and it is folded from.
    type Event: Event;
    /// Why its commands are refused: the [`CommandLogic::Error`](crate::command::CommandLogic::Error) of each.
    type Error;
    /// Itself, or [`Stateless`] if it says so.
    type State: State<Key = Self::Id, Event = Self::Event>;

    /// The category of its streams.
    const CATEGORY: &'static str;
    /// Its commands, in the order in which they are written.
    const ROUTES: &'static [Route];

    /// How its commands read its stream: their first field is its key.
    #[doc(hidden)]
    const STREAM: Binding<One, Self::Id, Self::State> = bind_state("id", 0, Access::ReadWrite);
}
