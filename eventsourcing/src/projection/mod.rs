//! Projections: what is kept of events, in rows that can be asked for.
//!
//! A projection has a handler for each event that it is interested in. A handler is told the event, and edits rows by their
//! keys. It knows of no database, and is called in the order of the log: the same rows come of it in memory, in SQLite and in
//! PostgreSQL.
//!
//! ```
//! use eventsourcing::memory::MemoryStore;
//! use eventsourcing::prelude::*;
//! # #[derive(StreamKey, Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
//! # #[stream_key(category = "account")]
//! # pub struct AccountId(String);
//! # #[derive(Event, Clone, Debug, PartialEq)]
//! # #[event(prefix = "account")]
//! # pub enum AccountEvent {
//! #     Opened { #[stream] account: AccountId, owner: String },
//! #     Transferred { #[stream] from: AccountId, #[stream] to: AccountId, amount: i64 },
//! # }
//! # #[derive(Command, Serialize, Deserialize)]
//! # #[command(emits(AccountEvent::Opened))]
//! # pub struct Open { #[stream(append)] account: AccountId, owner: String }
//! # impl CommandLogic for Open {
//! #     type Error = std::convert::Infallible;
//! #     fn handle(&self, _: &OpenState, cx: &mut Decide<Self>) -> Result<(), Self::Error> {
//! #         emit!(cx, AccountEvent::Opened { account: self.account.clone(), owner: self.owner.clone() });
//! #         Ok(())
//! #     }
//! # }
//! # #[derive(Command, Serialize, Deserialize)]
//! # #[command(emits(AccountEvent::Transferred))]
//! # pub struct Transfer { #[stream(append)] from: AccountId, #[stream(append)] to: AccountId, amount: i64 }
//! # impl CommandLogic for Transfer {
//! #     type Error = std::convert::Infallible;
//! #     fn handle(&self, _: &TransferState, cx: &mut Decide<Self>) -> Result<(), Self::Error> {
//! #         let (from, to) = (self.from.clone(), self.to.clone());
//! #         emit!(cx, AccountEvent::Transferred { from, to, amount: self.amount });
//! #         Ok(())
//! #     }
//! # }
//!
//! #[derive(Row, Clone, Debug, PartialEq)]
//! #[row(table = "balances")]
//! pub struct BalanceRow {
//!     #[key] pub account: AccountId,
//!     pub owner: String,
//!     #[index] pub balance: i64,
//! }
//!
//! #[derive(Default)]
//! pub struct Balances;
//!
//! #[projection(name = "balances", version = 1, row = BalanceRow)]
//! impl Balances {
//!     #[on(AccountEvent::Opened)]
//!     fn opened(&self, account: &AccountId, owner: &str, rows: &mut Rows<BalanceRow>) {
//!         rows.entry(account).owner = owner.to_owned();
//!     }
//!
//!     #[on(AccountEvent::Transferred)]
//!     fn transferred(&self, from: &AccountId, to: &AccountId, amount: &i64, rows: &mut Rows<BalanceRow>) {
//!         rows.entry(from).balance -= amount;
//!         rows.entry(to).balance += amount;
//!     }
//! }
//!
//! #[service(commands(Open, Transfer), projections(Balances))]
//! pub struct Bank;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let bank = Bank::builder(MemoryStore::new()).start().await?;
//! let (alice, bob) = (AccountId("alice".into()), AccountId("bob".into()));
//! bank.execute(Open { account: bob.clone(), owner: "Bob".into() }).await?;
//! let done = bank.execute(Transfer { from: alice, to: bob.clone(), amount: 30 }).await?;
//!
//! bank.wait_for::<Balances>(done.position()).await?; // what was done is in the rows from here on
//! let row = bank.rows::<BalanceRow>().get(&bob).await?;
//! assert_eq!(row, Some(BalanceRow { account: bob, owner: "Bob".into(), balance: 30 }));
//!
//! let rich = bank.rows::<BalanceRow>().filter(BalanceRow::BALANCE.at_least(30)).all().await?;
//! assert_eq!(rich.len(), 1);
//! # Ok(())
//! # }
//! ```
//!
//! # What is promised
//! Every event has its effect on the rows once: they are written in one transaction with the progress of the projection, on the
//! condition that nobody else has moved it meanwhile.
//!
//! Several processes may run the same service. Each projection is run by one of them, which holds a
//! [lease](crate::store::lease); the others stand by, and can wait for it and ask for its rows all the same: [`LeasePolicy`]. With
//! [`slices`](macro@projection) a projection is run by several of them at once: each runs some of its slices.
//!
//! # What cannot be projected
//! An event that fails is tried again, with growing pauses, and then *parked*: it is written down beside the rows, with the
//! reason, and the projection goes on. What comes later in its *sequence* is parked behind it, in its order. The sequence of an
//! event is its home stream, or the value of the field that `parallel_by` names. All other sequences go on.
//!
//! [`wait_for`](crate::service::Runtime::wait_for) tells whoever waits for an event that is parked; [`ProjectionStatus`] and the log
//! tell everybody. Once the handler is mended, [`Projections::retry`] makes up for it; [`Projections::skip`] passes over an event
//! for good. Both have their effect on the rows once, like everything else. [`ProjectionPolicy`] is for those who would rather
//! [stop](OnFailure::Stop).

