use std::sync::Arc;
use std::time::Duration;

/// How the processes that run the same projections and processors share them.
///
/// Each projection of each tenant has a lease in the store, or one for each of its slices; and so has each processor. The process
/// that holds it fills the table, or hands over events; the others stand by, and take it over when its time is over, which is
/// renewed as long as the process lives.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct LeasePolicy {
    /// For how long a lease is held at a time. So long may a projection or a processor stand still after its process has crashed. It is renewed
    /// after a third of it.
    pub ttl: Duration,
    /// What this process is called where it is said who holds a lease.
    pub label: Arc<str>,
}

impl Default for LeasePolicy {
    /// 10 seconds, and the number of the process.
    fn default() -> Self {
        Self {
            ttl: Duration::from_secs(10),
            label: format!("process {}", std::process::id()).into(),
        }
    }
}

impl LeasePolicy {
    /// The same, with leases for so long.
    #[must_use]
    pub const fn with_ttl(mut self, ttl: Duration) -> Self {
        self.ttl = ttl;
        self
    }

    /// The same, under this name.
    #[must_use]
    pub fn with_label(mut self, label: impl Into<Arc<str>>) -> Self {
        self.label = label.into();
        self
    }

    /// When leases are to be renewed.
    pub(super) fn renew_after(&self) -> Duration {
        self.ttl / 3
    }

    /// How long the holder relies on a lease, from the moment on at which it asked for it: less than the store does.
    pub(super) fn relied_on_for(&self) -> Duration {
        self.ttl * 9 / 10
    }

    /// The longest pause before it is looked again who holds what.
    pub(super) fn longest_pause(&self) -> Duration {
        (self.ttl / 10).max(Duration::from_millis(5))
    }
}
