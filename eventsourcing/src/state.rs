//! States: what events add up to.

use crate::event::{Event, Recorded};
use crate::snapshot::StateSnapshots;
use crate::stream::StreamKey;

/// Gives a state a name and a version, and so [snapshots](crate::snapshot). It stands on the `impl` block of [`State`].
///
/// | key | |
/// |---|---|
/// | `name = "account"` | under which its snapshots are kept: chosen, never the name of the type |
/// | `version = 1` | one more, whenever the same events come to another state |
/// | `crate = path` | where this crate is found, if not at `::eventsourcing` |
///
/// The state is serialized, so it is `Serialize` and `Deserialize`; what `handle` looks at is not to be skipped.
///
/// ```
/// use eventsourcing::prelude::*;
/// # #[derive(StreamKey, Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
/// # #[stream_key(category = "account")]
/// # pub struct AccountId(String);
/// # #[derive(Event, Clone, Debug, PartialEq)]
/// # #[event(prefix = "account")]
/// # pub enum AccountEvent {
/// #     Deposited { #[stream] account: AccountId, amount: i64 },
/// # }
///
/// #[derive(Clone, Default, Serialize, Deserialize)]
/// pub struct Account { balance: i64 }
///
/// #[state(name = "account", version = 1)]
/// impl State for Account {
///     type Key = AccountId;
///     type Event = AccountEvent;
///
///     fn apply(&mut self, _: &AccountId, event: &Recorded<AccountEvent>) {
///         let AccountEvent::Deposited { amount, .. } = event.payload();
///         self.balance += amount;
///     }
/// }
/// ```
///
/// # When to raise the version
/// Snapshots are kept with a fingerprint of what the macro and the program can tell: the code in this block, the names and versions
/// of the events, and what a state looks like before any event. If any of it changes, the snapshots of before are not found any
/// more, and others are taken. Nobody can see what functions outside of the block do, an upcast among them, or what types of
/// fields look like inside: when they change what the same events come to, raise the version.
///
/// A scenario of [`testing`](crate::testing) goes on from a snapshot in the middle of what is given, and fails if it comes to
/// something else.
pub use eventsourcing_macros::state;

/// What the events of a stream add up to. Shared by commands, aggregates, snapshots and tests.
///
/// ```
/// use eventsourcing::prelude::*;
/// # #[derive(StreamKey, Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
/// # #[stream_key(category = "account")]
/// # pub struct AccountId(String);
/// # #[derive(Event, Clone, Debug, PartialEq)]
/// # #[event(prefix = "account")]
/// # pub enum AccountEvent {
/// #     Deposited { #[stream] account: AccountId, amount: i64 },
/// #     Transferred { #[stream] from: AccountId, #[stream] to: AccountId, amount: i64 },
/// # }
///
/// #[derive(Clone, Default)]
/// pub struct Account { balance: i64 }
///
/// impl State for Account {
///     type Key = AccountId;
///     type Event = AccountEvent;
///
///     fn apply(&mut self, me: &AccountId, event: &Recorded<AccountEvent>) {
///         match event.payload() {
///             AccountEvent::Deposited { amount, .. } => self.balance += amount,
///             AccountEvent::Transferred { from, to, amount } => {
///                 if from == me { self.balance -= amount; }
///                 if to == me { self.balance += amount; }
///             }
///         }
///     }
/// }
/// ```
///
/// # Contract
/// `apply` is pure: the same events give the same state, whenever they are folded and however often. A clone is as good as
/// the original, and does not change with it: an [`Executor`](crate::execute::Executor) keeps states, and commands go on from
/// clones of them.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a state",
    label = "this type does not fold events",
    note = "implement `State` for `{Self}`: `type Key`, `type Event` and `fn apply`"
)]
pub trait State: Clone + Default + Send + Sync + 'static {
    /// The key of the streams it is folded from; [`StreamId`](crate::StreamId) for streams of any kind.
    type Key: StreamKey;
    /// The events it is folded from. Others in the stream are not read, and do not conflict.
    type Event: Event;

    /// How its snapshots are known, written and read; `None` if it has none. [`#[state(..)]`](macro@state) on the block writes it.
    ///
    /// [Snapshots](crate::snapshot) spare reading long streams from their start.
    const SNAPSHOTS: Option<StateSnapshots> = None;

    /// Adds one event. `me` is the stream it is read through: an event in several streams tells by it which one this is.
    fn apply(&mut self, me: &Self::Key, event: &Recorded<Self::Event>);

    /// How many bytes of memory it takes, roughly; by default what it is without anything that it has on the heap.
    ///
    /// It is what the state counts for in the [cache](crate::execute::ExecutorBuilder::state_cache), and how dear a clone of
    /// it is thought to be. So say more where a state owns a lot: a map of thousands, a long text.
    fn memory(&self) -> usize {
        size_of::<Self>()
    }
}
