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
    /// All that is slower counts as much as this, so that it takes several in succession to tell a slow disk from a hiccup.
    const SLOWEST: Duration = Duration::from_millis(1);

    pub(super) fn note(&mut self, commit: Duration) {
        self.commit = (self.commit * 7 + commit.min(Self::SLOWEST)) / 8;
    }

    /// Whether the next commit will likely be so quick that it is not worth while to hand it over.
    pub(super) fn is_quick(&self) -> bool {
        self.commit < Self::QUICK
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const QUICK: Duration = Duration::from_micros(200);
    const SLOW: Duration = Duration::from_millis(50);

    fn after(commits: impl IntoIterator<Item = Duration>) -> Pace {
        let mut pace = Pace::default();
        commits.into_iter().for_each(|commit| pace.note(commit));
        pace
    }

    #[test]
    fn a_single_slow_commit_is_a_hiccup() {
        assert!(after([QUICK, QUICK, SLOW]).is_quick());
    }

    #[test]
    fn slow_commits_in_succession_are_slow_until_quick_ones_follow() {
        let slow = [SLOW; 8];
        assert!(!after(slow).is_quick());
        assert!(after(slow.into_iter().chain([QUICK; 8])).is_quick());
    }
}
