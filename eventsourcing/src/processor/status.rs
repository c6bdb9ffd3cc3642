use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::lease::HeldBy;
use crate::{Position, TenantId, Timestamp};

/// What a [processor](super) has come to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ProcessorStatus {
    /// Its name.
    pub processor: String,
    /// Whose events it takes.
    pub tenant: TenantId,
    /// Everything up to here was dealt with.
    pub position: Position,
    /// How many positions of the log are left, as far as is known: an event that does not pass its filter counts too.
    pub lag_events: u64,
    /// For how long the first event that it is working on has been stored, in whole seconds; 0 if there is none.
    pub lag_seconds: u64,
    /// Whether it goes on.
    pub state: ProcessorState,
    /// Who takes the events instead, if this process stands by and knows it: the [label](super::LeasePolicy::label) of that process.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held_by: Option<String>,
    /// The batch that has failed when it was last tried.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failing: Option<FailingBatch>,
    /// Why it does not go on, if it does not, or what has gone wrong last, if it tries again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

/// How a processor fares.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ProcessorState {
    /// It has events before it that were stored before it came to them.
    CatchingUp,
    /// It has come to the end of the log, and takes events as they are stored.
    Live,
    /// Another process takes the events, or is about to. This one tells how far that has come, and takes over when it is gone.
    Standby,
    /// A batch fails. It is tried again, with growing pauses, and what comes after it waits.
    Failed,
    /// It does not run any more: it was stopped, or a person has to look.
    Stopped,
}

impl ProcessorState {
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
}

/// A batch that fails.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct FailingBatch {
    /// Where its first event lies.
    pub first: Position,
    /// Where its last event lies.
    pub last: Position,
    /// Why it fails.
    pub reason: String,
    /// How often it was tried.
    pub attempts: u32,
}

/// What the task of a processor says of itself.
#[derive(Clone, Debug)]
pub(super) struct Course {
    pub(super) position: Position,
    /// The end of the log, as far as is known.
    pub(super) head: Position,
    pub(super) state: ProcessorState,
    /// What the other process is called that holds the lease, as far as is known.
    pub(super) held_by: Option<Arc<str>>,
    /// When the first event was stored that is worked on.
    pub(super) working_on: Option<Timestamp>,
    pub(super) failing: Option<FailingBatch>,
    pub(super) error: Option<String>,
}

impl Course {
    pub(super) const fn at(position: Position) -> Self {
        Self {
            position,
            head: position,
            state: ProcessorState::CatchingUp,
            held_by: None,
            working_on: None,
            failing: None,
            error: None,
        }
    }

    /// Who takes the events instead, if another process does and it is known.
    pub(super) fn held_by_another(&self) -> Option<String> {
        let held_by = self.held_by.as_deref();
        held_by
            .filter(|_| self.state == ProcessorState::Standby)
            .map(str::to_owned)
    }

    /// It takes events from a position on.
    pub(super) fn take_up(&mut self, position: Position) {
        self.state = ProcessorState::CatchingUp;
        self.come_to(position);
    }

    /// Another process takes them.
    pub(super) fn stand_by(&mut self, position: Position) {
        self.state = ProcessorState::Standby;
        self.come_to(position);
    }

    /// It has come to a position.
    pub(super) fn come_to(&mut self, position: Position) {
        let head = self.head.max(position);
        let state = match self.state {
            ProcessorState::Standby => ProcessorState::Standby,
            _ if position == head => ProcessorState::Live,
            _ => ProcessorState::CatchingUp,
        };
        *self = Self {
            head,
            state,
            held_by: self.held_by.take(),
            ..Self::at(position)
        };
    }
}

impl HeldBy for Course {
    fn held_by(&mut self) -> &mut Option<Arc<str>> {
        &mut self.held_by
    }
}
