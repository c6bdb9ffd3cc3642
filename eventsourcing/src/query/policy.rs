use std::time::Duration;

/// What queries may cost.
///
/// ```
/// use std::time::Duration;
/// use eventsourcing::query::QueryPolicy;
///
/// let seldom = QueryPolicy::default().with_pause(Duration::from_secs(1));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct QueryPolicy {
    /// How long a query that is followed rests after it was evaluated. What happens meanwhile is in the next evaluation. 50
    /// milliseconds by default.
    pub pause: Duration,
    /// How many bytes the JSON form of a result may have. A result that no JSON is made of may be larger. 4 MiB by default.
    pub result_bytes: usize,
    /// How many queries may be followed, in all tenants together. The same query, followed by many, is one. 1,024 by default.
    pub followed: usize,
}

impl Default for QueryPolicy {
    fn default() -> Self {
        Self {
            pause: Duration::from_millis(50),
            result_bytes: 4 * 1024 * 1024,
            followed: 1024,
        }
    }
}

impl QueryPolicy {
    /// The same, with another pause.
    #[must_use]
    pub const fn with_pause(mut self, pause: Duration) -> Self {
        self.pause = pause;
        self
    }

    /// The same, with results of another size.
    #[must_use]
    pub const fn with_result_bytes(mut self, bytes: usize) -> Self {
        self.result_bytes = bytes;
        self
    }

    /// The same, with another number of queries that may be followed.
    #[must_use]
    pub const fn with_followed(mut self, queries: usize) -> Self {
        self.followed = queries;
        self
    }
}
