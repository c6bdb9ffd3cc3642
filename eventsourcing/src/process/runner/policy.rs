use std::time::Duration;

use crate::pause::doubled;

/// How process managers deal with what does not work at once.
///
/// While the store is away they wait for it. Otherwise an event is tried a few times, then its instance is parked and tried
/// again from there, and at last left to people; all other instances go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ProcessPolicy {
    /// How often an event is tried before its instance is parked, the first time included.
    pub attempts: u32,
    /// How often an instance that is parked is tried again by itself. What cannot go better later, such as a refusal, is not.
    pub retries: u32,
    /// The first pause after a failure. It doubles each time.
    pub first_pause: Duration,
    /// The longest pause.
    pub longest_pause: Duration,
}

impl Default for ProcessPolicy {
    /// 3 attempts at once and 8 later, with pauses from 50 milliseconds to a minute: some two minutes in all.
    fn default() -> Self {
        Self {
            attempts: 3,
            retries: 8,
            first_pause: Duration::from_millis(50),
            longest_pause: Duration::from_mins(1),
        }
    }
}

impl ProcessPolicy {
    /// The same, with so many attempts at once, and so many later.
    #[must_use]
    pub const fn with_attempts(mut self, attempts: u32, retries: u32) -> Self {
        self.attempts = attempts;
        self.retries = retries;
        self
    }

    /// The same, with pauses between these bounds.
    #[must_use]
    pub const fn with_pauses(mut self, first: Duration, longest: Duration) -> Self {
        self.first_pause = first;
        self.longest_pause = longest;
        self
    }

    /// The pause after so many failures.
    pub(super) fn pause_after(&self, failures: u32) -> Duration {
        doubled(self.first_pause, self.longest_pause, failures)
    }
}
