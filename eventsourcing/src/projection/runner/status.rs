use std::num::NonZeroU32;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::progress::{Pace, Progress};
use crate::lease::HeldBy;
use crate::projection::parked::{Parked, ParkedSequence};
use crate::{EventId, Position, TenantId, Timestamp};

/// What a projection has come to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ProjectionStatus {
    /// Its name.
    pub projection: String,
    /// Its version.
    pub version: NonZeroU32,
    /// Whose events it takes.
    pub tenant: TenantId,
    /// Everything up to here is in its rows, or parked.
    pub position: Position,
    /// The end of the log, as far as any projection of this process knows.
    #[serde(default)]
    pub end: Position,
    /// How many positions of the log are left up to there: an event that it does not handle counts too.
    pub lag_events: u64,
    /// How long ago the first event was stored that is not in its rows, in whole seconds; 0 if there is none. While it catches up,
    /// and has not read that event yet, the one before it counts.
    pub lag_seconds: u64,
    /// How many events it has handled since this process has started it.
    #[serde(default)]
    pub events_handled: u64,
    /// How many of them in a second, over the last 10 seconds.
    #[serde(default)]
    pub events_per_second: u64,
    /// In how many seconds it will have come to the end of the log, at the pace of the last 10 seconds: 0 if it is there, and `None`
    /// if nobody can tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seconds_left: Option<u64>,
    /// Whether it is the version that people see who look at the tables themselves. A version is as soon as it has come to the end of
    /// the log: with nothing parked, if there is an older one.
    pub is_active: bool,
    /// Whether its rows can be asked for: once it is, or was, the active version. Until then, whoever asks is told that it is
    /// [`NotReady`](crate::projection::NotReady).
    #[serde(default)]
    pub is_ready: bool,
    /// Whether it goes on.
    pub state: ProjectionState,
    /// Who fills the table instead, if this process stands by and knows it; of several who do so in slices, one: the [label](crate::projection::LeasePolicy::label) of
    /// that process.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held_by: Option<String>,
    /// The event that it could not project when that was last tried.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failing: Option<FailingEvent>,
    /// Why it does not go on, if it does not, or what has gone wrong last, if it tries again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// How many events are parked.
    #[serde(default)]
    pub parked_events: usize,
    /// The sequences that they are of: the 20 that have waited longest. [`Projections::parked`](super::Projections::parked) tells
    /// of all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parked: Vec<ParkedSequence>,
    /// Its slices, of which the rest tells what they are together; none if it is not cut into slices.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub slices: Vec<SliceStatus>,
}

/// What a slice of a projection has come to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SliceStatus {
    /// Its number, from 0 on.
    pub slice: u32,
    /// Everything of it up to here is in its rows, or parked.
    pub position: Position,
    /// Whether it goes on.
    pub state: ProjectionState,
    /// Who works on it instead, if this process stands by and knows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held_by: Option<String>,
    /// How many events of it are parked.
    pub parked_events: usize,
}

/// How a projection fares.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ProjectionState {
    /// It has events before it that were stored before it came to them.
    CatchingUp,
    /// It has come to the end of the log, and takes events as they are stored.
    Live,
    /// Another process fills the table, or is about to. This one tells how far it has come, and takes over when it is gone.
    Standby,
    /// An event fails, and is not parked. It is tried again, with growing pauses, and what comes after it waits.
    Failed,
    /// It does not run any more: everything was shut down, or a person has to look.
    Stopped,
}

impl ProjectionState {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::CatchingUp,
        Self::Live,
        Self::Standby,
        Self::Failed,
        Self::Stopped,
    ];

    /// Its name, as it is in JSON and in metrics.
    pub const fn name(self) -> &'static str {
        match self {
            Self::CatchingUp => "catching_up",
            Self::Live => "live",
            Self::Standby => "standby",
            Self::Failed => "failed",
            Self::Stopped => "stopped",
        }
    }

    /// How much it concerns people: of several states, the greatest is the one to tell of. What another process works on says nothing of
    /// what this one does.
    pub const fn concern(self) -> u8 {
        match self {
            Self::Standby => 0,
            Self::Live => 1,
            Self::CatchingUp => 2,
            Self::Failed => 3,
            Self::Stopped => 4,
        }
    }
}

/// An event that cannot be projected.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct FailingEvent {
    /// Its id.
    pub event: EventId,
    /// Its place in the store.
    pub position: Position,
    /// The name of its type.
    pub event_type: String,
    /// Why it cannot be projected.
    pub reason: String,
    /// How often it was tried.
    pub attempts: u32,
}

