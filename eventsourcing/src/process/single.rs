use std::sync::Arc;

use super::record::{record_of, recorded};
use super::{CopiedEvent, Failure, Instance, Outgoing, ProcessEvent, Reacted, Reaction, Role, Stateless};
use crate::wire::Rejection;
use crate::{CommandId, RecordedEvent, StreamId};

/// What a manager without state does on one event, where it is recorded before it is sent: an instance for that event alone,
/// in a stream of its own.
pub(super) struct Single {
    manager: &'static str,
    behaviour: &'static dyn Stateless,
    stream: StreamId,
    recorded: Option<Vec<Outgoing>>,
}

impl Single {
    /// As its stream tells it.
    pub(super) fn replay(
        manager: &'static str,
        behaviour: &'static dyn Stateless,
        stream: &StreamId,
        history: &[Arc<RecordedEvent>],
    ) -> Result<Self, Failure> {
        let mut commands = None;
        for record in history {
            if let Some(ProcessEvent::Reacted(reacted)) = recorded(record)? {
                commands = Some(reacted.commands);
            }
        }
        Ok(Self {
            manager,
            behaviour,
            stream: stream.clone(),
            recorded: commands,
        })
    }
}

impl Instance for Single {
    fn react(&mut self, event: &Arc<RecordedEvent>) -> Result<Reaction, Failure> {
        if let Some(commands) = self.recorded.clone() {
            return Ok(Reaction::Repeated { commands });
        }
        let commands = self.behaviour.react(event)?;
        if commands.is_empty() {
            return Ok(Reaction::PassedOver);
        }
        let reacted = ProcessEvent::Reacted(Reacted {
            instance: self.stream.clone(),
            manager: self.manager.to_owned(),
            role: Role::Start,
            cause: CopiedEvent::from(&**event),
            commands: commands.clone(),
        });
        let record = record_of(self.manager, event.id.get(), event, &reacted, &self.stream)?;
        self.recorded = Some(commands.clone());
        Ok(Reaction::New { record, commands })
    }

    /// Nobody handles it.
    fn refused(&mut self, _: CommandId, _: &Rejection) -> Result<Reaction, Failure> {
        Ok(Reaction::PassedOver)
    }

    fn is_running(&self) -> bool {
        false
    }
}
