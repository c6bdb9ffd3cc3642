//! Deciding on what is kept from earlier commands, without reading first.

use std::panic::{AssertUnwindSafe, catch_unwind};

use super::{Effect, Machine, Snapshots, Unread};
use crate::NewEvent;
use crate::command::{Decider, Undecided};
use crate::store::Appended;

impl<D: Decider> Machine<D> {
    /// Lets it decide on what is kept. To be called if the event types of what it reads are known to be known.
    ///
    /// A stream that is expected at a version is read: the answer tells which version it is at.
    pub(crate) fn may_go_unread(&mut self) {
        if self.setup.expected.is_none() && self.setup.states.is_some() {
            self.unread = Unread::May;
        }
    }

    /// Whether it decides now, on what is kept.
    pub(super) fn goes_unread(&mut self) -> bool {
        let states = self.setup.states.as_ref();
        let goes = self.unread == Unread::May
            && states.is_some_and(|states| self.streams.take_for_granted(&mut self.decider, states));
        self.unread = if goes { Unread::Does } else { Unread::Never };
        goes
    }

    /// Whether an append finds out if others have come in between.
    pub(super) fn is_to_be_appended(&self, decided: &Result<Vec<NewEvent>, Undecided<D::Rejection>>) -> bool {
        matches!(decided, Ok(events) if !events.is_empty() && self.check_places(events).is_ok())
    }

    /// There is nothing to append, so no append finds out whether others have come in between.
    pub(super) fn read_after_all(&mut self) -> Effect<D::Rejection> {
        self.unread = Unread::Never;
        self.load_streams()
    }

    /// As if it had never thought of doing without.
    pub(super) fn start_over_and_read(&mut self) -> Effect<D::Rejection> {
        self.unread = Unread::Never;
        match self.start_over() {
            Ok(()) => self.load(),
            Err(error) => Effect::Finish(Err(error.into())),
        }
    }

    /// The command has taken effect. What it has appended is folded, so that the next one need not read it.
    ///
    /// A failure of that is none of the command: the next one reads, and fails by itself.
    pub(super) fn appended(&mut self, appended: Appended) -> Effect<D::Rejection> {
        let states = self.setup.states.as_ref();
        let Some(states) = states.filter(|states| states.are_kept() && !appended.repeated) else {
            return Effect::Finish(Ok(appended));
        };
        for place in appended.events.iter().flat_map(|event| event.streams()) {
            states.note_head(&place.stream, place.version);
        }
        let snapshots = match &self.setup.snapshots {
            Snapshots::Taken(snapshots) => Some(&**snapshots),
            Snapshots::Rehearsed => None,
        };
        let (streams, decider) = (&mut self.streams, &mut self.decider);
        let folding = || streams.fold_own(decider, states, snapshots, &appended.events);
        match catch_unwind(AssertUnwindSafe(folding)) {
            // It was on the condition that nobody comes in between: the store does not hold what it held before.
            Ok(Ok(false)) if self.unread == Unread::Does => states.forget_all(),
            Ok(Ok(_)) => {}
            Ok(Err(error)) => tracing::warn!(
                error = &error as &dyn std::error::Error,
                "an event that was just appended cannot be read"
            ),
            Err(_) => tracing::warn!("a state panics at an event that was just appended"),
        }
        Effect::Finish(Ok(appended))
    }
}
