//! Tests of commands, process managers and projections without a store and without a runtime: given these events, when this command, then those events.
//!
//! ```
//! use eventsourcing::prelude::*;
//! use eventsourcing::testing::scenario;
//! # #[derive(StreamKey, Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
//! # #[stream_key(category = "account")]
//! # pub struct AccountId(String);
//! # #[derive(Event, Clone, Debug, PartialEq)]
//! # #[event(prefix = "account")]
//! # pub enum AccountEvent {
//! #     Deposited { #[stream] account: AccountId, amount: i64 },
//! #     Withdrawn { #[stream] account: AccountId, amount: i64 },
//! # }
//! # #[derive(Clone, Default)]
//! # pub struct Account { balance: i64 }
//! # impl State for Account {
//! #     type Key = AccountId;
//! #     type Event = AccountEvent;
//! #     fn apply(&mut self, _: &AccountId, event: &Recorded<AccountEvent>) {
//! #         match event.payload() {
//! #             AccountEvent::Deposited { amount, .. } => self.balance += amount,
//! #             AccountEvent::Withdrawn { amount, .. } => self.balance -= amount,
//! #         }
//! #     }
//! # }
//! # #[derive(Debug, PartialEq, thiserror::Error)]
//! # #[error("insufficient funds")]
//! # pub struct InsufficientFunds;
//! # #[derive(Command)]
//! # pub struct Withdraw { #[stream(state = Account)] account: AccountId, amount: i64 }
//! # impl CommandLogic for Withdraw {
//! #     type Error = InsufficientFunds;
//! #     fn handle(&self, state: &WithdrawState, cx: &mut Decide<Self>) -> Result<(), InsufficientFunds> {
//! #         require!(state.account.balance >= self.amount, InsufficientFunds);
//! #         emit!(cx, AccountEvent::Withdrawn { account: self.account.clone(), amount: self.amount });
//! #         Ok(())
//! #     }
//! # }
//! let alice = AccountId("alice".into());
//!
//! scenario()
//!     .given([AccountEvent::Deposited { account: alice.clone(), amount: 100 }])
//!     .when(Withdraw { account: alice.clone(), amount: 30 })
//!     .then([AccountEvent::Withdrawn { account: alice.clone(), amount: 30 }]);
//!
//! scenario().when(Withdraw { account: alice, amount: 30 }).then_rejected(InsufficientFunds);
//! ```
//!
//! And of process managers: given these events, when this one happens, then those commands are sent. [`process`](crate::process)
//! has examples. And of projections: given these events, when those happen, then these are the rows:
//!
//! ```
//! use eventsourcing::prelude::*;
//! use eventsourcing::testing::scenario;
//! # #[derive(Event, Clone, Debug, PartialEq)]
//! # #[event(prefix = "page")]
//! # pub enum PageEvent { Visited { #[stream] page: StreamId } }
//!
//! #[derive(Row, Clone, Debug, PartialEq)]
//! #[row(table = "visits")]
//! pub struct VisitRow {
//!     #[key] page: StreamId,
//!     visits: u64,
//! }
//!
//! #[derive(Default)]
//! pub struct Visits;
//!
//! #[projection(name = "visits", version = 1, row = VisitRow)]
//! impl Visits {
//!     #[on(PageEvent::Visited)]
//!     fn visited(&self, page: &StreamId, rows: &mut Rows<VisitRow>) {
//!         rows.entry(page).visits += 1;
//!     }
//! }
//!
//! let page = StreamId::new("page-home").unwrap();
//! scenario()
//!     .given([PageEvent::Visited { page: page.clone() }])
//!     .projection(Visits)
//!     .when([PageEvent::Visited { page: page.clone() }])
//!     .then_rows([VisitRow { page, visits: 2 }]);
//! ```

mod commands;
mod events;
mod fixed;
mod outcome;
mod past;
mod process;
mod projection;
mod render;
mod scenario;

pub use commands::Commands;
pub use events::Events;
pub use fixed::{FixedClock, SequentialIds};
pub use outcome::Outcome;
pub use process::{Process, Reacted};
pub use projection::Projecting;
pub use scenario::{Scenario, scenario};
