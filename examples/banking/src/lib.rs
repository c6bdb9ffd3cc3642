//! A small bank: accounts, deposits, and transfers between two accounts, of which one kind costs a fee.
//!
//! [`domain`] is the bank, and all there is to event sourcing in it. The rest runs hundreds of transfers at the same time:
//! [`rows`] reads a file of orders, [`run`] executes them, [`ledger`] follows the log of events, and [`report`] says what
//! came of it. [`statement`] is what an account holds, kept in a table. The README beside this crate says how to run it.

pub mod cli;
pub mod domain;
pub mod ledger;
pub mod report;
pub mod rows;
pub mod run;
pub mod statement;
mod table;
pub mod tally;
