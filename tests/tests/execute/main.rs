//! The executor from end to end: commands as users write them, on a store in memory and on a server that is killed.
#![expect(
    unreachable_pub,
    reason = "commands and their parts are written as a library has them"
)]
#![expect(clippy::panic, clippy::unwrap_used, reason = "this is how tests fail")]

mod aggregates;
mod bank;
mod bugs;
mod campaign;
mod cancellation;
mod conflicts;
mod deadlines;
mod discovery;
mod idempotency;
mod kept;
mod limits;
mod long;
mod metadata;
mod outage;
mod outcomes;
mod prepare;
mod roles;
mod scenarios;
mod seeded;
mod services;
mod snapshots;
mod spy;
mod stage;
mod streams;
mod subscriptions;
mod types;
