//! Projections in SQL of their own. What both databases keep is written once: `database` is the module of the one or the other.
#![expect(clippy::duplicate_mod, reason = "the same tests for each database")]

mod postgres;
mod sqlite;
