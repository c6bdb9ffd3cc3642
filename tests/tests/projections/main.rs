//! Projections from end to end: a service, its rows, and what may come in between.
#![expect(
    unreachable_pub,
    reason = "the service and its parts are written as a library has them"
)]
#![expect(clippy::unwrap_used, reason = "this is how tests fail")]

mod activating;
mod ahead;
mod asking;
mod bank;
mod changing;
mod choosing;
mod failing;
mod following;
mod holding;
mod killed;
mod ledger;
mod measuring;
mod model;
mod mortal;
mod parking;
mod places;
mod policies;
mod processors;
mod provided;
mod readiness;
mod rebuilding;
mod refusing;
mod rough;
mod sharing;
mod sharing_processors;
mod slicing;
mod sql;
mod standing_by;
mod stopping_processors;
mod twins;
mod unknown_types;
