use std::sync::Arc;

use eventsourcing_core::store::{Append, AppendError, Appended, CommandKey, Progress};
use eventsourcing_core::{NewEvent, RecordedEvent, TenantId};

use super::checkpoint::replace;
use super::heads::Heads;
use super::settle::expected_versions;
use super::{Transaction, Write};
use crate::SqliteError;
use crate::read::{Stop, conflict, first_outcome, saved};
use crate::row::{links_to_text, signed};

/// Writes events, if all conditions hold.
pub(crate) struct AppendEvents {
    pub(crate) tenant: TenantId,
    pub(crate) append: Arc<Append>,
}

impl Write for AppendEvents {
    type Answer = Result<Appended, AppendError>;

    /// Everything that can refuse the append comes before the first change, so that it does no harm to others in the
    /// same transaction.
    fn run(&self, transaction: &mut Transaction<'_>) -> Result<Self::Answer, Stop> {
        let connection = transaction.connection;
        let first = match self.append.command {
            None => None,
            Some(command) => {
                match first_outcome(connection, &self.tenant, command, &mut transaction.budget)? {
                    Ok(first) => first,
                    Err(reused) => return Ok(Err(reused.into())),
                }
            }
        };
        if let Some(progress) = &self.append.progress {
            let saved = saved(connection, &self.tenant, &progress.reader)?;
            if let Err(error) = progress.check(saved, transaction.store, transaction.head()) {
                return Ok(Err(error));
            }
        }
        if let Some(first) = first {
            self.move_reader(transaction)?;
            return Ok(Ok(first));
        }
        let mut heads = Heads::new(connection, &self.tenant);
        for condition in &self.append.conditions {
            let head = heads.of(&condition.stream)?;
            let budget = &mut transaction.budget;
            if let Some(conflict) = conflict(connection, &self.tenant, condition, head, budget)? {
                return Ok(Err(conflict.into()));
            }
        }
        self.move_reader(transaction)?;
        let mut events = Vec::with_capacity(self.append.events.len());
        for event in &self.append.events {
            events.push(Arc::new(self.record(transaction, &mut heads, event)?));
        }
        let appended = Appended {
            events,
            position: transaction.head(),
            repeated: false,
        };
        if let Some(command) = self.append.command {
            self.record_command(transaction, command, &appended)?;
        }
        Ok(Ok(appended))
    }

    fn is_small(&self) -> bool {
        const STREAMS: usize = 16;
        const BYTES: usize = 64 * 1024;
        let Append {
            conditions, events, ..
        } = &*self.append;
        let streams = conditions.len() + events.iter().map(|event| event.streams().count()).sum::<usize>();
        let bytes = |event: &NewEvent| event.payload.len() + event.metadata.len();
        streams <= STREAMS && events.iter().map(bytes).sum::<usize>() <= BYTES
    }
}

impl AppendEvents {
    fn move_reader(&self, transaction: &Transaction<'_>) -> Result<(), SqliteError> {
        match &self.append.progress {
            Some(Progress { reader, to, .. }) => replace(transaction, &self.tenant, reader, *to),
            None => Ok(()),
        }
    }

    fn record(
        &self,
        transaction: &mut Transaction<'_>,
        heads: &mut Heads<'_>,
        event: &NewEvent,
    ) -> Result<RecordedEvent, SqliteError> {
        let recorded = RecordedEvent {
            id: event.id,
            tenant: self.tenant.clone(),
            position: transaction.next_position(),
            event_type: event.event_type.clone(),
            schema_version: event.schema_version,
            content_type: event.content_type.clone(),
            payload: event.payload.clone(),
            metadata: event.metadata.clone(),
            recorded_at: transaction.now,
            home: heads.take_place(&event.home)?,
            links: event
                .links
                .iter()
                .map(|link| heads.take_place(link))
                .collect::<Result<_, _>>()?,
        };
        insert(transaction, &recorded, self.is_found_by_id(&recorded))?;
        Ok(recorded)
    }

    /// Whether an event will be sought if the append has to be settled, and can be found in no other way.
    fn is_found_by_id(&self, event: &RecordedEvent) -> bool {
        let is_first = self
            .append
            .events
            .first()
            .is_some_and(|first| first.id == event.id);
        is_first
            && self.append.command.is_none()
            && !expected_versions(&self.append).any(|version| version == event.home.version)
    }

    fn record_command(
        &self,
        transaction: &Transaction<'_>,
        command: CommandKey,
        appended: &Appended,
    ) -> Result<(), SqliteError> {
        let mut insert = transaction.connection.prepare_cached(
            "insert into es_commands (tenant, id, fingerprint, position, events) values (?1, ?2, ?3, ?4, ?5)",
        )?;
        insert.execute((
            self.tenant.as_str(),
            command.id.get().as_bytes(),
            command.fingerprint.as_bytes(),
            signed(appended.position.get()),
            signed(appended.events.len() as u64),
        ))?;
        Ok(())
    }
}

fn insert(transaction: &mut Transaction<'_>, event: &RecordedEvent, by_id: bool) -> Result<(), SqliteError> {
    let tenant = event.tenant.as_str();
    let position = signed(event.position.get());
    let mut insert_event = transaction.connection.prepare_cached(
        "insert into es_events (position, tenant, stream, version, links, id, type, schema_version, content_type, \
         recorded_at, payload, metadata, by_id) values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
    )?;
    insert_event.execute((
        position,
        tenant,
        event.home.stream.as_str(),
        signed(event.home.version.get()),
        links_to_text(&event.links)?,
        event.id.get().as_bytes(),
        event.event_type.as_str(),
        event.schema_version,
        event.content_type.as_str(),
        signed(event.recorded_at.as_micros()),
        &*event.payload,
        &*event.metadata,
        by_id.then_some(1),
    ))?;
    let mut insert_place = transaction.connection.prepare_cached(
        "insert into es_places (tenant, stream, version, position) values (?1, ?2, ?3, ?4)",
    )?;
    for place in event.streams() {
        insert_place.execute((
            tenant,
            place.stream.as_str(),
            signed(place.version.get()),
            position,
        ))?;
        transaction.numbers.enter(
            transaction.connection,
            &event.tenant,
            place.stream.category(),
            &event.event_type,
            event.position,
        )?;
    }
    Ok(())
}
