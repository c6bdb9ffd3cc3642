//! A bank with projections, whose processes are killed, and frozen for longer than their leases last.

mod bank;
mod campaign;
mod instance;

pub(crate) use bank::work_until_killed;
pub(crate) use campaign::run;
pub(crate) use instance::ADDRESS;
