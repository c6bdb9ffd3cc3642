//! Commands: what somebody wants to happen, the streams that it depends on, and the decision.
//!
//! `#[derive(Command)]` makes a struct a [`Command`] over the streams that its `#[stream]` fields name.
//! [`CommandLogic`] is the decision, written by hand. [`StreamResolver`] finds streams that only the state can tell.

mod access;
mod decide;
mod decider;
mod deciding;
pub(crate) mod derived;
mod discover;
mod folded;
mod logic;
mod plan;
mod prepare;
mod slot;

pub use access::{
    Addressed, Contains, Declares, EmitInto, Emits, EmitsAll, Emittable, Exact, Generic, Listed, Lists,
    WritableIn,
};
pub(crate) use decide::Ids;
pub use decide::{Decide, Decision};
pub use decider::{CommandKind, Decider, Undecided};
pub(crate) use deciding::Deciding;
pub use discover::{Discovered, Discovers, StreamResolver};
pub use folded::Folded;
pub use logic::CommandLogic;
pub use plan::{Access, InvalidStreamField, Plan, Planned, Reads};
pub use prepare::{Prepare, Resources};
pub use slot::Slot;

pub use eventsourcing_macros::Command;

use std::sync::Arc;

use crate::event::DecodeError;
use crate::{EventTypes, InvalidStreamId, RecordedEvent, StreamId, Version};

