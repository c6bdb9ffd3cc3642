use std::time::Duration;

/// How projections deal with what does not work at once.
///
/// While the store is away they wait for it. An event that fails is tried again and again, with pauses that grow; what comes
/// after it waits, so that rows are never wrong, only old.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ProjectionPolicy {
    /// How often an event is tried before the projection counts as failed, the first time included. It is tried on even then.
    pub attempts: u32,
    /// The first pause after a failure. It doubles each time.
    pub first_pause: Duration,
    /// The longest pause.
    pub longest_pause: Duration,
}

impl Default for ProjectionPolicy {
    /// 3 attempts, with pauses from 50 milliseconds to a minute.
    fn default() -> Self {
        Self {
            attempts: 3,
            first_pause: Duration::from_millis(50),
            longest_pause: Duration::from_mins(1),
        }
    }
}

impl ProjectionPolicy {
    /// The same, with so many attempts before the projection counts as failed.
    #[must_use]
    pub const fn with_attempts(mut self, attempts: u32) -> Self {
        self.attempts = attempts;
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
        let doublings = failures.saturating_sub(1).min(31);
        self.first_pause
            .saturating_mul(1 << doublings)
            .min(self.longest_pause)
    }
}
