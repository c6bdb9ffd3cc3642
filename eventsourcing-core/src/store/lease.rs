//! Leases: who does what, where several processes could.
//!
//! # Contract
//! 1. **One holder.** A lease MUST be granted to whoever asks if it is free, which it also is once its time is over. Its holder
//!    is granted it again, at the same [`LeaseEpoch`], for as long as nobody else was granted it meanwhile. To everybody else
//!    it is [`Acquired::Held`].
//! 2. **Epochs.** Whenever a lease goes to somebody, and was not theirs at that moment, its epoch MUST be greater than any that
//!    it had before, also if it was released or forgotten in between, and after a crash.
//! 3. **Time** is that of the store's clock alone. A lease MUST NOT go to somebody else before the time that it was last granted or
//!    renewed for is over. An expired lease that nobody has taken can still be renewed.
//! 4. **Fences.** A [write of rows](super::rows::WriteRows) with a [`Fence`] MUST take effect only if the lease is at that epoch,
//!    expired or not: as soon as an [`acquire`](LeaseStore::acquire) by somebody else, or a [`release`](LeaseStore::release), has
//!    been answered, no write with the old fence takes effect, however long it has been on its way.
//! 5. **One round trip.** Any number of leases MUST be asked for, renewed or released in one. They need not be of one moment.
//! 6. **Tenants.** Nobody sees, gets or is fenced off by a lease of another tenant.
//! 7. What has been expired for a day MAY be forgotten, as if it were released.
//!
//! All calls may be repeated: who does not know what has become of one asks again.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use uuid::Uuid;

use super::{ErrorClass, StoreError};

/// The leases of one tenant, each under its name. See the [contract](self).
#[async_trait]
pub trait LeaseStore: fmt::Debug + Send + Sync + 'static {
    /// Asks for leases, for so long: at most [`Lease::LONGEST`]. One answer for each name, in that order.
    ///
    /// # Errors
    /// If the store fails. Some of them may have been granted then.
    async fn acquire(
        &self,
        names: &[Arc<str>],
        holder: &Holder,
        ttl: Duration,
    ) -> Result<Vec<Acquired>, StoreError>;

    /// Keeps leases for so long from now on: at most [`Lease::LONGEST`]. Says of each, in that order, whether it is still held
    /// at that epoch. One that is not stays as it is.
    ///
    /// # Errors
    /// If the store fails. Some of them may have been renewed then.
    async fn renew(&self, held: &[Fence], ttl: Duration) -> Result<Vec<bool>, StoreError>;

    /// Gives leases back. Nothing happens to those that are not held at that epoch any more.
    ///
    /// # Errors
    /// If the store fails. Some of them may have been released then.
    async fn release(&self, held: &[Fence]) -> Result<(), StoreError>;

    /// All leases that are held, or have expired without being released, in the order of their names, byte by byte.
    ///
    /// # Errors
    /// If the store fails.
    async fn list(&self) -> Result<Vec<Lease>, StoreError>;
}

/// Who asks for a lease: an instance of a program, from its start to its end.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Holder {
    /// Its id. No two instances have the same.
    pub id: Uuid,
    /// What people call it. Without NUL.
    pub label: Arc<str>,
}

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.label)
    }
}

/// Which time that a lease was granted: it grows whenever the lease goes to somebody who did not hold it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LeaseEpoch(u64);

impl LeaseEpoch {
    /// The epoch of this number.
    pub const fn new(number: u64) -> Self {
        Self(number)
    }

    /// Its number.
    pub const fn get(self) -> u64 {
        self.0
    }
}

impl fmt::Display for LeaseEpoch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// What somebody shows who says that they hold a lease.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Fence {
    /// The name of the lease.
    pub lease: Arc<str>,
    /// The epoch at which it was granted.
    pub epoch: LeaseEpoch,
}

impl Fence {
    /// Checks that the lease is still held so, given the epoch that it is at, or `None` if nobody holds it.
    ///
    /// # Errors
    /// If it is not.
    pub fn check(&self, now: Option<LeaseEpoch>) -> Result<(), Fenced> {
        if now == Some(self.epoch) {
            return Ok(());
        }
        Err(Fenced {
            lease: Arc::clone(&self.lease),
            epoch: self.epoch,
        })
    }
}

/// The answer to who asks for a lease.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Acquired {
    /// It is theirs, at this epoch.
    Granted(LeaseEpoch),
    /// Somebody else holds it.
    Held {
        /// Who does.
        by: Holder,
        /// For how long yet, unless it is renewed or released.
        left: Duration,
    },
}

/// A lease that somebody holds, or has held to its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lease {
    /// Its name.
    pub name: Arc<str>,
    /// Which time it was granted.
    pub epoch: LeaseEpoch,
    /// To whom.
    pub holder: Holder,
    /// For how long yet. Nothing is left of one that has expired.
    pub left: Duration,
}

impl Lease {
    /// The longest time that a lease is granted for at once: a day. Who asks for more gets this.
    pub const LONGEST: Duration = Duration::from_hours(24);
}

/// Somebody else was granted the lease meanwhile, or it was given back: who still writes under its fence does so no more.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the lease `{lease}` is not held at epoch {epoch} any more")]
pub struct Fenced {
    /// The name of the lease.
    pub lease: Arc<str>,
    /// The epoch at which it was granted to who has written.
    pub epoch: LeaseEpoch,
}

impl Fenced {
    /// How the caller is to react.
    pub const fn class(&self) -> ErrorClass {
        ErrorClass::Overtaken
    }
}
