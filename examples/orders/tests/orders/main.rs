//! The shop, from single decisions to a day that is interrupted.

#![expect(clippy::unwrap_used, reason = "this is how tests fail")]

mod day;
mod decisions;
mod fulfilment;
