//! The bank that every subject keeps: its accounts, and what its events carry.

use std::sync::LazyLock;
use std::sync::atomic::{AtomicI64, Ordering};

/// How many accounts are seeded.
pub const ACCOUNTS: u64 = 10_000;

/// How many events each of them has: it was opened, the rest are deposits of [`SEED_AMOUNT`].
pub const EVENTS_PER_ACCOUNT: u64 = 10;

/// What a seeded deposit brings.
pub const SEED_AMOUNT: i64 = 100;

/// Between how many accounts money is transferred.
pub const TRANSFER_ACCOUNTS: u64 = 1_000;

/// How many accounts are hot.
pub const HOT_ACCOUNTS: u64 = 10;

/// What each deposit and withdrawal says. It makes a payload of about 120 bytes of JSON.
pub const MEMO: &str = "benchmark deposit, reference INV-2026";

/// The name of an account. Their order is that of the numbers.
pub fn account(number: u64) -> String {
    format!("acc-{number:08}")
}

/// What an account with so many events holds after it was opened.
pub fn seeded_balance(events: u64) -> i64 {
    i64::try_from(events.saturating_sub(1)).unwrap_or(i64::MAX) * SEED_AMOUNT
}

/// A number that no other event carries, not even one of another process: subscribers are checked by it.
pub fn marker() -> i64 {
    static NEXT: LazyLock<AtomicI64> = LazyLock::new(|| AtomicI64::new(fastrand::i64(1..1 << 20) << 32));
    NEXT.fetch_add(1, Ordering::Relaxed)
}
