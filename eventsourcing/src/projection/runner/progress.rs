//! How far a reader has come, how fast it goes, and when it will be there: arithmetic, without a clock of its own.

use std::collections::VecDeque;
use std::time::Duration;

use crate::{Position, Timestamp};

/// How far a reader has come, at a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Progress {
    /// Everything up to here is dealt with.
    pub(super) position: Position,
    /// The end of the log, as far as is known.
    pub(super) end: Position,
    /// When the first event was stored that is not dealt with, as far as is known.
    pub(super) waiting_since: Option<Timestamp>,
    /// How many events were handled since the process has started.
    pub(super) events: u64,
    /// How many were handled in a second, over the last while.
    pub(super) events_per_second: u64,
    /// How long it takes to come to the end of the log, if anybody can tell.
    pub(super) time_left: Option<Duration>,
    /// How many events are parked.
    pub(super) parked: usize,
}

impl Progress {
    /// What several readers have come to, all of them together.
    pub(super) fn together(self, other: Self) -> Self {
        Self {
            position: self.position.min(other.position),
            end: self.end.max(other.end),
            waiting_since: self.waiting_since.into_iter().chain(other.waiting_since).min(),
            events: self.events.saturating_add(other.events),
            events_per_second: self.events_per_second.saturating_add(other.events_per_second),
            time_left: self
                .time_left
                .zip(other.time_left)
                .map(|(one, other)| one.max(other)),
            parked: self.parked.saturating_add(other.parked),
        }
    }

    /// How many positions are left.
    pub(super) const fn lag(&self) -> u64 {
        self.end.get().saturating_sub(self.position.get())
    }

    /// For how long the first event has waited that is not dealt with.
    pub(super) fn waits(&self, now: Timestamp) -> Duration {
        self.waiting_since
            .map_or(Duration::ZERO, |since| now.since(since))
    }
}

/// What a reader has done over the last while.
#[derive(Clone, Debug)]
pub(super) struct Pace {
    /// The oldest first. The first one is older than the window, or the first of all.
    marks: VecDeque<Mark>,
}

#[derive(Clone, Copy, Debug)]
struct Mark {
    at: Timestamp,
    position: Position,
    events: u64,
}

/// What was longer ago than this says nothing of how fast a reader is now.
const WINDOW: Duration = Duration::from_secs(10);
/// Marks that are nearer to each other than this are one.
const APART: Duration = Duration::from_millis(500);

impl Pace {
    pub(super) const fn new() -> Self {
        Self {
            marks: VecDeque::new(),
        }
    }

    /// Takes note of where a reader is, and how many events it has handled so far.
    pub(super) fn mark(&mut self, at: Timestamp, position: Position, events: u64) {
        let mark = Mark { at, position, events };
        let before_last = self.marks.len().checked_sub(2).map(|place| self.marks[place]);
        match self.marks.back_mut() {
            // Somebody else has moved the reader back: nothing of before counts.
            Some(last) if last.position > position => self.marks.clear(),
            Some(last) if before_last.is_some_and(|before| last.at.since(before.at) < APART) => {
                *last = mark;
                return;
            }
            _ => {}
        }
        self.marks.push_back(mark);
        while self
            .marks
            .get(1)
            .is_some_and(|second| at.since(second.at) >= WINDOW)
        {
            self.marks.pop_front();
        }
    }

    /// How many events are handled in a second.
    pub(super) fn events_per_second(&self, now: Timestamp) -> u64 {
        self.over(now, |first, last| last.events - first.events)
            .map_or(0, |(events, micros)| per_second(events, micros))
    }

    /// How long it takes to pass over so many positions, if it goes on like this.
    pub(super) fn time_for(&self, positions: u64, now: Timestamp) -> Option<Duration> {
        if positions == 0 {
            return Some(Duration::ZERO);
        }
        let passed = self.over(now, |first, last| last.position.get() - first.position.get());
        let (passed, micros) = passed.filter(|(passed, _)| *passed > 0)?;
        let micros = u128::from(positions) * u128::from(micros) / u128::from(passed);
        u64::try_from(micros).ok().map(Duration::from_micros)
    }

    /// What was done within the window, and in how many microseconds: up to now, so a reader that stands still slows down.
    fn over(&self, now: Timestamp, done: impl Fn(&Mark, &Mark) -> u64) -> Option<(u64, u64)> {
        let last = self.marks.back()?;
        let is_recent = |mark: &&Mark| now.since(mark.at) <= WINDOW;
        let recent = self.marks.iter().position(|mark| is_recent(&mark))?;
        // What has led to the first recent mark began at the one before it.
        let first = &self.marks[recent.saturating_sub(1)];
        let micros = u64::try_from(now.since(first.at).as_micros()).ok()?;
        (micros > 0).then(|| (done(first, last), micros))
    }
}

