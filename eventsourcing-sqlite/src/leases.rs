use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use eventsourcing_core::TenantId;
use eventsourcing_core::store::StoreError;
use eventsourcing_core::store::lease::{Acquired, Fence, Holder, Lease, LeaseStore};

use crate::database::Database;
use crate::read;
use crate::write::{AcquireLeases, ReleaseLeases, RenewLeases};

/// The leases of one tenant.
pub(crate) struct SqliteLeases {
    database: Arc<Database>,
    tenant: TenantId,
}

impl SqliteLeases {
    pub(crate) fn new(database: Arc<Database>, tenant: TenantId) -> Self {
        Self { database, tenant }
    }
}

#[async_trait]
impl LeaseStore for SqliteLeases {
    async fn acquire(
        &self,
        names: &[Arc<str>],
        holder: &Holder,
        ttl: Duration,
    ) -> Result<Vec<Acquired>, StoreError> {
        let acquire = AcquireLeases {
            tenant: self.tenant.clone(),
            names: names.to_vec(),
            holder: holder.clone(),
            ttl,
        };
        Ok(self.database.writer.write(acquire).await?)
    }

    async fn renew(&self, held: &[Fence], ttl: Duration) -> Result<Vec<bool>, StoreError> {
        let renew = RenewLeases {
            tenant: self.tenant.clone(),
            held: held.to_vec(),
            ttl,
        };
        Ok(self.database.writer.write(renew).await?)
    }

    async fn release(&self, held: &[Fence]) -> Result<(), StoreError> {
        let release = ReleaseLeases {
            tenant: self.tenant.clone(),
            held: held.to_vec(),
        };
        Ok(self.database.writer.write(release).await?)
    }

    async fn list(&self) -> Result<Vec<Lease>, StoreError> {
        let (tenant, now) = (self.tenant.clone(), self.database.now());
        self.database
            .read(move |connection, _| Ok(read::leases(connection, &tenant, now)?))
            .await
    }
}

impl fmt::Debug for SqliteLeases {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqliteLeases")
            .field("tenant", &self.tenant)
            .finish_non_exhaustive()
    }
}
