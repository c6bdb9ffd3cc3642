use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use eventsourcing_core::store::StoreError;
use eventsourcing_core::store::lease::{Acquired, Fence, Holder, Lease, LeaseStore};

use super::injector::Injector;
use super::log::strike;

/// The leases of one tenant, as far as they can be reached.
#[derive(Debug)]
pub(super) struct FaultyLeases {
    leases: Arc<dyn LeaseStore>,
    injector: Arc<Injector>,
}

impl FaultyLeases {
    pub(super) fn new(leases: Arc<dyn LeaseStore>, injector: Arc<Injector>) -> Self {
        Self { leases, injector }
    }

    async fn strike(&self) -> Result<(), StoreError> {
        strike(self.injector.call(|state| &mut state.leases)).await
    }
}

#[async_trait]
#[deny(clippy::missing_trait_methods, reason = "what is not forwarded is not tested")]
impl LeaseStore for FaultyLeases {
    async fn acquire(
        &self,
        names: &[Arc<str>],
        holder: &Holder,
        ttl: Duration,
    ) -> Result<Vec<Acquired>, StoreError> {
        self.strike().await?;
        self.leases.acquire(names, holder, ttl).await
    }

    async fn renew(&self, held: &[Fence], ttl: Duration) -> Result<Vec<bool>, StoreError> {
        self.strike().await?;
        self.leases.renew(held, ttl).await
    }

    async fn release(&self, held: &[Fence]) -> Result<(), StoreError> {
        self.strike().await?;
        self.leases.release(held).await
    }

    async fn list(&self) -> Result<Vec<Lease>, StoreError> {
        self.strike().await?;
        self.leases.list().await
    }
}
