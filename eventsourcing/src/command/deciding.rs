use std::any::TypeId;
use std::sync::Arc;

use super::{
    CommandKind, CommandLogic, Decide, Decider, Folded, InvalidStreamField, Plan, Prepare, Slot, Undecided,
};
use crate::event::DecodeError;
use crate::{NewEvent, RecordedEvent, StreamId, Version};

/// A command of a Rust type that is being decided.
pub(crate) struct Deciding<C: CommandLogic> {
    command: C,
    state: C::State,
    cx: Decide<C>,
}

impl<C: CommandLogic> Deciding<C> {
    pub(crate) fn new(command: C, cx: Decide<C>) -> Self {
        let state = command.initial();
        Self { command, state, cx }
    }

    pub(crate) fn command(&self) -> &C {
        &self.command
    }

    /// Fetches what the decision needs. The state begins anew, as it depends on the command.
    pub(crate) async fn prepare(&mut self, prepare: &Prepare) -> Result<(), C::Error> {
        self.command.prepare(prepare).await?;
        self.reset();
        Ok(())
    }
}

impl<C: CommandLogic> Decider for Deciding<C> {
    type Rejection = C::Error;

    fn kind(&self) -> CommandKind {
        CommandKind::Type(TypeId::of::<C>())
    }

    fn knows(&self, event_type: &str) -> bool {
        let mut types = C::EMITS.iter().chain(C::READS);
        types.any(|types| types.knows(event_type))
    }

    fn commit_order(&self) -> bool {
        C::COMMIT_ORDER
    }

    fn plan(&self, plan: &mut Plan) -> Result<(), InvalidStreamField> {
        self.command.plan(plan)
    }

    fn reset(&mut self) {
        self.state = self.command.initial();
    }

    fn fold(
        &mut self,
        slot: Slot,
        stream: &StreamId,
        events: &[Arc<RecordedEvent>],
    ) -> Result<(), DecodeError> {
        self.command.fold(&mut self.state, slot, stream, events)
    }

    fn folded(&mut self, slot: Slot) -> Option<&mut dyn Folded> {
        self.command.folded(&mut self.state, slot)
    }

    fn seen(&mut self, slot: Slot, head: Version) {
        self.command.seen(&mut self.state, slot, head);
    }

    fn discover(&mut self, plan: &mut Plan) -> Result<(), InvalidStreamField> {
        let mut found = C::Found::default();
        self.command.discover(&self.state, &mut found);
        self.command.found(found, &mut self.state, plan)
    }

    fn decide(&mut self, writable: Vec<StreamId>) -> Result<Vec<NewEvent>, Undecided<C::Error>> {
        self.cx.restart(writable);
        let decided = self.command.handle(&self.state, &mut self.cx);
        let events = self.cx.take_events();
        decided.map_err(Undecided::Rejected)?;
        events.map_err(Undecided::Bug)
    }
}
