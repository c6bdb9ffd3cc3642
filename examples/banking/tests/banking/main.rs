//! What the bank promises. Each command is a scenario: what has happened, what is wanted, what comes of it.

#![expect(clippy::unwrap_used, reason = "this is how tests fail")]

mod accounts;
mod deposit;
mod ledger;
mod money;
mod open;
mod rows;
mod statement;
mod transfer;
mod transfer_with_fee;
mod whole_bank;
