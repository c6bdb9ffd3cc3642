use std::sync::Arc;

use eventsourcing_core::store::{Append, Appended, CommandKey, StoreError};
use eventsourcing_core::{NewEvent, Position, RecordedEvent};
use tokio_postgres::types::ToSql;
use uuid::Uuid;

use crate::checkpoints::saved;
use crate::classify::store_error;
use crate::row::{EventColumns, bigint, unsigned};
use crate::session::{Link, Query};
use crate::tenant::Tenant;

/// What is known of an append that took effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Outcome {
    /// Its first event, if it has any.
    first: Option<Position>,
    /// Its last event, or the end of the log at that moment.
    last: Position,
}

impl Outcome {
    pub(crate) fn new(first: Option<i64>, last: i64) -> Self {
        let position = |number| Position::new(unsigned(number));
        Self {
            first: first.map(position),
            last: position(last),
        }
    }
}

/// Finds out what was written earlier.
#[derive(Clone)]
pub(crate) struct History {
    link: Arc<Link>,
}

impl History {
    pub(crate) fn new(link: &Arc<Link>) -> Self {
        Self {
            link: Arc::clone(link),
        }
    }

    /// Reads what an append has written.
    pub(crate) async fn appended(&self, tenant: &Tenant, outcome: Outcome) -> Result<Appended, StoreError> {
        let events = match outcome.first {
            None => Vec::new(),
            Some(first) => self.events(tenant, first, outcome.last).await?,
        };
        Ok(Appended {
            events,
            position: outcome.last,
            repeated: false,
        })
    }

    /// Looks for an append: by its command id, or else by its first event, or else by the checkpoint that it has moved.
    pub(crate) async fn find(
        &self,
        tenant: &Tenant,
        append: &Append,
    ) -> Result<Option<Appended>, StoreError> {
        if let Some(command) = append.command {
            return self.find_command(tenant, append, command).await;
        }
        if let Some(first) = append.events.first() {
            return self.find_events(tenant, append, first).await;
        }
        if append.progress.is_none() || !self.is_reached(tenant, append).await? {
            return Ok(None);
        }
        let nothing = self.nothing().await?;
        self.appended(tenant, nothing).await.map(Some)
    }

    /// Whether its reader, if it moves one, has come there.
    async fn is_reached(&self, tenant: &Tenant, append: &Append) -> Result<bool, StoreError> {
        let Some(progress) = &append.progress else {
            return Ok(true);
        };
        let key = tenant.key_to_read(&self.link).await?;
        let row = self
            .one(Query::LoadCheckpoint, &[&key, &&*progress.reader])
            .await?;
        let saved = row.as_ref().map(saved).transpose().map_err(store_error)?;
        Ok(progress.is_reached(saved))
    }

    /// What an append without events comes to now.
    async fn nothing(&self) -> Result<Outcome, StoreError> {
        let head = self.one(Query::Head, &[]).await?;
        let head = head.ok_or_else(|| StoreError::broken("the log has no end"))?;
        Ok(Outcome::new(None, head.try_get(0).map_err(store_error)?))
    }

    async fn find_events(
        &self,
        tenant: &Tenant,
        append: &Append,
        first: &NewEvent,
    ) -> Result<Option<Appended>, StoreError> {
        let key = tenant.key_to_read(&self.link).await?;
        let expected: Vec<i64> = expected_versions(append).collect();
        let parameters: [&(dyn ToSql + Sync); 4] = [&key, &first.home.as_str(), &expected, &first.id.get()];
        let found = self.one(Query::FindEvent, &parameters).await?;
        let Some(row) = found else { return Ok(None) };
        let first = row.try_get(0).map_err(store_error)?;
        let last = first + bigint(append.events.len() as u64) - 1;
        let appended = self.appended(tenant, Outcome::new(Some(first), last)).await?;
        Ok(is_of(append, &appended).then_some(appended))
    }

    /// An append under a command id is recorded with it, whatever it has written. Under another fingerprint the id belongs to
    /// another command.
    async fn find_command(
        &self,
        tenant: &Tenant,
        append: &Append,
        command: CommandKey,
    ) -> Result<Option<Appended>, StoreError> {
        let key = tenant.key_to_read(&self.link).await?;
        let Some(row) = self.one(Query::FindCommand, &[&key, &command.id.get()]).await? else {
            return Ok(None);
        };
        let fingerprint: Uuid = row.try_get(0).map_err(store_error)?;
        if fingerprint.as_bytes() != command.fingerprint.as_bytes() {
            return Ok(None);
        }
        let outcome = Outcome::new(
            row.try_get(1).map_err(store_error)?,
            row.try_get(2).map_err(store_error)?,
        );
        let appended = self.appended(tenant, outcome).await?;
        let repeated = !is_of(append, &appended);
        // What had written its events had moved its reader.
        if repeated && !self.is_reached(tenant, append).await? {
            return Ok(None);
        }
        Ok(Some(Appended { repeated, ..appended }))
    }

    async fn events(
        &self,
        tenant: &Tenant,
        first: Position,
        last: Position,
    ) -> Result<Vec<Arc<RecordedEvent>>, StoreError> {
        let session = self.link.session().await?;
        let key = tenant.key_to_read(&self.link).await?;
        let range: [&(dyn ToSql + Sync); 3] = [&key, &bigint(first.get()), &bigint(last.get())];
        let rows = session.query(Query::Range, &range).await.map_err(store_error)?;
        let mut dictionary = tenant.dictionary();
        let known = |row: &tokio_postgres::Row| {
            row.try_get(4)
                .is_ok_and(|number| dictionary.name(number).is_some())
        };
        if !rows.iter().all(known) {
            tenant.refresh(&session).await?;
            dictionary = tenant.dictionary();
        }
        let read = |row| {
            EventColumns {
                row,
                first: 0,
                tenant: &tenant.id,
                dictionary: &dictionary,
            }
            .read(None)
        };
        rows.iter()
            .filter_map(|row| read(row).map(|event| event.map(Arc::new)).transpose())
            .collect()
    }

    async fn one(
        &self,
        query: Query,
        parameters: &[&(dyn ToSql + Sync)],
    ) -> Result<Option<tokio_postgres::Row>, StoreError> {
        let session = self.link.session().await?;
        session.query_opt(query, parameters).await.map_err(store_error)
    }
}

/// Whether these are the events of this very append.
fn is_of(append: &Append, appended: &Appended) -> bool {
    let ids = appended.events.iter().map(|event| event.id);
    !appended.events.is_empty() && ids.eq(append.events.iter().map(|event| event.id))
}

/// Whether nothing but its id says where the first event of an append will lie.
///
/// The event is then stored so that it is found by its id. So is one that comes to lie elsewhere than its conditions say:
/// where they are about certain types only, or about versions that the stream has not come to; the function `append()` sees
/// to that. No stream has to be looked through, and other appends do not pay for an index of all ids.
pub(crate) fn is_known_by_id_alone(append: &Append) -> bool {
    let is_sought = append.command.is_none() && !append.events.is_empty();
    is_sought && expected_versions(append).next().is_none()
}

/// The versions that the first event of an append takes if its home is where a condition saw it.
fn expected_versions(append: &Append) -> impl Iterator<Item = i64> {
    let home = append.events.first().map(|first| &first.home);
    let on_home = append
        .conditions
        .iter()
        .filter(move |condition| Some(&condition.stream) == home);
    on_home.map(|condition| bigint(condition.seen.get()).saturating_add(1))
}
