use super::super::Failure;
use crate::event::EncodeError;
use crate::execute::StoreNumber;
use crate::known::CheckError;
use crate::store::{AppendError, ErrorClass, FeedError, ReadError};
use crate::told::chain;
use crate::wire::Rejection;

/// Why an event was not dealt with.
#[derive(Debug, thiserror::Error)]
pub(super) enum Trouble {
    /// The manager could not react.
    #[error(transparent)]
    Reaction(Box<Failure>),
    /// The event is for an instance that is not running, and what starts it may be an event of another store that comes
    /// later.
    #[error(transparent)]
    TooEarly(Box<Failure>),
    /// The manager does not wait for such events, as far as this program knows.
    #[error("the process manager does not wait for this event")]
    NotAwaited,
    /// A task that works for the manager has panicked.
    #[error("a lane of the process manager has died")]
    LaneDied,
    /// A command was refused, and nobody said what to do then.
    #[error("the command `{command}` was refused: {rejection}")]
    Rejected {
        command: String,
        rejection: Box<Rejection>,
    },
    /// A command was not executed.
    #[error(transparent)]
    Command(#[from] SendError),
    /// The stream of the instance could not be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The stream of the instance could not be written.
    #[error(transparent)]
    Write(Box<AppendError>),
    /// The log could not be read.
    #[error(transparent)]
    Feed(#[from] FeedError),
    /// The log may hold events of the manager under names that the program does not know.
    #[error(transparent)]
    Types(#[from] CheckError),
    /// What is to be recorded has no stored form.
    #[error(transparent)]
    Unwritable(#[from] EncodeError),
    /// What is to be sent is not JSON.
    #[error("a command is not JSON")]
    Json(#[from] serde_json::Error),
}

impl From<Failure> for Trouble {
    fn from(failure: Failure) -> Self {
        Self::Reaction(Box::new(failure))
    }
}

impl From<AppendError> for Trouble {
    fn from(error: AppendError) -> Self {
        Self::Write(Box::new(error))
    }
}

/// Why a command that was sent has not happened.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SendError {
    /// The domain says no.
    #[error("the command was refused: {rejection}")]
    Rejected {
        rejection: Rejection,
        /// Where it was decided.
        store: StoreNumber,
    },
    /// The reader that was to be moved is not where it was expected.
    #[error("the reader was moved by somebody else")]
    Overtaken,
    /// It could not be executed.
    #[error("{reason}")]
    Failed {
        /// What to do about it.
        class: ErrorClass,
        /// Why, for people.
        reason: String,
    },
}

impl SendError {
    fn class(&self) -> ErrorClass {
        match self {
            Self::Rejected { .. } => ErrorClass::Rejected,
            Self::Overtaken => ErrorClass::Overtaken,
            Self::Failed { class, .. } => *class,
        }
    }
}

/// The longest reason that is recorded, in bytes.
const LONGEST_REASON: usize = 4_096;

/// What is to be done about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Remedy {
    /// Nothing can go on: wait.
    Wait,
    /// It may go better later. Others may go on.
    TryAgain,
    /// A person has to look.
    Park,
}

impl Trouble {
    pub(super) fn remedy(&self) -> Remedy {
        let class = match self {
            Self::Reaction(_) | Self::Rejected { .. } | Self::Json(_) | Self::Unwritable(_) => {
                return Remedy::Park;
            }
            Self::NotAwaited | Self::TooEarly(_) => return Remedy::TryAgain,
            Self::LaneDied => return Remedy::Park,
            Self::Command(error) => error.class(),
            Self::Read(error) => error.class(),
            Self::Write(error) => error.class(),
            Self::Feed(error) => error.class(),
            Self::Types(error) => error.class(),
        };
        match class {
            ErrorClass::Retry | ErrorClass::UnknownOutcome => Remedy::Wait,
            ErrorClass::Conflict | ErrorClass::Overloaded | ErrorClass::Overtaken => Remedy::TryAgain,
            _ => Remedy::Park,
        }
    }

    /// Whether it may be an event of another store that is missing.
    pub(super) fn is_early(&self) -> bool {
        matches!(self, Self::TooEarly(_))
    }

    /// What it says, and what led to it, for people: as much of it as an event has room for. What is rejected can be as long
    /// as it likes.
    pub(super) fn reason(&self) -> String {
        let mut reason = chain(self);
        reason.truncate(reason.floor_char_boundary(LONGEST_REASON));
        reason
    }
}
