use std::time::Duration;

use crate::pause::doubled;

/// No command waits longer.
pub(super) const LONGEST_DEADLINE: Duration = Duration::from_hours(24 * 365);

/// How often, and after which pauses, a command is tried.
///
/// The pauses are random between nothing and a bound that doubles: "full jitter", after
/// [Exponential Backoff And Jitter](https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RetryPolicy {
    /// How often a command is tried, the first time included. Attempts that fail because the store is not available do not
    /// count: while it is away, a command is tried again until its deadline.
    pub max_attempts: u32,
    /// The bound of the first pause.
    pub first_pause: Duration,
    /// The bound that no pause exceeds.
    pub longest_pause: Duration,
    /// How long a command may take, waiting and pauses included, unless it says so itself. A write that is under way then
    /// goes on; if the store does not answer, it is given up after as long again.
    pub deadline: Duration,
}

impl Default for RetryPolicy {
    /// 32 attempts, with pauses that are at most 1 millisecond at first and 100 milliseconds later, so a second and a half in
    /// all; and ten seconds for a command, most of which is for waiting its turn.
    fn default() -> Self {
        Self {
            max_attempts: 32,
            first_pause: Duration::from_millis(1),
            longest_pause: Duration::from_millis(100),
            deadline: Duration::from_secs(10),
        }
    }
}

impl RetryPolicy {
    /// The same, with so many attempts at the most; at least one is made.
    #[must_use]
    pub const fn with_max_attempts(mut self, attempts: u32) -> Self {
        self.max_attempts = attempts;
        self
    }

    /// The same, with pauses between these bounds.
    #[must_use]
    pub const fn with_pauses(mut self, first: Duration, longest: Duration) -> Self {
        self.first_pause = first;
        self.longest_pause = longest;
        self
    }

    /// The same, with so much time for a command.
    #[must_use]
    pub const fn with_deadline(mut self, deadline: Duration) -> Self {
        self.deadline = deadline;
        self
    }

    /// For how long an answer of the store is awaited: a moment that is too far away cannot be told.
    pub(super) fn longest_wait(&self) -> Duration {
        self.deadline.min(LONGEST_DEADLINE)
    }

    /// How long to pause after so many failed attempts.
    pub(crate) fn pause_after(&self, attempts: u32, random: &mut fastrand::Rng) -> Duration {
        doubled(self.first_pause, self.longest_pause, attempts).mul_f64(random.f64())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_are_random_below_a_bound_that_doubles_up_to_the_longest() {
        let policy = RetryPolicy::default();
        let mut random = fastrand::Rng::with_seed(7);
        for (attempts, bound) in [(1, 1), (2, 2), (5, 16), (8, 100), (1_000, 100)] {
            let pauses: Vec<_> = (0..1_000)
                .map(|_| policy.pause_after(attempts, &mut random))
                .collect();
            let bound = Duration::from_millis(bound);
            assert!(pauses.iter().all(|pause| *pause < bound));
            assert!(
                pauses.iter().any(|pause| *pause > bound / 2),
                "jitter uses the whole range"
            );
            assert!(
                pauses.iter().any(|pause| *pause < bound / 2),
                "jitter uses the whole range"
            );
        }
    }
}
