use std::any::Any;
use std::sync::Arc;

use crate::snapshot::StateSnapshots;
use crate::state::State;

/// The state of one stream, of whichever type. Every [`State`] is one.
pub trait Folded: Any + Send + Sync {
    /// [`State::memory`].
    fn memory(&self) -> usize;

    /// A clone to keep.
    fn keep(&self) -> Arc<dyn Any + Send + Sync>;

    /// Becomes a clone of one that was kept, if that is of its type; tells whether it is.
    fn take_up(&mut self, kept: &(dyn Any + Send + Sync)) -> bool;

    /// Becomes what it is before any event.
    fn reset(&mut self);

    /// [`State::SNAPSHOTS`].
    fn snapshots(&self) -> Option<StateSnapshots>;
}

impl<S: State> Folded for S {
    fn memory(&self) -> usize {
        State::memory(self)
    }

    fn keep(&self) -> Arc<dyn Any + Send + Sync> {
        Arc::new(self.clone())
    }

    fn take_up(&mut self, kept: &(dyn Any + Send + Sync)) -> bool {
        let kept = kept.downcast_ref();
        if let Some(kept) = kept {
            self.clone_from(kept);
        }
        kept.is_some()
    }

    fn reset(&mut self) {
        *self = S::default();
    }

    fn snapshots(&self) -> Option<StateSnapshots> {
        S::SNAPSHOTS
    }
}
