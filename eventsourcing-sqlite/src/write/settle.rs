use std::sync::Arc;

use eventsourcing_core::store::{Append, Appended, CommandKey, Settled};
use eventsourcing_core::{NewEvent, Position, TenantId};
use rusqlite::OptionalExtension;

use super::{Transaction, Write};
use crate::SqliteError;
use crate::read::{Stop, first_outcome, last_events};
use crate::row::position;

/// Finds out what became of an append.
///
/// Final, for two reasons. Within this process, everything is done in the order in which it was handed in, so an append
/// that is still on its way comes before the question. And where the system has failed to write the end of a transaction,
/// that end may lie in the log all the same, and be found after a crash; committing something else writes over it.
pub(crate) struct Settle {
    pub(crate) tenant: TenantId,
    pub(crate) append: Arc<Append>,
}

impl Write for Settle {
    type Answer = Settled;

    fn run(&self, transaction: &mut Transaction<'_>) -> Result<Settled, Stop> {
        let found = match self.append.command {
            Some(command) => self.find_command(transaction, command)?,
            None => self.find_events(transaction)?,
        };
        if let Some(appended) = found {
            return Ok(Settled::Present(appended));
        }
        transaction
            .connection
            .prepare_cached("update es_store set settled = settled + 1")?
            .execute([])?;
        Ok(Settled::Absent)
    }

    /// It may have to look through a whole stream.
    fn is_small(&self) -> bool {
        false
    }
}

impl Settle {
    /// An append under a command id is recorded with it, whatever it has written. Under another fingerprint, the id belongs
    /// to another command, and this append was refused.
    fn find_command(
        &self,
        transaction: &mut Transaction<'_>,
        command: CommandKey,
    ) -> Result<Option<Appended>, Stop> {
        let found = first_outcome(
            transaction.connection,
            &self.tenant,
            command,
            &mut transaction.budget,
        )?;
        let found = found.unwrap_or(None);
        Ok(found.map(|first| Appended {
            repeated: !self.is_ours(&first),
            ..first
        }))
    }

    /// Whether an outcome is that of this very append.
    fn is_ours(&self, outcome: &Appended) -> bool {
        let ids = outcome.events.iter().map(|event| event.id);
        !outcome.events.is_empty() && ids.eq(self.append.events.iter().map(|event| event.id))
    }

    fn find_events(&self, transaction: &Transaction<'_>) -> Result<Option<Appended>, SqliteError> {
        let Some(first) = self.append.events.first() else {
            return Ok(None);
        };
        let Some(first) = self.find_event(transaction, first)? else {
            return Ok(None);
        };
        let count = self.append.events.len() as u64;
        let position = Position::new(first.get() + count - 1);
        let events = last_events(transaction.connection, &self.tenant, position, count)?;
        Ok(Some(Appended {
            events,
            position,
            repeated: false,
        }))
    }

    /// Looks for an event in its home stream, the last one first: it was sent a moment ago.
    fn find_event(
        &self,
        transaction: &Transaction<'_>,
        event: &NewEvent,
    ) -> Result<Option<Position>, SqliteError> {
        let mut find = transaction.connection.prepare_cached(
            "select p.position from es_places p join es_events e on e.position = p.position
              where p.tenant = ?1 and p.stream = ?2 and e.id = ?3 order by p.version desc limit 1",
        )?;
        let id = event.id.get();
        let key = (self.tenant.as_str(), event.home.as_str(), id.as_bytes());
        Ok(find.query_row(key, |row| position(row, 0)).optional()?)
    }
}