/// What somebody wants to happen, and the streams that it depends on. Derive it; the decision is [`CommandLogic`].
///
/// | on a field | the stream is | `emit!` to it |
/// |---|---|---|
/// | `#[stream(state = S)]` | read, folded into an `S`, checked | compiles |
/// | `#[stream(read, state = S)]` | read, folded into an `S`, checked | does not compile |
/// | `#[stream]`, `#[stream(read)]` | checked; the state has its version | as above |
/// | `#[stream(append)]` | neither read nor checked | compiles |
///
/// A field is a stream key `K`, a [`StreamId`], an `Option<K>` or a `Vec<K>`. Its state is one of `K` streams, or of
/// streams of any kind; that of a `StreamId` may be any.
///
/// The derive composes a state struct named after the command, `TransferMoneyState`, with one field for each stream field:
/// `S`, `Option<S>`, `Vec<(K, S)>`, and [`Version`] where there is no `state`. What is discovered is a [`Discovered`].
///
/// | `#[command(..)]` | |
/// |---|---|
/// | `emits(Event::Variant, StructEvent, Enum)` | what [`emit!`](crate::emit) accepts; by default the events of its only state |
/// | `state = S` | one state folds all streams, in commit order |
/// | `discovers(name: Key, state = S)` | streams that [`StreamResolver`] names; `read` or `append` as above |
/// | `name = "Name"` | its name on the wire; by default that of the type |
/// | `crate = path` | where this crate is found, if not at `::eventsourcing` |
///
/// ```
/// use eventsourcing::prelude::*;
/// # #[derive(StreamKey, Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
/// # #[stream_key(category = "account")]
/// # pub struct AccountId(String);
/// # #[derive(Event, Clone, Debug, PartialEq)]
/// # #[event(prefix = "account")]
/// # pub enum AccountEvent { Deposited { #[stream] account: AccountId, amount: i64 } }
/// # #[derive(Clone, Default)]
/// # pub struct Account { balance: i64 }
/// # impl State for Account {
/// #     type Key = AccountId;
/// #     type Event = AccountEvent;
/// #     fn apply(&mut self, _: &AccountId, event: &Recorded<AccountEvent>) {
/// #         let AccountEvent::Deposited { amount, .. } = event.payload();
/// #         self.balance += amount;
/// #     }
/// # }
/// # #[derive(Debug, thiserror::Error)]
/// # #[error("nothing to deposit")]
/// # pub struct NothingToDeposit;
///
/// #[derive(Command)]
/// pub struct Deposit {
///     #[stream(state = Account)] account: AccountId,
///     amount: i64,
/// }
///
/// impl CommandLogic for Deposit {
///     type Error = NothingToDeposit;
///
///     fn handle(&self, _: &DepositState, cx: &mut Decide<Self>) -> Result<(), NothingToDeposit> {
///         require!(self.amount > 0, NothingToDeposit);
///         emit!(cx, AccountEvent::Deposited { account: self.account.clone(), amount: self.amount });
///         Ok(())
///     }
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a command",
    label = "this type is not a command",
    note = "add `#[derive(Command)]` to `{Self}`"
)]
pub trait Command: Send + Sync + Sized + 'static {
    /// Its name on the wire.
    const NAME: &'static str;
    /// The category of the streams that it goes to, if it is the command of an aggregate.
    const CATEGORY: Option<&'static str> = None;
    /// Everything that it can emit.
    const EMITS: &'static [&'static EventTypes];
    /// Everything that it can read, streams that it may discover included.
    const READS: &'static [&'static EventTypes];
    /// The categories of the streams that it names, streams that it may discover included; `None` stands for streams whose
    /// category is known only when it is executed. From this a service with several stores knows where it goes.
    const CATEGORIES: &'static [Option<&'static str>] = &[Self::CATEGORY];
    /// Where it is defined: the module and the name of its type. It tells apart commands of one name.
    const ORIGIN: &'static str;
    /// Whether one state folds all streams, in commit order and each event once, instead of one state for each stream.
    const COMMIT_ORDER: bool;

    /// What a service lists to have the command: itself, or the aggregate whose method decides it.
    type Origin: 'static;
    /// What `handle` decides on.
    type State: Send + Sync;
    /// What a [`StreamResolver`] names further streams to; `()` if it discovers none.
    type Found: Default;

    /// The JSON Schema of the command, if it has one. Feature `schema`.
    #[cfg(feature = "schema")]
    fn schema(generator: &mut crate::schema::SchemaGenerator) -> Option<crate::schema::Schema> {
        let _ = generator;
        None
    }

    /// The stream that it goes to, if it is the command of an aggregate.
    ///
    /// # Errors
    /// If the key does not make a stream id.
    fn target(&self) -> Result<Option<StreamId>, InvalidStreamId> {
        Ok(None)
    }

    /// Names the streams.
    ///
    /// # Errors
    /// If a key does not make a stream id.
    fn plan(&self, plan: &mut Plan) -> Result<(), InvalidStreamField>;

    /// The state before any event.
    fn initial(&self) -> Self::State;

    /// Adds events of a stream to the part of the state that a slot stands for. Events of other types are passed over.
    ///
    /// # Errors
    /// If an event cannot be read.
    fn fold(
        &self,
        state: &mut Self::State,
        slot: Slot,
        stream: &StreamId,
        events: &[Arc<RecordedEvent>],
    ) -> Result<(), DecodeError>;

    /// The part of the state that a slot stands for, if it is the state of one stream alone: such a state may be kept, and
    /// taken up by another command.
    fn folded<'s>(&self, state: &'s mut Self::State, slot: Slot) -> Option<&'s mut dyn Folded> {
        let _ = (state, slot);
        None
    }

    /// Tells the part of the state that a slot stands for the head of its stream.
    fn seen(&self, state: &mut Self::State, slot: Slot, head: Version) {
        let _ = (state, slot, head);
    }

    /// Asks the [`StreamResolver`], if there is one, for further streams.
    fn discover(&self, state: &Self::State, found: &mut Self::Found) {
        let _ = (state, found);
    }

    /// Makes room in the state for streams that were found, and adds those that are new to the plan.
    ///
    /// # Errors
    /// If a key does not make a stream id.
    fn found(
        &self,
        found: Self::Found,
        state: &mut Self::State,
        plan: &mut Plan,
    ) -> Result<(), InvalidStreamField> {
        let _ = (found, state, plan);
        Ok(())
    }
}
