use std::time::Duration;

use crate::pause::doubled;

/// How projections deal with what does not work at once.
///
/// While the store is away they wait for it. An event that fails is tried a few times, with pauses that grow. Then it depends on
/// what its rows are: [those that people ask for](Self::live), or [not there yet](Self::rebuild).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ProjectionPolicy {
    /// What becomes of an event that fails once the version is ready: its rows can be asked for. So it is after a restart, however
    /// far it has fallen behind.
    pub live: OnFailure,
    /// What becomes of an event that fails before that: while the version fills its table for the first time, up to the end of the
    /// log. What is stored meanwhile is no exception.
    pub rebuild: OnFailure,
    /// How often an event is tried before it is parked, or the projection counts as failed; the first time included.
    pub attempts: u32,
    /// How many events may be parked, of each slice if there are several. When there are as many, the next one stops the projection, or
    /// that slice.
    pub max_parked: usize,
    /// How long a handler may take that runs SQL. What takes longer has failed. On SQLite it is a quarter of a
    /// [lease](crate::projection::LeasePolicy::ttl) at most, which cannot be renewed meanwhile.
    pub handler_limit: Duration,
    /// The first pause after a failure. It doubles each time.
    pub first_pause: Duration,
    /// The longest pause.
    pub longest_pause: Duration,
}

/// What becomes of an event that fails, however often it is tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum OnFailure {
    /// It is parked, and with it what follows in its sequence; all others go on. What only those events would have changed is as
    /// old as the first of them. A row that other sequences change too lacks them, until they are dealt with.
    Park,
    /// The projection stands still before it, and tries it again and again. Rows are old then, and never lack anything.
    Stop,
}

impl Default for ProjectionPolicy {
    /// What fails is parked after 3 attempts, up to 1,000 events; with pauses from 50 milliseconds to a minute. Handlers that run SQL
    /// have 30 seconds each.
    fn default() -> Self {
        Self {
            live: OnFailure::Park,
            rebuild: OnFailure::Park,
            attempts: 3,
            max_parked: 1_000,
            handler_limit: Duration::from_secs(30),
            first_pause: Duration::from_millis(50),
            longest_pause: Duration::from_mins(1),
        }
    }
}

impl ProjectionPolicy {
    /// The same, with this for every event that fails.
    #[must_use]
    pub const fn on_failure(mut self, then: OnFailure) -> Self {
        self.live = then;
        self.rebuild = then;
        self
    }

    /// The same, with this for an event that fails once the version is ready.
    #[must_use]
    pub const fn when_live(mut self, then: OnFailure) -> Self {
        self.live = then;
        self
    }

    /// The same, with this for an event that fails before the version is ready.
    #[must_use]
    pub const fn when_rebuilding(mut self, then: OnFailure) -> Self {
        self.rebuild = then;
        self
    }

    /// The same, with so many attempts before an event is parked, or the projection counts as failed.
    #[must_use]
    pub const fn with_attempts(mut self, attempts: u32) -> Self {
        self.attempts = attempts;
        self
    }

    /// The same, with so many events that may be parked.
    #[must_use]
    pub const fn with_max_parked(mut self, events: usize) -> Self {
        self.max_parked = events;
        self
    }

    /// The same, with so much time for each handler that runs SQL.
    #[must_use]
    pub const fn with_handler_limit(mut self, limit: Duration) -> Self {
        self.handler_limit = limit;
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
