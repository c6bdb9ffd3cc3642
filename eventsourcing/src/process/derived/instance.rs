use std::sync::Arc;

use uuid::Uuid;

use super::{Handles, StatefulManager};
use crate::process::failure::guarded;
use crate::process::record::{record_of, recorded};
use crate::process::{
    CopiedEvent, Failure, Instance, Outgoing, ProcessEvent, Reacted, Reaction, Refused, Role, Sends,
};
use crate::wire::Rejection;
use crate::{CommandId, RecordedEvent, StreamId};

/// An instance as its stream tells it.
pub(super) struct Replayed<M> {
    stream: StreamId,
    state: M,
    running: bool,
    reactions: Vec<Past>,
}

/// A reaction that was recorded.
struct Past {
    /// What it was a reaction to: the id of an event, or of a command that was refused.
    to: Uuid,
    /// The event that it all goes back to.
    cause: Arc<RecordedEvent>,
    commands: Vec<Outgoing>,
}

impl<M: StatefulManager> Replayed<M> {
    pub(super) fn new(stream: StreamId) -> Self {
        Self {
            stream,
            state: M::INITIAL(),
            running: false,
            reactions: Vec::new(),
        }
    }

    /// Adds what was recorded of one reaction. Events of other kinds in the stream are none of its concern.
    pub(super) fn take_up(&mut self, record: &Arc<RecordedEvent>) -> Result<(), Failure> {
        match recorded(record)? {
            Some(ProcessEvent::Reacted(reacted)) => self.take_up_reaction(reacted, record),
            Some(ProcessEvent::Refused(refused)) => self.take_up_refusal(refused),
            None => Ok(()),
        }
    }

    fn take_up_reaction(&mut self, reacted: Reacted, record: &RecordedEvent) -> Result<(), Failure> {
        let cause = reacted.cause.into_recorded(record.tenant.clone());
        let Some(handler) = handler_of::<M>(&cause) else {
            return Err(Failure::HandlerMissing {
                instance: self.stream.clone(),
                event_type: cause.event_type.clone(),
            });
        };
        // What is sent now is passed over: what was sent then counts.
        let mut cx = sends::<M>(&cause, cause.id.get());
        self.apply(handler, reacted.role, &cause, &mut cx)?;
        self.remember(cause.id.get(), cause, reacted.commands);
        Ok(())
    }

    fn take_up_refusal(&mut self, refused: Refused) -> Result<(), Failure> {
        let (cause, command) = self.sent(refused.command)?;
        let Some(handler) = M::REFUSALS.iter().find(|handler| handler.takes(&command)) else {
            return Err(Failure::RefusalHandlerMissing {
                instance: self.stream.clone(),
                command: command.name.into_owned(),
            });
        };
        let mut cx = sends::<M>(&cause, command.id.get());
        handler.react(&mut self.state, &command, &refused.rejection, &mut cx)?;
        self.remember(command.id.get(), cause, refused.commands);
        Ok(())
    }

    fn apply(
        &mut self,
        handler: &dyn Handles<M>,
        role: Role,
        event: &Arc<RecordedEvent>,
        cx: &mut Sends<M>,
    ) -> Result<(), Failure> {
        if role == Role::Start {
            self.state = M::INITIAL();
        }
        handler.react(&mut self.state, event, cx)?;
        self.running = role != Role::Stop;
        Ok(())
    }

    /// What the event does to the instance as it is; nothing if it does not concern it.
    fn role(&self, handler: &dyn Handles<M>) -> Result<Option<Role>, Failure> {
        let (instance, event) = (self.stream.clone(), handler.shown());
        match (handler.role(), self.running) {
            (Role::Start, true) if handler.is_strict() => Err(Failure::AlreadyRunning { instance, event }),
            (Role::Start, true) => Ok(Some(Role::Continue)),
            (Role::Start, false) => Ok(Some(Role::Start)),
            (role, true) => Ok(Some(role)),
            (_, false) if handler.is_strict() => Err(Failure::NotRunning { instance, event }),
            (_, false) => Ok(None),
        }
    }

