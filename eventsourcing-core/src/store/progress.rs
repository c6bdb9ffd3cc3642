use std::sync::Arc;

use super::{AppendError, Checkpoint, CheckpointRefused, ErrorClass, StoreIdentity};
use crate::Position;

/// How far a reader has come, moved together with what it has caused: the append takes effect if and only if the reader is
/// moved.
///
/// It is the checkpoint of the [`CheckpointStore`](super::CheckpointStore) of the same tenant, under the same name. So of two
/// instances of a reader that have handled the same event, one writes what it caused, and the other is
/// [`Overtaken`].
///
/// ```
/// use eventsourcing_core::Position;
/// use eventsourcing_core::store::{
///     Append, AppendError, Checkpoint, Progress, StoreEpoch, StoreId, StoreIdentity,
/// };
/// # use eventsourcing_core::uuid::Uuid;
///
/// # let store = StoreIdentity { id: StoreId::new(Uuid::now_v7()), epoch: StoreEpoch::new(Uuid::now_v7()) };
/// let at = |position| Checkpoint { store, position: Position::new(position) };
/// let progress = Progress { reader: "shipping".into(), from: Some(at(3)), to: at(5) };
///
/// let end = Position::new(8);
/// assert!(progress.check(Some(at(3)), store, end).is_ok());
/// assert!(matches!(progress.check(Some(at(5)), store, end), Err(AppendError::Overtaken(_))));
///
/// let append = Append { progress: Some(progress), ..Append::default() };
/// # let _ = append;
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Progress {
    /// The name under which the checkpoint is saved.
    pub reader: Arc<str>,
    /// The checkpoint that must be saved now; `None` is that there is none.
    pub from: Option<Checkpoint>,
    /// The checkpoint to save.
    pub to: Checkpoint,
}

impl Progress {
    /// Checks that the reader may be moved, given the checkpoint saved under its name, the store, and the end of the log
    /// before the append. Every store refuses in this order.
    ///
    /// # Errors
    /// [`AppendError::Checkpoint`] if `to` is not a checkpoint of this log; [`AppendError::Overtaken`] if the saved one is
    /// not `from`; [`AppendError::Checkpoint`] if `to` lies before that.
    pub fn check(
        &self,
        saved: Option<Checkpoint>,
        store: StoreIdentity,
        head: Position,
    ) -> Result<(), AppendError> {
        let position = self.to.check(store, head)?;
        if saved != self.from {
            return Err(Overtaken {
                reader: Arc::clone(&self.reader),
                expected: self.from,
                saved,
            }
            .into());
        }
        match saved {
            // One of another epoch says nothing of this log.
            Some(saved) if saved.store == store && saved.position > position => {
                let saved = saved.position;
                Err(CheckpointRefused::Backwards { position, saved }.into())
            }
            _ => Ok(()),
        }
    }

    /// Whether the reader has come to where this moves it, or further, given the checkpoint saved under its name.
    pub fn is_reached(&self, saved: Option<Checkpoint>) -> bool {
        saved.is_some_and(|saved| saved.store == self.to.store && saved.position >= self.to.position)
    }
}

/// A reader that is not where an append was to move it from: another instance of it has moved it, or it has started over.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the reader `{reader}` was expected at {}, and is at {}",
    place(*expected, *saved), place(*saved, *expected)
)]
pub struct Overtaken {
    /// The name of the reader.
    pub reader: Arc<str>,
    /// The checkpoint that was expected.
    pub expected: Option<Checkpoint>,
    /// The checkpoint that is saved.
    pub saved: Option<Checkpoint>,
}

impl Overtaken {
    /// How the caller is to react.
    pub const fn class(&self) -> ErrorClass {
        ErrorClass::Overtaken
    }
}

fn place(checkpoint: Option<Checkpoint>, other: Option<Checkpoint>) -> String {
    match checkpoint {
        None => "no checkpoint".to_owned(),
        Some(Checkpoint { store, position }) => match other {
            Some(other) if other.store != store => {
                format!(
                    "position {position} of store {} (epoch {})",
                    store.id, store.epoch
                )
            }
            _ => format!("position {position}"),
        },
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::store::{StoreEpoch, StoreId};

    const STORE: StoreIdentity = StoreIdentity {
        id: StoreId::new(Uuid::from_u128(1)),
        epoch: StoreEpoch::new(Uuid::from_u128(2)),
    };
    const RESTORED: StoreIdentity = StoreIdentity {
        epoch: StoreEpoch::new(Uuid::from_u128(3)),
        ..STORE
    };

    fn at(store: StoreIdentity, position: u64) -> Checkpoint {
        Checkpoint {
            store,
            position: Position::new(position),
        }
    }

    fn progress(from: Option<Checkpoint>, to: Checkpoint) -> Progress {
        Progress {
            reader: "reader".into(),
            from,
            to,
        }
    }

    #[test]
    fn a_reader_that_comes_from_an_epoch_that_is_over_may_land_anywhere() {
        let from = Some(at(STORE, 9));
        let landing = progress(from, at(RESTORED, 3));
        assert!(landing.check(from, RESTORED, Position::new(5)).is_ok());
        assert!(!landing.is_reached(from));
    }

    #[test]
    fn whoever_is_overtaken_is_told_by_how_much() {
        let told = |expected, saved| {
            let error = progress(expected, at(STORE, 5))
                .check(saved, STORE, Position::new(9))
                .expect_err("it was overtaken");
            assert_eq!(error.class(), ErrorClass::Overtaken);
            error.to_string()
        };
        assert_eq!(
            told(None, Some(at(STORE, 4))),
            "the reader `reader` was expected at no checkpoint, and is at position 4"
        );
        let other_epoch = told(Some(at(STORE, 3)), Some(at(RESTORED, 3)));
        assert!(
            other_epoch.contains(&STORE.epoch.to_string())
                && other_epoch.contains(&RESTORED.epoch.to_string()),
            "{other_epoch}"
        );
    }
}