/// What the task of a projection says of itself.
#[derive(Clone, Debug)]
pub(super) struct Course {
    pub(super) position: Position,
    /// How often rows were written, or may have been, that the reader was not moved for: of events that had been parked.
    pub(super) reworked: u64,
    /// The end of the log, as far as is known.
    pub(super) head: Position,
    pub(super) state: ProjectionState,
    /// Who fills the table, if another process does.
    pub(super) held_by: Option<Arc<str>>,
    /// When the first event was stored that is not dealt with; while that is not known, the last one that was.
    pub(super) waiting_since: Option<Timestamp>,
    /// How many events were handled.
    pub(super) events: u64,
    pub(super) pace: Pace,
    pub(super) failing: Option<FailingEvent>,
    pub(super) error: Option<String>,
    pub(super) parked: Arc<Parked>,
}

/// Which rows there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct RowsAt {
    /// Everything up to here is in them, or parked.
    pub(crate) position: Position,
    /// How often parked events were made up for.
    pub(crate) reworked: u64,
}

impl RowsAt {
    pub(super) const NONE: Self = Self {
        position: Position::START,
        reworked: 0,
    };
}

/// So many sequences are told of.
const TOLD: usize = 20;

impl HeldBy for Course {
    fn held_by(&mut self) -> &mut Option<Arc<str>> {
        &mut self.held_by
    }
}

impl Course {
    /// Of a log that ends there, or further on.
    pub(super) fn at(position: Position, head: Position, parked: Arc<Parked>) -> Self {
        Self {
            position,
            reworked: 0,
            head: head.max(position),
            state: ProjectionState::CatchingUp,
            held_by: None,
            waiting_since: None,
            events: 0,
            pace: Pace::new(),
            failing: None,
            error: None,
            parked,
        }
    }

    /// Who fills the table instead, if another process does and it is known.
    pub(super) fn held_by_another(&self) -> Option<String> {
        let held_by = self.held_by.as_deref();
        held_by
            .filter(|_| self.state == ProjectionState::Standby)
            .map(str::to_owned)
    }

    /// Whether it has come to the end of the log, as far as that is known.
    pub(super) fn is_at_the_end(&self) -> bool {
        self.position >= self.head
    }

    /// The sequences with parked events that are told of.
    pub(super) fn parked_sequences(&self) -> Vec<ParkedSequence> {
        let mut sequences = self.parked.sequences();
        sequences.truncate(TOLD);
        sequences
    }

    pub(super) const fn rows_at(&self) -> RowsAt {
        RowsAt {
            position: self.position,
            reworked: self.reworked,
        }
    }

    /// How far it has come, of a log that ends here or further on.
    pub(super) fn progress(&self, end: Position, now: Timestamp) -> Progress {
        let end = self.head.max(end);
        let left = end.get().saturating_sub(self.position.get());
        Progress {
            position: self.position,
            end,
            waiting_since: self.waiting_since,
            events: self.events,
            events_per_second: self.pace.events_per_second(now),
            time_left: self.pace.time_for(left, now),
            parked: self.parked.len(),
        }
    }

    /// So many events were handled.
    pub(super) const fn has_handled(&mut self, events: usize) {
        self.events = self.events.saturating_add(events as u64);
    }

    /// It has come to a position, at a time that its pace is told by.
    pub(super) fn come_to_at(&mut self, position: Position, now: Timestamp) {
        self.come_to(position);
        self.pace.mark(now, position, self.events);
    }

    /// It has come to a position.
    pub(super) fn come_to(&mut self, position: Position) {
        self.position = position;
        self.head = self.head.max(position);
        if position == self.head {
            self.waiting_since = None;
        }
        self.failing = None;
        self.error = None;
        self.state = match self.state {
            ProjectionState::Standby => ProjectionState::Standby,
            _ if position < self.head => ProjectionState::CatchingUp,
            _ => ProjectionState::Live,
        };
    }

    /// It fills its table from here.
    pub(super) fn take_up(&mut self, position: Position) {
        self.state = ProjectionState::CatchingUp;
        self.come_to(position);
    }

    /// Somebody else fills its table, and has come to here.
    pub(super) fn stand_by(&mut self, position: Position) {
        self.state = ProjectionState::Standby;
        self.come_to(position);
    }
}
