//! What a course and those who follow it tell each other.

use std::sync::Arc;

use super::super::Outgoing;
use super::trouble::{SendError, Trouble};
use crate::execute::StoreNumber;
use crate::store::{Append, AppendError, Appended, Progress, ReadError, StreamSlice};
use crate::{CausationId, RecordedEvent, StreamId};

/// Where the course of an event takes place.
#[derive(Clone, Copy, Debug)]
pub(super) struct Site {
    /// The store of the event, and of the progress.
    pub(super) source: StoreNumber,
    /// The store of the stream of the instance.
    pub(super) own: StoreNumber,
    /// Whether the manager records what it sends although it has no state.
    pub(super) records: bool,
    /// Whether events come from other stores as well, which have no order with those of this one.
    pub(super) is_split: bool,
}

/// What is to be done next.
#[derive(Debug)]
pub(super) enum Effect {
    /// Read this stream, all of it. Answer: [`Input::Read`].
    Read(StoreNumber, StreamId),
    /// Answer: [`Input::Written`].
    Write(StoreNumber, Append),
    /// Execute a command, and move the reader along if there is a progress and the command is of the same store. Answer:
    /// [`Input::Answered`].
    Send {
        command: Outgoing,
        causation: CausationId,
        progress: Option<Progress>,
    },
    /// The end.
    Finish(End),
}

/// What came of the last effect.
#[derive(Debug)]
pub(super) enum Input {
    Read(Result<StreamSlice, ReadError>),
    Written(Result<Appended, AppendError>),
    Answered(Result<Answer, SendError>),
}

/// What came of a command.
#[derive(Debug)]
pub(super) struct Answer {
    /// Its events.
    pub(super) events: Vec<Arc<RecordedEvent>>,
    /// Whether the reader could be moved in the same append.
    pub(super) could_move: bool,
}

/// How it ended.
#[derive(Debug)]
pub(super) enum End {
    /// It has been dealt with, and the reader was moved along if it was to be.
    Settled,
    /// There was nothing to do, and nothing was written.
    Nothing,
    /// The reader is not where it was thought to be.
    Overtaken,
    /// It was not dealt with.
    Failed(Trouble),
}
