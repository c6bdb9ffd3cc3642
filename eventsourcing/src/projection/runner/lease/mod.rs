//! Leases: which process fills which table.
//!
//! A [`Keeper`] holds the leases of this process for the tasks of its projections: it renews them, asks for what is free, and gives
//! back what others are to have. A task sees its lease as a [`Leasehold`]. [`share`] says who is to hold what.

mod keeper;
mod kept;
mod policy;
mod share;
mod tenure;

pub(super) use keeper::Keeper;
pub(super) use kept::Wanted;
pub use policy::LeasePolicy;
pub(super) use tenure::Leasehold;
