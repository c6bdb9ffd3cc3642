use std::sync::Arc;

use eventsourcing_core::store::{Append, Appended, CommandKey, Progress, StoreError};
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

    /// Looks for an append: by the id of its first event, or by its command id and its reader's checkpoint.
    pub(crate) async fn find(
        &self,
        tenant: &Tenant,
        append: &Append,
    ) -> Result<Option<Appended>, StoreError> {
        if let Some(appended) = self.find_events(tenant, append).await? {
            return Ok(Some(appended));
        }
        if let Some(progress) = &append.progress
            && !self.is_reached(tenant, progress).await?
        {
            return Ok(None);
        }
        let outcome = match append.command {
            Some(key) => self.find_command(tenant, key).await?,
            None if append.progress.is_some() && append.events.is_empty() => Some(self.nothing().await?),
            None => None,
        };
        match outcome {
            None => Ok(None),
            Some(outcome) => self.appended(tenant, outcome).await.map(Some),
        }
    }

    async fn is_reached(&self, tenant: &Tenant, progress: &Progress) -> Result<bool, StoreError> {
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

    async fn find_events(&self, tenant: &Tenant, append: &Append) -> Result<Option<Appended>, StoreError> {
        let Some(event) = append.events.first() else {
            return Ok(None);
        };
        let key = tenant.key_to_read(&self.link).await?;
        let conditions = append.conditions.iter();
        let on_home = conditions.filter(|condition| condition.stream == event.home);
        let seen = on_home.map(|condition| bigint(condition.seen.get())).max();
        let parameters: [&(dyn ToSql + Sync); 4] =
            [&key, &event.home.as_str(), &event.id.get(), &seen.unwrap_or(0)];
        let found = self.one(Query::FindEvent, &parameters).await?;
        let Some(row) = found else { return Ok(None) };
        let first = Position::new(unsigned(row.try_get(0).map_err(store_error)?));
        let last = Position::new(first.get() + append.events.len() as u64 - 1);
        let events = self.events(tenant, first, last).await?;
        let ids = append.events.iter().map(|event: &NewEvent| event.id);
        if ids.eq(events.iter().map(|event| event.id)) {
            Ok(Some(Appended {
                events,
                position: last,
                repeated: false,
            }))
        } else {
            Ok(None)
        }
    }

    /// Under another fingerprint the id belongs to another command.
    async fn find_command(
        &self,
        tenant: &Tenant,
        command: CommandKey,
    ) -> Result<Option<Outcome>, StoreError> {
        let key = tenant.key_to_read(&self.link).await?;
        let Some(row) = self.one(Query::FindCommand, &[&key, &command.id.get()]).await? else {
            return Ok(None);
        };
        let fingerprint: Uuid = row.try_get(0).map_err(store_error)?;
        let outcome = Outcome::new(
            row.try_get(1).map_err(store_error)?,
            row.try_get(2).map_err(store_error)?,
        );
        Ok((fingerprint.as_bytes() == command.fingerprint.as_bytes()).then_some(outcome))
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
