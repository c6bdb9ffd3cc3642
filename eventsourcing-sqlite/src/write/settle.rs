use std::sync::Arc;

use eventsourcing_core::store::{Append, Appended, CommandKey, Settled};
use eventsourcing_core::{NewEvent, Position, TenantId, Version};
use rusqlite::OptionalExtension;

use super::{Transaction, Write};
use crate::SqliteError;
use crate::read::{Stop, first_outcome, last_events, saved};
use crate::row::{position, signed};

const AT_PLACE: &str = "select p.position from es_places p join es_events e on e.position = p.position
  where p.tenant = ?1 and p.stream = ?2 and p.version = ?3 and e.id = ?4";

const BY_ID: &str =
    "select position from es_events where id = ?1 and by_id is not null and tenant = ?2 limit 1";

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

    /// What it finds may be large.
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
        let Some(first) = found.unwrap_or(None) else {
            return Ok(None);
        };
        let repeated = !self.is_ours(&first);
        // What had written its events had moved its reader.
        if repeated && !self.is_reached(transaction)? {
            return Ok(None);
        }
        Ok(Some(Appended { repeated, ..first }))
    }

    /// An append that only moves a reader leaves nothing but the checkpoint.
    fn find_progress(&self, transaction: &Transaction<'_>) -> Result<Option<Appended>, SqliteError> {
        let moved = self.append.progress.is_some() && self.is_reached(transaction)?;
        Ok(moved.then(|| Appended {
            events: Vec::new(),
            position: transaction.head(),
            repeated: false,
        }))
    }

    /// Whether a reader, if one was to be moved, has come there.
    fn is_reached(&self, transaction: &Transaction<'_>) -> Result<bool, SqliteError> {
        let Some(progress) = &self.append.progress else {
            return Ok(true);
        };
        let saved = saved(transaction.connection, &self.tenant, &progress.reader)?;
        Ok(progress.is_reached(saved))
    }

    /// Whether an outcome is that of this very append.
    fn is_ours(&self, outcome: &Appended) -> bool {
        let ids = outcome.events.iter().map(|event| event.id);
        !outcome.events.is_empty() && ids.eq(self.append.events.iter().map(|event| event.id))
    }

    fn find_events(&self, transaction: &Transaction<'_>) -> Result<Option<Appended>, SqliteError> {
        let Some(first) = self.append.events.first() else {
            return self.find_progress(transaction);
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

    /// Looks for the first event of the append: at the places where its conditions let expect it, and else among the events
    /// that are found by id.
    fn find_event(
        &self,
        transaction: &Transaction<'_>,
        event: &NewEvent,
    ) -> Result<Option<Position>, SqliteError> {
        let (tenant, id) = (self.tenant.as_str(), event.id.get());
        let mut find = transaction.connection.prepare_cached(AT_PLACE)?;
        for version in expected_versions(&self.append) {
            let place = (tenant, event.home.as_str(), signed(version.get()), id.as_bytes());
            let found = find.query_row(place, |row| position(row, 0)).optional()?;
            if found.is_some() {
                return Ok(found);
            }
        }
        let mut find = transaction.connection.prepare_cached(BY_ID)?;
        let found = find.query_row((id.as_bytes(), tenant), |row| position(row, 0));
        Ok(found.optional()?)
    }
}

/// The versions that the first event of an append takes if its home is as it was when it was read. An event that takes another
/// one, because there is no condition, or one on certain types only, is stored so that it is found by its id: then no stream
/// has to be looked through, and other appends do not pay for an index of all ids.
pub(super) fn expected_versions(append: &Append) -> impl Iterator<Item = Version> {
    let home = append.events.first().map(|first| &first.home);
    let on_home = append
        .conditions
        .iter()
        .filter(move |condition| Some(&condition.stream) == home);
    on_home.filter_map(|condition| condition.seen.get().checked_add(1).map(Version::new))
}

#[cfg(test)]
mod tests {
    use rusqlite::{Connection, Params, StatementStatus};

    use super::*;

    /// A stream of 10,000 events, every second of which is found by its id.
    fn long_stream() -> Connection {
        let connection = Connection::open_in_memory().unwrap();
        connection
            .execute_batch(include_str!("../../migrations/0001_store.sql"))
            .unwrap();
        connection
            .execute_batch(
                "create temp table numbers as
                     with recursive n(n) as (select 1 union all select n + 1 from n where n < 10000) select n from n;
                 insert into es_events select n, 'default', 'a-1', n, null, cast(format('%016d', n) as blob), 'a.Happened', 1,
                     'application/json', 0, x'', x'', iif(n % 2, 1, null) from numbers;
                 insert into es_places select 'default', 'a-1', n, n from numbers;",
            )
            .unwrap();
        connection
    }

    /// Where the event is, and how many steps SQLite takes to say so.
    fn find(connection: &Connection, query: &str, key: impl Params) -> (Option<i64>, i32) {
        let mut statement = connection.prepare(query).unwrap();
        let found = statement.query_row(key, |row| row.get(0)).optional().unwrap();
        (found, statement.get_status(StatementStatus::VmStep))
    }

    #[test]
    fn an_event_is_sought_by_its_place_or_its_id_and_not_through_its_stream() {
        let connection = long_stream();
        let id = |number: u32| format!("{number:016}").into_bytes();
        let at_place =
            |version: u32, number| find(&connection, AT_PLACE, ("default", "a-1", version, id(number)));
        let by_id = |number| find(&connection, BY_ID, (id(number), "default"));
        let answers = [
            (at_place(20, 20), Some(20)),
            (at_place(20, 21), None),
            (at_place(10_001, 10_001), None),
            (by_id(21), Some(21)),
            (by_id(20), None),
            (by_id(10_001), None),
        ];
        for ((found, steps), expected) in answers {
            assert_eq!(found, expected);
            assert!(steps < 100, "{steps} steps");
        }
    }
}
