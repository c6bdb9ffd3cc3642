//! What can be asked of the database. Each question gets a connection, and is asked within one transaction.

mod budget;
mod checkpoint;
mod command;
mod condition;
mod dictionary;
mod feed;
mod head;
mod leases;
mod rows;
mod skip;
mod snapshots;
mod streams;

pub(crate) use budget::{Budget, Stop};
pub(crate) use checkpoint::saved;
pub(crate) use command::{first_outcome, last_events};
pub(crate) use condition::{check_conditions, conflict};
pub(crate) use dictionary::dictionary;
pub(crate) use feed::read_feed;
#[cfg(feature = "sqlx")]
pub(crate) use head::HEAD;
pub(crate) use head::{head_of_log, head_of_stream};
#[cfg(feature = "sqlx")]
pub(crate) use leases::LEASE_EPOCH;
pub(crate) use leases::{lease, lease_epoch, leases};
#[cfg(feature = "sqlx")]
pub(crate) use rows::{PLACE, TABLE};
pub(crate) use rows::{check_table, load_rows, place, read_rows};
pub(crate) use skip::block;
pub(crate) use snapshots::snapshots;
pub(crate) use streams::read_streams;
