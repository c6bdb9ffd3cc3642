use std::time::Duration;

/// How long commits take: the sync of the file, mostly.
///
/// Handing a commit over to another thread and back takes some tens of microseconds. That is much where a commit takes a
/// hundred, and nothing where it takes milliseconds, for which no thread of a runtime may be blocked.
#[derive(Default)]
pub(super) struct Pace {
    /// The moving average.
    commit: Duration,
}

impl Pace {
    const QUICK: Duration = Duration::from_micros(500);

    pub(super) fn note(&mut self, commit: Duration) {
        self.commit = (self.commit * 7 + commit) / 8;
    }

    /// Whether the next commit will likely be so quick that it is not worth while to hand it over.
    pub(super) fn is_quick(&self) -> bool {
        self.commit < Self::QUICK
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_slow_commit_counts_as_slow_until_quick_ones_follow() {
        let mut pace = Pace::default();
        assert!(pace.is_quick());
        pace.note(Duration::from_millis(5));
        assert!(!pace.is_quick());
        for _ in 0..8 {
            pace.note(Duration::from_micros(100));
        }
        assert!(pace.is_quick());
    }
}
