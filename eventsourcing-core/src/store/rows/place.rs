use std::fmt;

use crate::store::Checkpoint;

/// Where a reader that writes rows is. It differs after every write.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// The checkpoint that is saved under its name, if there is one.
    pub checkpoint: Option<Checkpoint>,
    /// How many writes of rows have been made under its name since its first checkpoint was saved. A write may keep the
    /// checkpoint where it is, as when an event is handled that had been put aside.
    pub writes: u64,
}

impl Place {
    /// No checkpoint has been saved, and nothing has been written.
    pub const START: Self = Self {
        checkpoint: None,
        writes: 0,
    };
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.checkpoint {
            None => f.write_str("no checkpoint"),
            Some(Checkpoint { store, position }) => write!(
                f,
                "position {position} of epoch {} after {} writes",
                store.epoch, self.writes
            ),
        }
    }
}
