//! What a command does with snapshots on its course.

use std::sync::Arc;
use std::time::Duration;

use super::{Effect, Machine};
use crate::command::Decider;
use crate::execute::Bug;
use crate::snapshot::{Snapshotting, Work};
use crate::store::{SavedSnapshot, SnapshotError, SnapshotKey, StreamSlice};

/// What is done with snapshots.
pub(crate) enum Snapshots {
    /// They are used and taken.
    Taken(Arc<Snapshotting>),
    /// All states that have snapshots go on from one, and are held against what they come to otherwise.
    Rehearsed,
}

impl<D: Decider> Machine<D> {
    /// The snapshots to ask for before streams are loaded.
    pub(super) fn missing_snapshots(&mut self) -> Vec<SnapshotKey> {
        match &self.setup.snapshots {
            Snapshots::Taken(snapshots) => self.streams.missing_snapshots(&mut self.decider, snapshots),
            Snapshots::Rehearsed => Vec::new(),
        }
    }

    /// Without snapshots it goes on all the same.
    pub(super) fn snapshots_loaded(
        &mut self,
        loaded: Result<Vec<Option<SavedSnapshot>>, SnapshotError>,
    ) -> Effect<D::Rejection> {
        if let Snapshots::Taken(snapshots) = &self.setup.snapshots {
            match loaded {
                Ok(loaded) => {
                    let random = &mut self.setup.random;
                    self.streams
                        .go_on_from(&mut self.decider, snapshots, loaded, random);
                }
                Err(error) => {
                    snapshots.failed(&error, error.class());
                    self.streams.do_without_snapshots();
                }
            }
        }
        self.load_streams()
    }

    /// Folds what was read, and holds snapshots against it that are on trial.
    pub(super) fn fold(&mut self, slices: &[StreamSlice]) -> Result<bool, Bug> {
        match &self.setup.snapshots {
            Snapshots::Taken(snapshots) => {
                let differing = self.streams.try_snapshots(&mut self.decider, snapshots, slices)?;
                self.work.extend(differing.into_iter().map(Work::Forget));
            }
            Snapshots::Rehearsed => self.streams.rehearse_snapshots(&mut self.decider, slices)?,
        }
        Ok(self.streams.fold(&mut self.decider, slices)?)
    }

    /// What is to be done about snapshots now that streams were loaded and folded, which took so long. Nobody waits for it.
    pub(crate) fn take_work(&mut self, took: Duration) -> Vec<Work> {
        let mut work = std::mem::take(&mut self.work);
        if let Snapshots::Taken(snapshots) = &self.setup.snapshots {
            let states = self.setup.states.as_ref();
            work.extend(
                self.streams
                    .due_snapshots(&mut self.decider, snapshots, states, took),
            );
        }
        work
    }
}