    /// A command that was sent, and the event that it goes back to.
    fn sent(&self, id: CommandId) -> Result<(Arc<RecordedEvent>, Outgoing), Failure> {
        let found = self.reactions.iter().rev().find_map(|past| {
            let command = past.commands.iter().find(|command| command.id == id)?;
            Some((Arc::clone(&past.cause), command.clone()))
        });
        found.ok_or_else(|| Failure::UnknownCommand {
            instance: self.stream.clone(),
            command: id,
        })
    }

    fn remember(&mut self, to: Uuid, cause: Arc<RecordedEvent>, commands: Vec<Outgoing>) {
        self.reactions.push(Past { to, cause, commands });
    }

    /// What was recorded of a reaction to the same.
    fn repeated(&self, to: Uuid) -> Option<Reaction> {
        let past = self.reactions.iter().rev().find(|past| past.to == to)?;
        Some(Reaction::Repeated {
            commands: past.commands.clone(),
        })
    }

    fn record(
        &mut self,
        to: Uuid,
        cause: Arc<RecordedEvent>,
        event: &ProcessEvent,
        commands: Vec<Outgoing>,
    ) -> Result<Reaction, Failure> {
        let record = record_of(M::MANAGER.name, to, &cause, event, &self.stream)?;
        self.remember(to, cause, commands.clone());
        Ok(Reaction::New { record, commands })
    }

    fn react_anew(&mut self, event: &Arc<RecordedEvent>) -> Result<Reaction, Failure> {
        let Some(handler) = handler_of::<M>(event) else {
            return Ok(Reaction::PassedOver);
        };
        let Some(role) = self.role(handler)? else {
            return Ok(Reaction::PassedOver);
        };
        let mut cx = sends::<M>(event, event.id.get());
        self.apply(handler, role, event, &mut cx)?;
        let commands = cx.into_sent()?;
        let reacted = ProcessEvent::Reacted(Reacted {
            instance: self.stream.clone(),
            manager: M::MANAGER.name.to_owned(),
            role,
            cause: CopiedEvent::from(&**event),
            commands: commands.clone(),
        });
        self.record(event.id.get(), Arc::clone(event), &reacted, commands)
    }

    fn refused_anew(&mut self, id: CommandId, rejection: &Rejection) -> Result<Reaction, Failure> {
        let (cause, command) = self.sent(id)?;
        let Some(handler) = M::REFUSALS.iter().find(|handler| handler.takes(&command)) else {
            return Ok(Reaction::PassedOver);
        };
        let mut cx = sends::<M>(&cause, id.get());
        handler.react(&mut self.state, &command, rejection, &mut cx)?;
        let commands = cx.into_sent()?;
        let refused = ProcessEvent::Refused(Refused {
            instance: self.stream.clone(),
            manager: M::MANAGER.name.to_owned(),
            command: id,
            rejection: rejection.clone(),
            commands: commands.clone(),
        });
        self.record(id.get(), cause, &refused, commands)
    }
}

impl<M: StatefulManager> Instance for Replayed<M> {
    fn react(&mut self, event: &Arc<RecordedEvent>) -> Result<Reaction, Failure> {
        match self.repeated(event.id.get()) {
            Some(repeated) => Ok(repeated),
            None => guarded(|| self.react_anew(event)),
        }
    }

    fn refused(&mut self, command: CommandId, rejection: &Rejection) -> Result<Reaction, Failure> {
        match self.repeated(command.get()) {
            Some(repeated) => Ok(repeated),
            None => guarded(|| self.refused_anew(command, rejection)),
        }
    }

    fn is_running(&self) -> bool {
        self.running
    }
}

fn handler_of<M: StatefulManager>(event: &RecordedEvent) -> Option<&'static dyn Handles<M>> {
    M::HANDLERS.iter().copied().find(|handler| handler.takes(event))
}

fn sends<M: StatefulManager>(cause: &Arc<RecordedEvent>, reacts_to: Uuid) -> Sends<M> {
    Sends::new(M::MANAGER.name, Arc::clone(cause), reacts_to)
}
