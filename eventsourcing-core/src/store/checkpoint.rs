use std::fmt;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use super::{ErrorClass, StoreError, StoreIdentity};
use crate::Position;

/// How far a reader has come in the log of a certain store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Checkpoint {
    /// The store, and the life of it, that the position belongs to.
    pub store: StoreIdentity,
    /// Everything up to here has been dealt with.
    pub position: Position,
}

impl Checkpoint {
    /// Checks that this is a checkpoint of a log: of that store, in that epoch, and not ahead of its end.
    ///
    /// # Errors
    /// Says in which way it is not.
    pub fn check(self, store: StoreIdentity, head: Position) -> Result<Position, CheckpointRefused> {
        if self.store != store {
            return Err(CheckpointRefused::OtherStore {
                checkpoint: self.store,
                store,
            });
        }
        if self.position > head {
            return Err(CheckpointRefused::AheadOfLog {
                position: self.position,
                head,
            });
        }
        Ok(self.position)
    }
}

/// A checkpoint that does not belong to the log at hand. Whoever relies on it has to be rebuilt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CheckpointRefused {
    /// It was made in another store, or before the store was restored from a backup.
    #[error(
        "the checkpoint was made in store {} (epoch {}), this is store {} (epoch {})",
        checkpoint.id, checkpoint.epoch, store.id, store.epoch
    )]
    OtherStore {
        /// Where it was made.
        checkpoint: StoreIdentity,
        /// The store at hand.
        store: StoreIdentity,
    },
    /// It lies behind the end of the log.
    #[error("the checkpoint is at position {position}, the log ends at {head}")]
    AheadOfLog {
        /// Where it lies.
        position: Position,
        /// Where the log ends.
        head: Position,
    },
    /// A later one has been saved under the same name.
    #[error("the checkpoint is at position {position}, one at {saved} has been saved already")]
    Backwards {
        /// Where it lies.
        position: Position,
        /// Where the saved one lies.
        saved: Position,
    },
}

/// The checkpoints of one tenant, each under the name of its reader. See the [contract](super).
///
/// A reader that writes events is moved by the append that writes them: see [`Progress`](super::Progress).
#[async_trait]
pub trait CheckpointStore: fmt::Debug + Send + Sync + 'static {
    /// The checkpoint saved last under this name, if there is one.
    ///
    /// # Errors
    /// If the store fails.
    async fn load(&self, name: &str) -> Result<Option<Checkpoint>, StoreError>;

    /// Saves a checkpoint.
    ///
    /// # Errors
    /// If it belongs to another store or epoch, lies ahead of the log or before the one saved last, or the store fails.
    async fn save(&self, name: &str, checkpoint: Checkpoint) -> Result<(), CheckpointError>;

    /// Forgets the checkpoint of this name; the next one may lie anywhere. Nothing happens if there is none.
    ///
    /// # Errors
    /// If the store fails.
    async fn forget(&self, name: &str) -> Result<(), StoreError>;
}

/// Why a checkpoint was not saved.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CheckpointError {
    /// It does not belong to this log, or goes backwards.
    #[error(transparent)]
    Refused(#[from] CheckpointRefused),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl CheckpointError {
    /// How the caller is to react.
    pub fn class(&self) -> ErrorClass {
        match self {
            Self::Refused(_) => ErrorClass::Rejected,
            Self::Store(error) => error.class(),
        }
    }
}
