//! The shop of `examples/orders`, whose processes are killed while process managers lead orders to their end.

mod campaign;
mod check;
mod instance;
mod point;
mod stopping;
mod victim;

pub(crate) use campaign::run;
pub(crate) use instance::ADDRESS;
pub(crate) use victim::work_until_killed;
