//! Queries: questions about what projections keep, by type and by name, once or for as long as somebody looks.
//!
//! `#[derive(Query)]` makes a struct a [`Query`]: its fields are what is asked for, its attribute says what comes of it and which
//! projections it reads. [`QueryLogic`] is the answer, written by hand. A service lists its queries, and a
//! [`Runtime`](crate::service::Runtime) asks them: `query` once, `follow` again whenever the projections have moved.
//!
//! ```
//! use eventsourcing::memory::MemoryStore;
//! use eventsourcing::prelude::*;
//! # #[derive(StreamKey, Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
//! # #[stream_key(category = "account")]
//! # pub struct AccountId(String);
//! # #[derive(Event, Clone, Debug, PartialEq)]
//! # #[event(prefix = "account")]
//! # pub enum AccountEvent { Deposited { #[stream] account: AccountId, cents: i64 } }
//! # #[derive(Command, Serialize, Deserialize)]
//! # #[command(emits(AccountEvent))]
//! # pub struct Deposit { #[stream(append)] account: AccountId, cents: i64 }
//! # impl CommandLogic for Deposit {
//! #     type Error = std::convert::Infallible;
//! #     fn handle(&self, _: &DepositState, cx: &mut Decide<Self>) -> Result<(), Self::Error> {
//! #         emit!(cx, AccountEvent::Deposited { account: self.account.clone(), cents: self.cents });
//! #         Ok(())
//! #     }
//! # }
//! #[derive(Row, Clone, Debug, PartialEq, Serialize)]
//! #[row(table = "balances")]
//! pub struct BalanceRow {
//!     #[key] pub account: AccountId,
//!     #[index] pub cents: i64,
//! }
//! # #[derive(Default)]
//! # pub struct Balances;
//! # #[projection(name = "balances", version = 1, row = BalanceRow)]
//! # impl Balances {
//! #     #[on(AccountEvent::Deposited)]
//! #     fn deposited(&self, account: &AccountId, cents: &i64, rows: &mut Rows<BalanceRow>) {
//! #         rows.entry(account).cents += cents;
//! #     }
//! # }
//!
//! #[derive(Query, Serialize, Deserialize)]
//! #[query(result = Vec<BalanceRow>, of(Balances))]
//! pub struct RichAccounts {
//!     pub at_least: i64,
//! }
//!
//! impl QueryLogic for RichAccounts {
//!     async fn answer(&self, read: &Reading<Self>) -> Result<Vec<BalanceRow>, NoAnswer> {
//!         Ok(read.rows::<BalanceRow>().filter(BalanceRow::CENTS.at_least(self.at_least)).all().await?)
//!     }
//! }
//!
//! #[service(commands(Deposit), projections(Balances), queries(RichAccounts))]
//! pub struct Bank;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let bank = Bank::builder(MemoryStore::new()).start().await?;
//! let mut live = bank.follow(RichAccounts { at_least: 100 }).await?;
//! assert_eq!(live.next().await?.len(), 0); // first the result as it is, then each that differs
//!
//! let done = bank.execute(Deposit { account: AccountId("ada".into()), cents: 100 }).await?;
//! let rich = bank.query(RichAccounts { at_least: 100 }).at(done.position()).await?; // what was done is in it
//! assert_eq!(rich[0].cents, 100);
//! assert_eq!(*live.next().await?, *rich);
//! # Ok(())
//! # }
//! ```
//!
//! # What is promised
//! An [`Answer`] has a position: everything up to there is in it, and perhaps more. `at(position)` waits until that is
//! reached, so whoever has executed a command, and asks at its position, finds what it has done.
//!
//! Whoever follows a query is told each result that differs from the last one, or, if several have come meanwhile, the newest. Whoever
//! has a result already, and its [`Revision`], is told what differs from that. The same query, asked by many for the same tenant, is
//! evaluated once for all of them.

mod answer;
mod ask;
mod cache;
pub(crate) mod derived;
mod error;
mod facts;
mod follow;
mod handler;
mod live;
mod policy;
mod queries;
mod reading;
#[cfg(test)]
#[cfg(feature = "memory")]
mod tests;
mod wire;

pub use answer::{Answer, InvalidRevision, Revision};
pub use ask::Ask;
pub use cache::QueryCache;
pub(crate) use cache::{Caches, Results};
pub use error::{AskError, NoAnswer};
pub use facts::QueryFacts;
pub use follow::{Follow, Followed};
pub(crate) use handler::{QueryHandler, TypedQuery};
pub use policy::QueryPolicy;
pub use queries::Queries;
pub use reading::{Reading, Reads};
pub use wire::{WireAnswer, WireFollowed, WireParameters, WireQuery};

pub use eventsourcing_macros::Query;

use crate::projection::ProjectionFacts;

/// A question about what projections keep. Derive it; the answer is [`QueryLogic`].
///
/// Its fields are what is asked for. It has named fields, or none: `struct AllAccounts {}`.
///
/// | `#[query(..)]` | |
/// |---|---|
/// | `result = Vec<BalanceRow>` | what comes of it; required |
/// | `of(Balances)` | the projections that it reads: what it waits for, and what wakes those who follow it; required |
/// | `name = "Name"` | its name on the wire; by default that of the type |
/// | `crate = path` | where this crate is found, if not at `::eventsourcing` |
///
/// To be listed by a service, it is `Serialize` and `Deserialize`, and its result `Serialize`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a query",
    label = "this is not a query",
    note = "add `#[derive(Query)]` to `{Self}`"
)]
pub trait Query: Sized + Send + Sync + 'static {
    /// What comes of it.
    type Result: Send + Sync + 'static;

    /// Its name on the wire.
    const NAME: &'static str;
    /// Where it is defined: it tells apart queries of one name.
    const ORIGIN: &'static str;
    /// The projections that it reads.
    const OF: &'static [ProjectionFacts];

    /// The JSON Schema of what is asked for, if there is one. Feature `schema`.
    #[cfg(feature = "schema")]
    fn schema(generator: &mut crate::schema::SchemaGenerator) -> Option<crate::schema::Schema> {
        let _ = generator;
        None
    }

    /// The JSON Schema of what comes of it, if there is one. Feature `schema`.
    #[cfg(feature = "schema")]
    fn result_schema(generator: &mut crate::schema::SchemaGenerator) -> Option<crate::schema::Schema> {
        let _ = generator;
        None
    }
}

/// The answer to a query.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no `answer`",
    label = "nothing answers this query",
    note = "implement `QueryLogic` for `{Self}`: `async fn answer`"
)]
pub trait QueryLogic: Query {
    /// Finds out what was asked for. It may run again at any time, and does nothing but read.
    ///
    /// Only rows of the projections that the query names can be asked for:
    ///
    /// ```compile_fail
    /// # use eventsourcing::prelude::*;
    /// # fn any<Q: Query>(read: &Reading<Q>) {
    /// # #[derive(Row, Clone, Debug)]
    /// # #[row(table = "titles")]
    /// # pub struct TitleRow { #[key] pub title: String }
    /// let of_another_projection = read.rows::<TitleRow>();
    /// # }
    /// ```
    ///
    /// # Errors
    /// If it cannot be found out, or is not to be told: [`NoAnswer`].
    fn answer(&self, read: &Reading<Self>) -> impl Future<Output = Result<Self::Result, NoAnswer>> + Send;
}
