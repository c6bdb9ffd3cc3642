//! Who asks for leases.

use std::sync::Arc;
use std::time::Duration;

use eventsourcing_core::store::lease::{Acquired, Fence, Holder, Lease, LeaseEpoch, LeaseStore};
use eventsourcing_core::uuid::Uuid;
use tokio::time::sleep;

use super::Subject;

/// Longer than any case takes.
pub(super) const LONG: Duration = Duration::from_hours(1);
/// Over in a moment.
pub(super) const SHORT: Duration = Duration::from_millis(40);

pub(super) const WORK: &str = "projection/balances@1";

/// The leases of a tenant, in the hands of somebody who asks for them.
#[derive(Clone)]
pub(super) struct Worker {
    pub(super) leases: Arc<dyn LeaseStore>,
    pub(super) holder: Holder,
}

impl Worker {
    pub(super) fn new(leases: &Arc<dyn LeaseStore>, label: &str) -> Self {
        Self {
            leases: Arc::clone(leases),
            holder: Holder {
                id: Uuid::now_v7(),
                label: label.into(),
            },
        }
    }

    pub(super) async fn acquire_all(&self, names: &[&str], ttl: Duration) -> Vec<Acquired> {
        let names: Vec<_> = names.iter().map(|name| Arc::from(*name)).collect();
        let acquired = self.leases.acquire(&names, &self.holder, ttl).await;
        let acquired = acquired.expect("leases can be asked for");
        assert_eq!(acquired.len(), names.len(), "one answer for each");
        acquired
    }

    pub(super) async fn acquire(&self, name: &str, ttl: Duration) -> Acquired {
        self.acquire_all(&[name], ttl).await.remove(0)
    }

    /// Gets a lease that nobody else holds.
    pub(super) async fn granted(&self, name: &str, ttl: Duration) -> Fence {
        match self.acquire(name, ttl).await {
            Acquired::Granted(epoch) => fence(name, epoch),
            Acquired::Held { by, left } => panic!("`{name}` should be free, not held by {by} for {left:?}"),
        }
    }

    /// Asks until the one who holds a lease does so no more.
    pub(super) async fn granted_in_time(&self, name: &str) -> Fence {
        loop {
            if let Acquired::Granted(epoch) = self.acquire(name, LONG).await {
                return fence(name, epoch);
            }
            sleep(Duration::from_millis(2)).await;
        }
    }

    pub(super) async fn renew(&self, held: &[Fence], ttl: Duration) -> Vec<bool> {
        let renewed = self.leases.renew(held, ttl).await;
        renewed.expect("leases can be renewed")
    }

    pub(super) async fn release(&self, held: &[Fence]) {
        let released = self.leases.release(held).await;
        released.expect("leases can be released");
    }

    pub(super) async fn list(&self) -> Vec<Lease> {
        self.leases.list().await.expect("leases can be listed")
    }

    /// Waits until the time of all leases is over.
    pub(super) async fn until_expired(&self) {
        while self.list().await.iter().any(|lease| !lease.left.is_zero()) {
            sleep(Duration::from_millis(2)).await;
        }
    }

    pub(super) async fn is_held_by(&self, name: &str, holder: &Self) -> bool {
        let held = self.acquire(name, LONG).await;
        matches!(held, Acquired::Held { by, .. } if by == holder.holder)
    }
}

pub(super) fn fence(name: &str, epoch: LeaseEpoch) -> Fence {
    Fence {
        lease: name.into(),
        epoch,
    }
}

pub(super) fn two(store: &Subject) -> [Worker; 2] {
    let leases = &store.log().tenant.leases;
    ["ada", "bob"].map(|label| Worker::new(leases, label))
}
