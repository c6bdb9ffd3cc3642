use std::io;

use super::{BoxError, Loss};

/// Why not everything has survived.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Failed {
    /// A process could not be started or killed.
    #[error("the process of kill {kill} is out of control")]
    Process {
        /// The number of the kill; the first is 1.
        kill: u32,
        /// What is wrong.
        source: io::Error,
    },
    /// The server could not be killed or did not come back.
    #[error("the server of kill {kill} is out of control")]
    Server {
        /// The number of the kill.
        kill: u32,
        /// What is wrong.
        source: BoxError,
    },
    /// A victim has given up before anybody has killed it.
    #[error("the victim of kill {kill} has come to an end by itself")]
    EndedByItself {
        /// The number of the kill.
        kill: u32,
    },
    /// What is left cannot be read.
    #[error("the store is unusable after kill {kill}")]
    Unusable {
        /// The number of the kill.
        kill: u32,
        /// What is wrong.
        source: BoxError,
    },
    /// What is left is not what it should be.
    #[error("kill {kill} has done harm: {losses:?}")]
    Lost {
        /// The number of the kill.
        kill: u32,
        /// All that was lost.
        losses: Vec<Loss>,
    },
}