mod batch;
pub(crate) mod derived;
mod facts;
mod failure;
mod intake;
pub(crate) mod parked;
mod query;
pub(crate) mod row;
mod rows;
pub(crate) mod runner;
pub(crate) mod sequence;
pub(crate) mod slice;
pub(crate) mod sql;
#[cfg(test)]
mod tests;

pub use crate::lease::LeasePolicy;
pub use batch::{Batches, Projected, SetAside, Step};
pub use derived::Projector;
pub use facts::{Kept, Projection, ProjectionFacts};
pub use failure::ProjectionFailure;
pub use parked::{Parked, ParkedEvent, ParkedSequence};
pub use query::{QueryError, RowCursor, RowPage, RowQuery};
pub use row::{InvalidValue, Row, RowColumn, RowError, RowKey, RowOrder, RowTest, RowValue};
pub(crate) use rows::shown;
pub use rows::{RowChanges, Rows};
pub use runner::{
    CaughtUp, Done, FailingEvent, NotReady, OnFailure, ParkedError, ProjectionPolicy, ProjectionState,
    ProjectionStatus, Projections, SettledProjectionsError, SliceStatus, StartProjectionsError, VersionError,
    WaitForError,
};
pub(crate) use runner::{RowsAt, Watched};
pub use sequence::SequenceKey;
pub use sql::{InlineEvents, Pending, SqlEvents, SqlFacts, SqlProjector};
pub(crate) use sql::{InlineProjection, InlineStore};

pub use eventsourcing_macros::Row;

/// Makes a projection of an `impl` block.
///
/// | `#[projection(..)]` | |
/// |---|---|
/// | `name = "balances"` | its name, under which its progress is stored: lower-case letters, digits, `_` and `-`; required |
/// | `version = 2` | its version, which is raised whenever it makes other rows of the same events: it then fills a table of its own, from the beginning of the log; required |
/// | `row = BalanceRow` | the [`Row`] of its table, whose name has at most 33 bytes and does not end in `_parked`; required, unless it has `tables` |
/// | `tables("audit")` | the tables that it makes itself, in SQL of its own, with names as above |
/// | `inline` | its handlers, which run SQL, run in the transaction in which an event is appended |
/// | `parallel_by = field` | the field whose value tells which events belong together, instead of their home streams: all events have it, and it is a stream key, a text, a number or the like |
/// | `slices = 8` | so many parts of it, 2 to 64, are worked on side by side, by one process or several: the events of one value of `parallel_by`, or without that of one home stream, are of one slice. It is part of what the version is |
/// | `changed = "why"` | its code may differ from what its version was at first, because the rows would be the same |
/// | `crate = path` | where this crate is found, if not at `::eventsourcing` |
///
/// # Handlers
/// A method with `#[on(Event::Variant)]` handles an event: a variant, a struct event, a whole enum, or several of them in
/// `[..]`. After its `&self` it has parameters in any order:
/// * `rows: &mut Rows<BalanceRow>` are the rows, to be read and edited by key; required.
/// * `event: &Recorded<Event>` is the event as it was recorded.
/// * Every other is the field of this name of the variant, as a reference. Should it take several, each must have the field.
///
/// With `slices`, they are the rows whose key begins with the value of the field in `parallel_by`, or without that with the key of the
/// home stream, and no others: an event that asks for another row fails, so that no two slices change the same one.
///
/// It returns nothing, or a `Result<(), E>`. It does nothing but edit rows, since it may run several times for one event: see
/// [`Rows`].
///
/// # SQL of one's own
/// A projection with `tables(..)` runs SQL instead, on the database that its transaction is of: `PgTx` of
/// `eventsourcing::postgres`, with the feature `postgres-sqlx`, or `SqliteTx` of `eventsourcing::sqlite`, with the feature
/// `sqlite-sqlx`. A method with `#[create]` makes the tables of its version, and each
/// table is a constant of the type. Both that method and the handlers are `async`, and take `tx: &mut PgTx` in place of the rows.
/// What they have done takes effect with the progress of the projection, in one transaction.
///
/// ```ignore
/// #[projection(name = "audit", version = 1, tables("audit"))]
/// impl Audit {
///     #[create]
///     async fn create(&self, tx: &mut PgTx) -> sqlx::Result<()> {
///         let table = tx.sql("create table {} (owner text)", [Self::AUDIT]);
///         sqlx::query(table).execute(&mut **tx).await.map(drop)
///     }
///
///     #[on(AccountEvent::Opened)]
///     async fn opened(&self, owner: &str, tx: &mut PgTx) -> sqlx::Result<()> {
///         let insert = tx.sql("insert into {} values ($1)", [Self::AUDIT]);
///         sqlx::query(insert).bind(owner).execute(&mut **tx).await.map(drop)
///     }
/// }
/// ```
///
/// With `inline`, on PostgreSQL, handlers run when a command of the service appends an event, in the same transaction: they take
/// `event: &Pending<Event>`, which has no version and no position yet, and whatever they return an error for is not appended, and
/// fails the command as [`ExecuteError::Inline`](crate::execute::ExecuteError::Inline). They run before the lock of all appends is
/// taken, so two of them may run at the same time, and lock what they read. What is appended without them, by another program or
/// before they were there, has its effect when the projection comes to it, as without `inline`; and until it has come to the end
/// of the log, everything does.
///
/// # Defaults
/// [`projection`](crate::service::RuntimeBuilder::projection) gives it to a service as it is to be. One whose type has a `Default` is
/// made from that otherwise; a service with any other does not start without it, which the compiler sees to.
pub use eventsourcing_macros::projection;
