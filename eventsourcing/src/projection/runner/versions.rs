//! What people may do about versions of projections.

use std::num::NonZeroU32;

use tokio::sync::oneshot;

use super::orders::{Order, Wanted};
use super::{Projections, Running};
use crate::TenantId;
use crate::store::rows::{InvalidName, ProjectionName, ProjectionVersion};
use crate::store::{EventStore, StoreError};

impl Projections {
    /// Drops a version of a projection that no program runs any more: its tables, with what is parked, for all tenants. Nothing
    /// happens if there is no such version.
    ///
    /// # Errors
    /// If this service runs that version, the name cannot be one, or the store fails.
    pub async fn drop_version(&self, projection: &str, version: NonZeroU32) -> Result<(), VersionError> {
        let mut facts = self.inner.facts.iter();
        if facts.any(|facts| facts.name == projection && facts.version == version) {
            let projection = projection.to_owned();
            return Err(VersionError::Running { projection, version });
        }
        let name = ProjectionName::new(projection)?;
        self.drop_tables(&ProjectionVersion { name, version }).await
    }

    /// Stops the version of a projection that this service fills, before it is active, and drops it: the old one stays. A process
    /// that runs the same version elsewhere has to be stopped before.
    ///
    /// # Errors
    /// If the service does not list the projection, the version is active already, or the store fails.
    pub async fn cancel(&self, projection: &str) -> Result<(), VersionError> {
        let running = self.inner.running.iter();
        let running: Vec<_> = running
            .filter(|running| running.facts.name == projection)
            .collect();
        let Some(first) = running.first() else {
            let projection = projection.to_owned();
            return Err(VersionError::NotRunning { projection });
        };
        first.is_not_active(self.inner.store.as_ref()).await?;
        for running in &running {
            let (answer, answered) = oneshot::channel();
            let what = Wanted::Cancel;
            // One that does not run any more need not be stopped.
            if running.orders.send(Order { what, answer }).await.is_ok() {
                let _ = answered.await;
            }
        }
        // It may have become so meanwhile.
        first.is_not_active(self.inner.store.as_ref()).await?;
        self.drop_tables(&first.facts.of_store()).await
    }

    async fn drop_tables(&self, version: &ProjectionVersion) -> Result<(), VersionError> {
        // Tables are those of all tenants.
        let rows = self.inner.store.tenant(&TenantId::DEFAULT).rows;
        Ok(rows.drop_version(version).await?)
    }
}

impl Running {
    /// Asks the store: another process may have made it the active one.
    async fn is_not_active(&self, store: &dyn EventStore) -> Result<(), VersionError> {
        self.activation
            .ask(&*store.tenant(&TenantId::DEFAULT).rows)
            .await?;
        if !self.activation.is_active() {
            return Ok(());
        }
        Err(VersionError::Active {
            projection: self.facts.name.to_owned(),
            version: self.facts.version,
        })
    }
}

/// Why a version of a projection was not dropped.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum VersionError {
    /// This service runs it.
    #[error("the version {version} of the projection `{projection}` is the one that this service runs")]
    Running {
        /// Its name.
        projection: String,
        /// The version.
        version: NonZeroU32,
    },
    /// The service does not run it.
    #[error("the projection `{projection}` does not run in this service")]
    NotRunning {
        /// Its name.
        projection: String,
    },
    /// It is the active one.
    #[error("the version {version} of the projection `{projection}` is active already")]
    Active {
        /// Its name.
        projection: String,
        /// The version.
        version: NonZeroU32,
    },
    /// No projection is called so.
    #[error("that is no name of a projection")]
    Name(#[from] InvalidName),
    /// The store failed. It may be asked again.
    #[error("the tables of the version cannot be dropped")]
    Store(#[from] StoreError),
}