fn per_second(count: u64, micros: u64) -> u64 {
    let per_second = u128::from(count) * 1_000_000 / u128::from(micros.max(1));
    u64::try_from(per_second).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(millis: u64) -> Timestamp {
        Timestamp::from_micros(1_000_000_000 + millis * 1_000)
    }

    fn position(position: u64) -> Position {
        Position::new(position)
    }

    /// A reader that passes over ten positions for each event that it handles, 100 events a second.
    fn steady(millis: u64) -> Pace {
        let mut pace = Pace::new();
        for millis in (0..=millis).step_by(10) {
            pace.mark(at(millis), position(millis), millis / 10);
        }
        pace
    }

    #[test]
    fn a_steady_reader_has_its_pace_however_long_it_runs() {
        for millis in [500, 1_000, 9_990, 60_000] {
            let pace = steady(millis);
            assert_eq!(pace.events_per_second(at(millis)), 100, "{millis}");
            let left = pace.time_for(5_000, at(millis));
            assert_eq!(left, Some(Duration::from_secs(5)), "{millis}");
            assert!(pace.marks.len() < 30, "{} marks", pace.marks.len());
        }
    }

    #[test]
    fn nobody_can_tell_before_anything_was_passed_over() {
        let mut pace = Pace::new();
        assert_eq!(pace.events_per_second(at(0)), 0);
        assert_eq!(pace.time_for(1, at(0)), None);
        assert_eq!(
            pace.time_for(0, at(0)),
            Some(Duration::ZERO),
            "there is nothing to do"
        );
        pace.mark(at(0), position(1), 1);
        for now in [0, 1, 5_000, 50_000] {
            assert_eq!(pace.events_per_second(at(now)), 0);
            assert_eq!(pace.time_for(1, at(now)), None);
        }
    }

    #[test]
    fn a_reader_that_stands_still_slows_down_and_then_has_no_pace() {
        let pace = steady(10_000);
        assert_eq!(pace.events_per_second(at(10_000)), 100);
        let later = pace.events_per_second(at(15_000));
        assert!((1..100).contains(&later), "{later}");
        assert_eq!(pace.events_per_second(at(21_000)), 0);
        assert_eq!(pace.time_for(1, at(21_000)), None);
    }

    #[test]
    fn what_was_long_ago_does_not_count() {
        let mut pace = steady(60_000);
        for millis in (60_000..=80_000).step_by(10) {
            pace.mark(
                at(millis),
                position(60_000 + (millis - 60_000) * 5),
                6_000 + (millis - 60_000) / 2,
            );
        }
        let fast = pace.events_per_second(at(80_000));
        assert_eq!(fast, 500);
        assert_eq!(pace.time_for(5_000, at(80_000)), Some(Duration::from_secs(1)));
    }

    #[test]
    fn a_reader_that_was_moved_back_starts_over() {
        let mut pace = steady(1_000);
        pace.mark(at(1_010), position(0), 100);
        pace.mark(at(2_010), position(50), 150);
        assert_eq!(pace.events_per_second(at(2_010)), 50);
    }

    #[test]
    fn a_clock_that_is_set_back_breaks_nothing() {
        let mut pace = steady(1_000);
        pace.mark(at(0), position(1_001), 101);
        assert_eq!(pace.events_per_second(at(0)), 0);
        assert_eq!(pace.time_for(1, at(0)), None);
    }

    #[test]
    fn parts_have_come_as_far_as_the_last_of_them() {
        let one = Progress {
            position: position(5),
            end: position(10),
            waiting_since: Some(at(7)),
            events: 3,
            events_per_second: 2,
            time_left: Some(Duration::from_secs(1)),
            parked: 1,
        };
        let other = Progress {
            position: position(4),
            end: position(12),
            waiting_since: None,
            events: 5,
            events_per_second: 7,
            time_left: Some(Duration::from_secs(4)),
            parked: 0,
        };
        let both = Progress {
            position: position(4),
            end: position(12),
            waiting_since: Some(at(7)),
            events: 8,
            events_per_second: 9,
            time_left: Some(Duration::from_secs(4)),
            parked: 1,
        };
        assert_eq!(one.together(other), both);
        assert_eq!(other.together(one), both);
        assert_eq!(both.lag(), 8);
        assert_eq!(both.waits(at(2_007)), Duration::from_secs(2));
        assert_eq!(other.waits(at(0)), Duration::ZERO);
        let unknown = Progress {
            time_left: None,
            ..one
        };
        assert_eq!(other.together(unknown).time_left, None);
    }
}
