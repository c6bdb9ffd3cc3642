use std::sync::Arc;
use std::time::Duration;

use eventsourcing_core::store::lease::{Acquired, Fence, Holder, Lease, LeaseEpoch};
use eventsourcing_core::{TenantId, Timestamp};

use super::{Transaction, Write};
use crate::SqliteError;
use crate::read::{Stop, lease, lease_epoch};
use crate::row::{signed, unsigned};

/// Asks for leases.
pub(crate) struct AcquireLeases {
    pub(crate) tenant: TenantId,
    pub(crate) names: Vec<Arc<str>>,
    pub(crate) holder: Holder,
    pub(crate) ttl: Duration,
}

impl Write for AcquireLeases {
    type Answer = Vec<Acquired>;

    fn run(&self, transaction: &mut Transaction<'_>) -> Result<Self::Answer, Stop> {
        forget_long_expired(transaction)?;
        let acquire = |name| self.acquire(transaction, name);
        Ok(self.names.iter().map(acquire).collect::<Result<_, _>>()?)
    }
}

impl AcquireLeases {
    fn acquire(&self, transaction: &Transaction<'_>, name: &Arc<str>) -> Result<Acquired, SqliteError> {
        let known = lease(transaction.connection, &self.tenant, name, transaction.now)?;
        let epoch = match known {
            Some(lease) if lease.holder.id == self.holder.id => lease.epoch,
            Some(lease) if !lease.left.is_zero() => {
                return Ok(Acquired::Held {
                    by: lease.holder,
                    left: lease.left,
                });
            }
            _ => next_epoch(transaction)?,
        };
        let mut grant = transaction.connection.prepare_cached(
            "insert into es_leases (tenant, name, epoch, holder, label, expires_at) values (?1, ?2, ?3, ?4, ?5, ?6)
             on conflict do update set
                 epoch = excluded.epoch, holder = excluded.holder, label = excluded.label, expires_at = excluded.expires_at",
        )?;
        grant.execute((
            self.tenant.as_str(),
            &**name,
            signed(epoch.get()),
            self.holder.id.as_bytes(),
            &*self.holder.label,
            micros(end(transaction, self.ttl)),
        ))?;
        Ok(Acquired::Granted(epoch))
    }
}

/// Keeps leases for longer.
pub(crate) struct RenewLeases {
    pub(crate) tenant: TenantId,
    pub(crate) held: Vec<Fence>,
    pub(crate) ttl: Duration,
}

impl Write for RenewLeases {
    type Answer = Vec<bool>;

    fn run(&self, transaction: &mut Transaction<'_>) -> Result<Self::Answer, Stop> {
        let end = micros(end(transaction, self.ttl));
        let mut renew = transaction
            .connection
            .prepare_cached("update es_leases set expires_at = ?3 where tenant = ?1 and name = ?2")?;
        let mut answer = Vec::with_capacity(self.held.len());
        for Fence { lease, epoch } in &self.held {
            let is_held = lease_epoch(transaction.connection, &self.tenant, lease)? == Some(*epoch);
            if is_held {
                renew
                    .execute((self.tenant.as_str(), &**lease, end))
                    .map_err(SqliteError::from)?;
            }
            answer.push(is_held);
        }
        Ok(answer)
    }
}

/// Gives leases back.
pub(crate) struct ReleaseLeases {
    pub(crate) tenant: TenantId,
    pub(crate) held: Vec<Fence>,
}

impl Write for ReleaseLeases {
    type Answer = ();

    fn run(&self, transaction: &mut Transaction<'_>) -> Result<(), Stop> {
        let mut release = transaction
            .connection
            .prepare_cached("delete from es_leases where tenant = ?1 and name = ?2 and epoch = ?3")?;
        for Fence { lease, epoch } in &self.held {
            release.execute((self.tenant.as_str(), &**lease, signed(epoch.get())))?;
        }
        Ok(())
    }
}

/// Leases that are released leave nothing behind, so their epochs are counted together.
fn next_epoch(transaction: &Transaction<'_>) -> Result<LeaseEpoch, SqliteError> {
    let mut count = transaction
        .connection
        .prepare_cached("update es_store set granted = granted + 1 returning granted")?;
    Ok(count.query_row([], |row| Ok(LeaseEpoch::new(unsigned(row, 0)?)))?)
}

fn forget_long_expired(transaction: &Transaction<'_>) -> Result<(), SqliteError> {
    let long_ago = micros(transaction.now) - i64::try_from(Lease::LONGEST.as_micros()).unwrap_or(i64::MAX);
    let mut forget = transaction
        .connection
        .prepare_cached("delete from es_leases where expires_at < ?1")?;
    forget.execute([long_ago])?;
    Ok(())
}

fn end(transaction: &Transaction<'_>, ttl: Duration) -> Timestamp {
    transaction.now.after(ttl.min(Lease::LONGEST))
}

fn micros(time: Timestamp) -> i64 {
    signed(time.as_micros())
}
