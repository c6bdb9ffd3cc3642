use std::any::TypeId;
use std::sync::Arc;

use super::{Folded, InvalidStreamField, Plan, Slot};
use crate::event::DecodeError;
use crate::execute::Bug;
use crate::{NewEvent, RecordedEvent, StreamId, Version};

/// One command that is being decided, of no particular Rust type: the streams it depends on, its state, and the decision.
///
/// An [`Executor`](crate::execute::Executor) drives it: `plan`, then as often as it takes `fold`, `seen`, `discover` and
/// `decide`. Every [`CommandLogic`](super::CommandLogic) becomes one; a command whose code runs elsewhere can be another.
pub trait Decider: Send + Sync {
    /// Why the command may be refused.
    type Rejection;

    /// What it has in common with other commands: all of one kind know the same event types.
    fn kind(&self) -> CommandKind;

    /// Whether it knows what to do with events that are stored under this name.
    fn knows(&self, event_type: &str) -> bool;

    /// Whether one state folds all streams, in commit order and each event once, instead of one state for each stream.
    fn commit_order(&self) -> bool;

    /// Names the streams.
    ///
    /// # Errors
    /// If a key does not make a stream id.
    fn plan(&self, plan: &mut Plan) -> Result<(), InvalidStreamField>;

    /// Forgets what was folded.
    fn reset(&mut self);

    /// Adds events of a stream to the part of the state that a slot stands for. Events of other types are passed over.
    ///
    /// # Errors
    /// If an event cannot be read.
    fn fold(
        &mut self,
        slot: Slot,
        stream: &StreamId,
        events: &[Arc<RecordedEvent>],
    ) -> Result<(), DecodeError>;

    /// The part of the state that a slot stands for, if it is the state of one stream alone: such a state may be kept, and
    /// taken up by another command.
    fn folded(&mut self, slot: Slot) -> Option<&mut dyn Folded> {
        let _ = slot;
        None
    }

    /// Tells the part of the state that a slot stands for the head of its stream.
    fn seen(&mut self, slot: Slot, head: Version) {
        let _ = (slot, head);
    }

    /// Adds streams to the plan that only the state can tell.
    ///
    /// # Errors
    /// If a key does not make a stream id.
    fn discover(&mut self, plan: &mut Plan) -> Result<(), InvalidStreamField> {
        let _ = plan;
        Ok(())
    }

    /// Decides what happens, on the state as it is now, and given the streams to which it may append. It is asked again after
    /// a conflict.
    ///
    /// # Errors
    /// If the state does not allow what the command wants, or what it wants to emit is not acceptable.
    fn decide(&mut self, writable: Vec<StreamId>) -> Result<Vec<NewEvent>, Undecided<Self::Rejection>>;
}

/// Why a command was not decided.
#[derive(Debug)]
pub enum Undecided<R> {
    /// The command itself says no.
    Rejected(R),
    /// It is broken.
    Bug(Bug),
}

/// What kind of command it is.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum CommandKind {
    /// That of a Rust type.
    Type(TypeId),
    /// Any other: a text that no other kind has.
    Named(Arc<str>),
}

impl<D: Decider + ?Sized> Decider for Box<D> {
    type Rejection = D::Rejection;

    fn kind(&self) -> CommandKind {
        (**self).kind()
    }

    fn knows(&self, event_type: &str) -> bool {
        (**self).knows(event_type)
    }

    fn commit_order(&self) -> bool {
        (**self).commit_order()
    }

    fn plan(&self, plan: &mut Plan) -> Result<(), InvalidStreamField> {
        (**self).plan(plan)
    }

    fn reset(&mut self) {
        (**self).reset();
    }

    fn fold(
        &mut self,
        slot: Slot,
        stream: &StreamId,
        events: &[Arc<RecordedEvent>],
    ) -> Result<(), DecodeError> {
        (**self).fold(slot, stream, events)
    }

    fn folded(&mut self, slot: Slot) -> Option<&mut dyn Folded> {
        (**self).folded(slot)
    }

    fn seen(&mut self, slot: Slot, head: Version) {
        (**self).seen(slot, head);
    }

    fn discover(&mut self, plan: &mut Plan) -> Result<(), InvalidStreamField> {
        (**self).discover(plan)
    }

    fn decide(&mut self, writable: Vec<StreamId>) -> Result<Vec<NewEvent>, Undecided<D::Rejection>> {
        (**self).decide(writable)
    }
}
