use std::collections::HashMap;

use eventsourcing_core::CommandId;
use eventsourcing_core::store::{Appended, CommandKey, Fingerprint, IdReused};

/// The commands of one tenant that have succeeded under an id, each with its first outcome.
#[derive(Default)]
pub(crate) struct Commands(HashMap<CommandId, (Fingerprint, Appended)>);

impl Commands {
    pub(crate) fn first_outcome(&self, command: CommandKey) -> Result<Option<Appended>, IdReused> {
        match self.0.get(&command.id) {
            None => Ok(None),
            Some((fingerprint, first)) if *fingerprint == command.fingerprint => Ok(Some(Appended {
                repeated: true,
                ..first.clone()
            })),
            Some(_) => Err(IdReused { id: command.id }),
        }
    }

    pub(crate) fn record(&mut self, command: CommandKey, outcome: Appended) {
        self.0.insert(command.id, (command.fingerprint, outcome));
    }
}
