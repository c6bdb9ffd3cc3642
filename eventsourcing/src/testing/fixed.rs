use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use uuid::Uuid;

use crate::environment::IdSource;
use crate::{Clock, Timestamp};

/// A clock that stands still until it is told to go on.
#[derive(Debug)]
pub struct FixedClock {
    micros: AtomicU64,
}

impl FixedClock {
    /// A clock that stands at a time.
    pub const fn at(time: Timestamp) -> Self {
        Self {
            micros: AtomicU64::new(time.as_micros()),
        }
    }

    /// Moves it on.
    pub fn advance(&self, duration: Duration) {
        let later = self.now().after(duration);
        self.micros.store(later.as_micros(), Ordering::SeqCst);
    }
}

impl Default for FixedClock {
    /// It stands at the start of 2026.
    fn default() -> Self {
        Self::at(Timestamp::from_micros(1_767_225_600_000_000))
    }
}

impl Clock for FixedClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_micros(self.micros.load(Ordering::SeqCst))
    }
}

/// Ids that count up from 1: `00000000-0000-0000-0000-000000000001`, and so on.
#[derive(Debug, Default)]
pub struct SequentialIds {
    made: AtomicU64,
}

impl IdSource for SequentialIds {
    fn new_id(&self) -> Uuid {
        Uuid::from_u128(u128::from(self.made.fetch_add(1, Ordering::SeqCst)) + 1)
    }
}
