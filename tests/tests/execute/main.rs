//! The executor from end to end: commands as users write them, on a store in memory.

mod bank;
mod bugs;
mod campaign;
mod cancellation;
mod conflicts;
mod deadlines;
mod discovery;
mod idempotency;
mod metadata;
mod outcomes;
mod prepare;
mod scenarios;
mod seeded;
mod spy;
mod stage;
mod streams;
mod subscriptions;
mod types;
