use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use eventsourcing_core::store::StoreError;
use eventsourcing_core::store::lease::{Acquired, Fence, Holder, Lease, LeaseEpoch, LeaseStore};
use eventsourcing_core::{TenantId, Timestamp};

use crate::store::Shared;

/// Who holds which leases of one tenant, by name.
#[derive(Default)]
pub(crate) struct Leases(BTreeMap<Arc<str>, Grant>);

struct Grant {
    epoch: LeaseEpoch,
    holder: Holder,
    expires_at: Timestamp,
}

impl Leases {
    /// The epoch that a lease is at, if somebody holds it, or has held it to its end.
    pub(crate) fn epoch(&self, name: &str) -> Option<LeaseEpoch> {
        Some(self.0.get(name)?.epoch)
    }

    /// `epochs` counts the epochs of all leases that were ever granted.
    fn acquire(&mut self, name: &Arc<str>, holder: &Holder, term: &Term, epochs: &mut u64) -> Acquired {
        if let Some(grant) = self.0.get_mut(name) {
            if grant.holder.id == holder.id {
                grant.expires_at = term.end;
                return Acquired::Granted(grant.epoch);
            }
            if grant.expires_at > term.now {
                return Acquired::Held {
                    by: grant.holder.clone(),
                    left: grant.expires_at.since(term.now),
                };
            }
        }
        *epochs += 1;
        let grant = Grant {
            epoch: LeaseEpoch::new(*epochs),
            holder: holder.clone(),
            expires_at: term.end,
        };
        let granted = Acquired::Granted(grant.epoch);
        self.0.insert(Arc::clone(name), grant);
        granted
    }

    fn renew(&mut self, held: &Fence, term: &Term) -> bool {
        let grant = self.0.get_mut(&held.lease);
        let Some(grant) = grant.filter(|grant| grant.epoch == held.epoch) else {
            return false;
        };
        grant.expires_at = term.end;
        true
    }

    fn release(&mut self, held: &Fence) {
        if self.epoch(&held.lease) == Some(held.epoch) {
            self.0.remove(&held.lease);
        }
    }

    fn list(&self, now: Timestamp) -> Vec<Lease> {
        let lease = |(name, grant): (&Arc<str>, &Grant)| Lease {
            name: Arc::clone(name),
            epoch: grant.epoch,
            holder: grant.holder.clone(),
            left: grant.expires_at.since(now),
        };
        self.0.iter().map(lease).collect()
    }

    fn forget_long_expired(&mut self, now: Timestamp) {
        self.0
            .retain(|_, grant| now.since(grant.expires_at) < Lease::LONGEST);
    }
}

/// How long a lease is granted for.
struct Term {
    now: Timestamp,
    end: Timestamp,
}

impl Term {
    fn from(now: Timestamp, ttl: Duration) -> Self {
        Self {
            now,
            end: now.after(ttl.min(Lease::LONGEST)),
        }
    }
}

/// The leases of one tenant.
#[derive(Debug)]
pub(crate) struct MemoryLeases {
    shared: Arc<Shared>,
    tenant: TenantId,
}

impl MemoryLeases {
    pub(crate) fn new(shared: Arc<Shared>, tenant: TenantId) -> Self {
        Self { shared, tenant }
    }
}

#[async_trait]
impl LeaseStore for MemoryLeases {
    async fn acquire(
        &self,
        names: &[Arc<str>],
        holder: &Holder,
        ttl: Duration,
    ) -> Result<Vec<Acquired>, StoreError> {
        let mut database = self.shared.lock();
        let (leases, epochs) = database.leases(&self.tenant);
        let term = Term::from(self.shared.clock.now(), ttl);
        leases.forget_long_expired(term.now);
        let acquire = |name| leases.acquire(name, holder, &term, epochs);
        Ok(names.iter().map(acquire).collect())
    }

    async fn renew(&self, held: &[Fence], ttl: Duration) -> Result<Vec<bool>, StoreError> {
        let mut database = self.shared.lock();
        let (leases, _) = database.leases(&self.tenant);
        let term = Term::from(self.shared.clock.now(), ttl);
        Ok(held.iter().map(|held| leases.renew(held, &term)).collect())
    }

    async fn release(&self, held: &[Fence]) -> Result<(), StoreError> {
        let mut database = self.shared.lock();
        let (leases, _) = database.leases(&self.tenant);
        for held in held {
            leases.release(held);
        }
        Ok(())
    }

    async fn list(&self) -> Result<Vec<Lease>, StoreError> {
        let mut database = self.shared.lock();
        let (leases, _) = database.leases(&self.tenant);
        Ok(leases.list(self.shared.clock.now()))
    }
}
