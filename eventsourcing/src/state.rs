//! States: what events add up to.

use crate::event::{Event, Recorded};
use crate::stream::StreamKey;

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
