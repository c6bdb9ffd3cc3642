use crate::history::{History, Tick};

/// Every call and every answer of a history, in the order in which they happened.
pub(super) struct Timeline {
    pub(super) marks: Vec<Mark>,
}

/// The call or the answer of an operation.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Mark {
    tick: Tick,
    pub(super) phase: Phase,
    pub(super) operation: usize,
}

/// What happens to an operation. Of two marks at the same moment the call comes first: then neither is before the
/// other.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Phase {
    Invoked,
    Returned,
}

impl Timeline {
    pub(super) fn new(history: &History) -> Self {
        let mut marks = Vec::with_capacity(2 * history.operations.len());
        for (at, operation) in history.operations.iter().enumerate() {
            marks.push(Mark {
                tick: operation.invoked,
                phase: Phase::Invoked,
                operation: at,
            });
            marks.extend(operation.returned.map(|tick| Mark {
                tick,
                phase: Phase::Returned,
                operation: at,
            }));
        }
        marks.sort_unstable();
        Self { marks }
    }
}
