use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use eventsourcing_core::store::StoreError;
use eventsourcing_core::store::lease::{Acquired, Fence, Holder, Lease, LeaseEpoch, LeaseStore};
use tokio_postgres::Row;

use crate::classify::store_error;
use crate::row::{bigint, unsigned};
use crate::session::Query;
use crate::store::Shared;
use crate::tenant::Tenant;

/// The leases of one tenant. Their time is that of the server.
#[derive(Debug)]
pub(crate) struct PostgresLeases {
    shared: Arc<Shared>,
    tenant: Arc<Tenant>,
}

impl PostgresLeases {
    pub(crate) fn new(shared: &Arc<Shared>, tenant: &Arc<Tenant>) -> Self {
        Self {
            shared: Arc::clone(shared),
            tenant: Arc::clone(tenant),
        }
    }
}

#[async_trait]
impl LeaseStore for PostgresLeases {
    async fn acquire(
        &self,
        names: &[Arc<str>],
        holder: &Holder,
        ttl: Duration,
    ) -> Result<Vec<Acquired>, StoreError> {
        let session = self.shared.links.locking.session().await?;
        let key = self.tenant.key_to_write(&self.shared.links).await?;
        let names: Vec<&str> = names.iter().map(|name| &**name).collect();
        let rows = session
            .query(
                Query::AcquireLeases,
                &[&key, &names, &holder.id, &&*holder.label, &micros(ttl)],
            )
            .await
            .map_err(store_error)?;
        rows.iter().map(acquired).collect()
    }

    async fn renew(&self, held: &[Fence], ttl: Duration) -> Result<Vec<bool>, StoreError> {
        let session = self.shared.links.locking.session().await?;
        let key = self.tenant.key_to_read(&self.shared.links.reading).await?;
        let (names, epochs) = columns(held);
        let rows = session
            .query(Query::RenewLeases, &[&key, &names, &epochs, &micros(ttl)])
            .await
            .map_err(store_error)?;
        rows.iter()
            .map(|row| row.try_get(0).map_err(store_error))
            .collect()
    }

    async fn release(&self, held: &[Fence]) -> Result<(), StoreError> {
        let session = self.shared.links.locking.session().await?;
        let key = self.tenant.key_to_read(&self.shared.links.reading).await?;
        let (names, epochs) = columns(held);
        session
            .query(Query::ReleaseLeases, &[&key, &names, &epochs])
            .await
            .map_err(store_error)?;
        Ok(())
    }

    async fn list(&self) -> Result<Vec<Lease>, StoreError> {
        let session = self.shared.links.reading.session().await?;
        let key = self.tenant.key_to_read(&self.shared.links.reading).await?;
        let rows = session.query(Query::Leases, &[&key]).await.map_err(store_error)?;
        rows.iter().map(|row| lease(row).map_err(store_error)).collect()
    }
}

fn columns(held: &[Fence]) -> (Vec<&str>, Vec<i64>) {
    let column = |fence: &Fence| bigint(fence.epoch.get());
    (
        held.iter().map(|fence| &*fence.lease).collect(),
        held.iter().map(column).collect(),
    )
}

fn micros(ttl: Duration) -> i64 {
    i64::try_from(ttl.min(Lease::LONGEST).as_micros()).unwrap_or(i64::MAX)
}

fn acquired(row: &Row) -> Result<Acquired, StoreError> {
    let granted: Option<i64> = row.try_get(0).map_err(store_error)?;
    Ok(match granted {
        Some(epoch) => Acquired::Granted(LeaseEpoch::new(unsigned(epoch))),
        None => Acquired::Held {
            by: holder(row, 1).map_err(store_error)?,
            left: left(row, 3).map_err(store_error)?,
        },
    })
}

fn lease(row: &Row) -> Result<Lease, tokio_postgres::Error> {
    Ok(Lease {
        name: row.try_get::<_, &str>(0)?.into(),
        epoch: LeaseEpoch::new(unsigned(row.try_get(1)?)),
        holder: holder(row, 2)?,
        left: left(row, 4)?,
    })
}

fn holder(row: &Row, first: usize) -> Result<Holder, tokio_postgres::Error> {
    Ok(Holder {
        id: row.try_get(first)?,
        label: row.try_get::<_, &str>(first + 1)?.into(),
    })
}

fn left(row: &Row, column: usize) -> Result<Duration, tokio_postgres::Error> {
    Ok(Duration::from_micros(unsigned(row.try_get(column)?)))
}
