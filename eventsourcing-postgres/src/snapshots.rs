use std::num::NonZeroU32;
use std::sync::Arc;

use async_trait::async_trait;
use eventsourcing_core::store::{
    ForgetSnapshots, SavedSnapshot, Snapshot, SnapshotAhead, SnapshotChecksum, SnapshotError, SnapshotKey,
    SnapshotStore, StoreError,
};
use eventsourcing_core::{Limits, Version};
use tokio_postgres::Row;
use tokio_postgres::types::FromSql;
use uuid::Uuid;

use crate::classify::store_error;
use crate::row::{ServerTime, bigint, content_type, unsigned};
use crate::session::Query;
use crate::store::Shared;
use crate::tenant::Tenant;

/// The snapshots of one tenant.
///
/// To save one neither takes the lock of all appends nor waits for the disk: one that is lost in a crash is no loss.
#[derive(Debug)]
pub(crate) struct PostgresSnapshots {
    shared: Arc<Shared>,
    tenant: Arc<Tenant>,
}

impl PostgresSnapshots {
    pub(crate) fn new(shared: &Arc<Shared>, tenant: &Arc<Tenant>) -> Self {
        Self {
            shared: Arc::clone(shared),
            tenant: Arc::clone(tenant),
        }
    }
}

#[async_trait]
impl SnapshotStore for PostgresSnapshots {
    async fn load(&self, keys: &[SnapshotKey]) -> Result<Vec<Option<SavedSnapshot>>, SnapshotError> {
        Limits::DEFAULT.check_snapshots(keys)?;
        let session = self.shared.links.reading.session().await?;
        let tenant = self.tenant.key_to_read(&self.shared.links.reading).await?;
        let streams: Vec<&str> = keys.iter().map(|key| key.stream.as_str()).collect();
        let states: Vec<&str> = keys.iter().map(|key| &*key.state).collect();
        let versions: Vec<i64> = keys.iter().map(|key| key.version.get().into()).collect();
        let fingerprints: Vec<i64> = keys.iter().map(|key| key.fingerprint.0.cast_signed()).collect();
        let epoch = self.shared.identity.epoch.get();
        let rows = session
            .query(
                Query::LoadSnapshots,
                &[&tenant, &streams, &states, &versions, &fingerprints, &epoch],
            )
            .await
            .map_err(store_error)?;
        let mut loaded = vec![None; keys.len()];
        for row in &rows {
            let item = usize::try_from(column::<i32>(row, 0)?).unwrap_or_default();
            let place = item
                .checked_sub(1)
                .and_then(|at| keys.get(at).zip(loaded.get_mut(at)));
            let (key, place) =
                place.ok_or_else(|| StoreError::broken("there is an answer to no question"))?;
            *place = Some(saved(row, key)?);
        }
        Ok(loaded)
    }

    async fn save(&self, snapshot: &Snapshot, keep: NonZeroU32) -> Result<(), SnapshotError> {
        Limits::DEFAULT.check_snapshot(snapshot)?;
        let session = self.shared.links.writing.session().await?;
        let tenant = self.tenant.key_to_read(&self.shared.links.reading).await?;
        let Snapshot {
            key,
            at,
            content_type,
            payload,
            checksum,
        } = snapshot;
        let row = session
            .query_opt(
                Query::SaveSnapshot,
                &[
                    &tenant,
                    &self.shared.identity.epoch.get(),
                    &key.stream.as_str(),
                    &&*key.state,
                    &i64::from(key.version.get()),
                    &key.fingerprint.0.cast_signed(),
                    &bigint(at.get()),
                    &content_type.as_str(),
                    &&payload[..],
                    &Uuid::from_bytes(*checksum.as_bytes()),
                    &i64::from(keep.get()),
                ],
            )
            .await
            .map_err(store_error)?;
        let row = row.ok_or_else(|| StoreError::broken("there is no answer"))?;
        let head = Version::new(unsigned(column(&row, 0)?));
        Ok(SnapshotAhead::check(snapshot, head)?)
    }

    async fn forget(&self, which: &ForgetSnapshots) -> Result<(), StoreError> {
        let session = self.shared.links.writing.session().await?;
        let tenant = self.tenant.key_to_read(&self.shared.links.reading).await?;
        let (stream, state) = match which {
            ForgetSnapshots::OfStream(stream) => (Some(stream.as_str()), None),
            ForgetSnapshots::OfState(state) => (None, Some(&**state)),
        };
        session
            .query(Query::ForgetSnapshots, &[&tenant, &stream, &state])
            .await
            .map_err(store_error)?;
        Ok(())
    }
}

fn saved(row: &Row, key: &SnapshotKey) -> Result<SavedSnapshot, StoreError> {
    Ok(SavedSnapshot {
        snapshot: Snapshot {
            key: key.clone(),
            at: Version::new(unsigned(column(row, 1)?)),
            content_type: content_type(Some(column(row, 2)?))?,
            payload: column::<Vec<u8>>(row, 3)?.into(),
            checksum: SnapshotChecksum::from_bytes(column::<Uuid>(row, 4)?.into_bytes()),
        },
        saved_at: column::<ServerTime>(row, 5)?.0,
    })
}

fn column<'r, T: FromSql<'r>>(row: &'r Row, nth: usize) -> Result<T, StoreError> {
    row.try_get(nth).map_err(store_error)
}
