use std::num::{NonZeroU32, NonZeroU64};
use std::time::Duration;

use crate::EventTypeName;

/// When snapshots are taken, how many are kept, and how often they are verified.
///
/// They are taken by commands that have read a stream whose state [has snapshots](crate::snapshot), in the background: no
/// command waits for one to be written.
///
/// ```
/// use std::time::Duration;
///
/// use eventsourcing::EventTypeName;
/// use eventsourcing::snapshot::SnapshotPolicy;
///
/// let policy = SnapshotPolicy::every(500)
///     .when_slower_than(Duration::from_millis(20))
///     .on(EventTypeName::from_static("account.Closed"))
///     .verify_share(0.001);
/// # let _ = policy;
/// ```
#[derive(Clone, Debug)]
pub struct SnapshotPolicy {
    every: Option<NonZeroU64>,
    slower_than: Option<Duration>,
    on: Vec<EventTypeName>,
    pub(crate) keep: NonZeroU32,
    pub(crate) verify_share: f64,
    pub(crate) is_off: bool,
}

/// What a command has read of a stream, and what is known of its snapshots.
pub(crate) struct Reading {
    /// How many versions lie between the newest snapshot and what the command has read.
    pub(crate) since: u64,
    /// How long it took to read and fold all streams of the command.
    pub(crate) took: Duration,
    /// Whether one of the events was among them that ask for a snapshot.
    pub(crate) met_event: bool,
}

/// Fewer events than this are read as fast as a snapshot.
const WORTH_A_SNAPSHOT: u64 = 10;

impl SnapshotPolicy {
    /// A snapshot of a stream as soon as it has gone on by so many versions since the last one. Two are kept, and one load in
    /// 100 is verified.
    ///
    /// With 0, it takes something else to take a snapshot; without [`when_slower_than`](Self::when_slower_than) and
    /// [`on`](Self::on) none is taken, and those that are there are used.
    pub const fn every(versions: u64) -> Self {
        const TWO: NonZeroU32 = NonZeroU32::new(2).unwrap();
        Self {
            every: NonZeroU64::new(versions),
            slower_than: None,
            on: Vec::new(),
            keep: TWO,
            verify_share: 0.01,
            is_off: false,
        }
    }

    /// None is taken, and none is used.
    pub const fn never() -> Self {
        let mut policy = Self::every(0);
        policy.is_off = true;
        policy
    }

    /// And when it took a command longer than this to read and fold its streams: of those that have gone on by ten versions or
    /// more since the last snapshot.
    #[must_use]
    pub const fn when_slower_than(mut self, duration: Duration) -> Self {
        self.slower_than = Some(duration);
        self
    }

    /// And when a command has read or emitted an event of this type, under the name that it is stored by. It can be said of
    /// several.
    #[must_use]
    pub fn on(mut self, event: EventTypeName) -> Self {
        self.on.push(event);
        self
    }

    /// How many snapshots of a stream and a state are kept, of whatever code; 2 by default, and 1 at least. While two releases
    /// of a program run side by side, each finds its own.
    #[must_use]
    pub fn keep(mut self, snapshots: u32) -> Self {
        self.keep = NonZeroU32::new(snapshots).unwrap_or(NonZeroU32::MIN);
        self
    }

    /// Which share of the loads of a snapshot reads the whole stream as well, and compares: 0.0 is none, 1.0 is all; 0.01 by
    /// default.
    #[must_use]
    pub const fn verify_share(mut self, share: f64) -> Self {
        self.verify_share = share;
        self
    }

    /// Whether there are events that ask for a snapshot.
    pub(crate) fn is_asked_for_by_events(&self) -> bool {
        !self.on.is_empty()
    }

    /// Whether an event asks for a snapshot.
    pub(crate) fn is_asked_for_by(&self, event_type: &EventTypeName) -> bool {
        self.on.contains(event_type)
    }

    /// Whether it is time for a snapshot.
    pub(crate) fn is_due(&self, reading: &Reading) -> bool {
        let Reading {
            since,
            took,
            met_event,
        } = *reading;
        let far_enough = self.every.is_some_and(|every| since >= every.get());
        let too_slow = self.slower_than.is_some_and(|limit| took > limit) && since >= WORTH_A_SNAPSHOT;
        far_enough || too_slow || met_event && since > 0
    }
}

impl Default for SnapshotPolicy {
    /// Every 100 versions.
    fn default() -> Self {
        Self::every(100)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(since: u64) -> Reading {
        Reading {
            since,
            took: Duration::ZERO,
            met_event: false,
        }
    }

    #[test]
    fn a_snapshot_is_due_after_so_many_versions() {
        let policy = SnapshotPolicy::every(100);
        assert!(!policy.is_due(&after(99)));
        assert!(policy.is_due(&after(100)));
        assert!(!SnapshotPolicy::every(0).is_due(&after(1_000)));
    }

    #[test]
    fn a_snapshot_is_due_when_it_took_long_to_read_what_one_would_spare() {
        let policy = SnapshotPolicy::every(0).when_slower_than(Duration::from_millis(5));
        let slow = |since| Reading {
            took: Duration::from_millis(6),
            ..after(since)
        };
        assert!(!policy.is_due(&after(50)));
        assert!(!policy.is_due(&slow(9)));
        assert!(policy.is_due(&slow(10)));
    }

    #[test]
    fn a_snapshot_is_due_after_an_event_that_asks_for_one() {
        let policy = SnapshotPolicy::every(0).on(EventTypeName::from_static("account.Closed"));
        assert!(policy.is_asked_for_by(&EventTypeName::from_static("account.Closed")));
        assert!(!policy.is_asked_for_by(&EventTypeName::from_static("account.Opened")));
        let met = |since| Reading {
            met_event: true,
            ..after(since)
        };
        assert!(policy.is_due(&met(1)));
        assert!(!policy.is_due(&met(0)), "there is one of this version");
    }

    #[test]
    fn one_snapshot_is_kept_at_least() {
        assert_eq!(SnapshotPolicy::default().keep(0).keep.get(), 1);
    }
}
