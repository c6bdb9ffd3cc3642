use crate::Position;
use crate::execute::Executed;

/// What somebody has done, and waits for: all positions from the first to the last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Done {
    pub(super) first: Position,
    pub(super) last: Position,
}

impl Done {
    /// Everything that anybody has ever done.
    pub(super) const EVER: Self = Self {
        first: Position::START,
        last: Position::new(u64::MAX),
    };
}

/// Everything up to there is waited for; of what is parked, that event counts.
impl From<Position> for Done {
    fn from(position: Position) -> Self {
        Self {
            first: position,
            last: position,
        }
    }
}

/// The events of a command.
impl From<&Executed> for Done {
    fn from(executed: &Executed) -> Self {
        let last = executed.position();
        let positions = executed.events().iter().map(|event| event.position);
        Self {
            first: positions.min().unwrap_or(last).min(last),
            last,
        }
    }
}

/// A projection has come to what was waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CaughtUp {
    /// Everything up to here is in its rows, or parked.
    pub position: Position,
    /// How many events of others are parked, which its rows lack.
    pub parked_events: usize,
}
