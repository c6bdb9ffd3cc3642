//! What can be done to the database. Everything is done by the writer, one after the other, several in one transaction.

mod append;
mod checkpoint;
mod heads;
mod leases;
mod numbers;
mod projections;
mod rows;
mod settle;
mod snapshots;
mod transaction;

pub(crate) use append::AppendEvents;
#[cfg(feature = "sqlx")]
pub(crate) use checkpoint::REPLACE;
pub(crate) use checkpoint::{ForgetCheckpoint, SaveCheckpoint};
pub(crate) use leases::{AcquireLeases, ReleaseLeases, RenewLeases};
pub(crate) use numbers::Numbers;
#[cfg(feature = "sqlx")]
pub(crate) use projections::{ACTIVE, NAMESAKES, RECORD, TAKEN, view};
pub(crate) use projections::{Activate, DropVersion, Prepare, active};
#[cfg(feature = "sqlx")]
pub(crate) use rows::COUNT;
pub(crate) use rows::WriteTheRows;
pub(crate) use settle::Settle;
pub(crate) use snapshots::{ForgetThem, SaveSnapshot};
pub(crate) use transaction::Transaction;

use crate::read::Stop;

/// Something to be done within a transaction that may hold more.
pub(crate) trait Write: Send + 'static {
    /// What it comes to, refusals included: those leave nothing behind.
    type Answer: Send + 'static;

    /// Does it. If SQLite fails, or this takes more than the transaction's budget, the whole transaction is rolled back, and
    /// this may be called once more in another.
    fn run(&self, transaction: &mut Transaction<'_>) -> Result<Self::Answer, Stop>;

    /// Whether it is done so soon that it may be done on a thread that has other things to do.
    fn is_small(&self) -> bool {
        true
    }
}
