use std::num::NonZeroU32;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

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
    /// How many positions of the log are left, as far as is known: an event that it does not handle counts too.
    pub lag_events: u64,
    /// For how long the first event that it is working on has been stored, in whole seconds; 0 if there is none.
    pub lag_seconds: u64,
    /// Whether it is the version that people see who look at the tables themselves. A new one is as soon as it has come to the end of
    /// the log, with nothing parked.
    pub is_active: bool,
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
    /// How often rows were written that the reader was not moved for: of events that had been parked.
    pub(super) reworked: u64,
    /// The end of the log, as far as is known.
    pub(super) head: Position,
    pub(super) state: ProjectionState,
    /// Who fills the table, if another process does.
    pub(super) held_by: Option<Arc<str>>,
    /// When the first event was stored that is worked on.
    pub(super) working_on: Option<Timestamp>,
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

impl Course {
    pub(super) const fn at(position: Position, parked: Arc<Parked>) -> Self {
        Self {
            position,
            reworked: 0,
            head: position,
            state: ProjectionState::CatchingUp,
            held_by: None,
            working_on: None,
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

    /// It has come to a position.
    pub(super) fn come_to(&mut self, position: Position) {
        self.position = position;
        self.head = self.head.max(position);
        self.working_on = None;
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
