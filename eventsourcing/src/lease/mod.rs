//! Leases: which process fills which table, and which one hands over the events of a processor.
//!
//! A [`Keeper`] holds the leases of this process for its tasks, which ask for them by way of [`Leases`]: it renews them, asks for
//! what is free, and gives back what others are to have. A task sees its lease as a [`Leasehold`]. [`share`] says who is to hold what.

mod keeper;
mod kept;
mod policy;
mod share;
mod tenure;
#[cfg(test)]
#[cfg(feature = "memory")]
mod tests;

pub(crate) use keeper::Keeper;
pub(crate) use kept::{HeldBy, Leases};
pub use policy::LeasePolicy;
pub(crate) use tenure::Leasehold;
