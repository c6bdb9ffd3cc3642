use std::error::Error;

pub(crate) type BoxError = Box<dyn Error + Send + Sync>;

/// What must not happen.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failed {
    /// A part has ended without an answer.
    #[error("a part of the campaign has failed")]
    Part,
    /// Something was lost or doubled.
    #[error("{what}: {found} instead of {expected}")]
    Other {
        /// What was counted.
        what: &'static str,
        /// How many there are.
        found: u64,
        /// How many there should be.
        expected: u64,
    },
    /// A reader was not handed the log.
    #[error(
        "the reader {reader} was handed {found} events that are not those of the log, which has {expected}"
    )]
    Reader {
        /// Which one.
        reader: usize,
        /// How many it was handed.
        found: usize,
        /// How many there are.
        expected: usize,
    },
}

impl Failed {
    /// Checks that as many were found as expected.
    pub(crate) fn unless_equal(what: &'static str, found: u64, expected: u64) -> Result<(), Self> {
        if found == expected {
            Ok(())
        } else {
            Err(Self::Other {
                what,
                found,
                expected,
            })
        }
    }
}
