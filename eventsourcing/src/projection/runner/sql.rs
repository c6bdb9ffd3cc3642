//! What differs where handlers run SQL of their own: they run while the batch is written.

use std::sync::Arc;

use super::super::rows::RowChanges;
use super::super::sql::{Handlers, making};
use super::super::{Kept, ProjectionFacts, ProjectionFailure, Projector, SqlFacts};
use super::parking::Parking;
use super::task::{Refused, Task, Turn};
use super::{LeasePolicy, ProjectionPolicy, StartProjectionsError, Surroundings};
use crate::TenantId;
use crate::store::sql::{SqlError, SqlPreparation, SqlStore, WorkError};
use crate::store::{Checkpoint, TenantStore};

impl ProjectionPolicy {
    /// The same, as far as it goes with leases in the same store: one that cannot be renewed while a handler runs must outlast several.
    pub(super) fn beside(mut self, leases: &LeasePolicy, tenant: &TenantStore) -> Self {
        if tenant.rows.sql().is_some_and(|sql| sql.is_only_writer()) {
            self.handler_limit = self.handler_limit.min(leases.ttl / 4);
        }
        self
    }
}

/// Sees to it that a projection in SQL has its tables, on a store that runs such SQL.
pub(super) async fn make_tables(
    facts: &ProjectionFacts,
    projector: &dyn Projector,
    surroundings: &Surroundings,
) -> Result<(), StartProjectionsError> {
    let (Kept::Sql(SqlFacts { database, tables, .. }), Some(projector)) = (facts.kept, projector.in_sql())
    else {
        return Ok(());
    };
    // Tables are those of all tenants.
    let store = surroundings.store.tenant(&TenantId::DEFAULT).rows.sql();
    let store = match store {
        Some(store) if store.database() == database => store,
        other => {
            return Err(StartProjectionsError::OtherDatabase {
                projection: facts.name,
                database,
                found: other.map(|store| store.database()),
            });
        }
    };
    let preparation = SqlPreparation {
        projection: facts.of_store(),
        tables: tables.to_vec(),
    };
    let policy = surroundings
        .policies
        .get(facts.name)
        .unwrap_or(&surroundings.policy);
    let made = store
        .make(&preparation, &mut making(projector, policy.handler_limit))
        .await;
    made.map_err(|error| match error {
        SqlError::Store(error) => error.into(),
        SqlError::Work(source) => StartProjectionsError::Create {
            projection: facts.name,
            source,
        },
    })
}

impl Task {
    /// Runs the handlers of so many events of the batch, writes what is parked, and moves the reader, in one transaction.
    pub(super) async fn write_in_sql(
        &mut self,
        to: Checkpoint,
        events: usize,
        parking: Parking,
    ) -> Result<(), Refused> {
        let store = self.sql_store()?;
        let write = self.to_write(to, RowChanges::default(), &parking)?;
        let mut failures = 0;
        loop {
            if self.lease.is_over() {
                return Err(Turn::StandBy.into());
            }
            let Some(batch) = self.batches.in_sql() else {
                return Ok(());
            };
            let mut handlers = Handlers::new(
                batch,
                events,
                self.facts.parked_version(),
                self.policy.handler_limit,
            );
            let written = store.write(&write, &mut handlers).await;
            let failed_at = handlers.failed_at();
            match written {
                Ok(place) => {
                    self.has_written(place, parking);
                    return Ok(());
                }
                Err(SqlError::Work(error)) => return Err(refused(failed_at, error)),
                Err(SqlError::Store(error)) => self.not_written(error, &mut failures).await?,
            }
        }
    }

    fn sql_store(&self) -> Result<Arc<dyn SqlStore>, Turn> {
        let store = self.tenant.rows.sql();
        // That there is one was seen to at the start.
        store.ok_or_else(|| Turn::GiveUp("the store runs no SQL any more".to_owned()))
    }
}

/// What has failed: the handler of an event, or something that shows only when all of them have run.
fn refused(failed_at: Option<usize>, error: WorkError) -> Refused {
    let failure = match error.downcast() {
        Ok(failure) => *failure,
        Err(error) => ProjectionFailure::Handler(error),
    };
    match failed_at {
        Some(place) => Refused::Event(place, failure),
        None => Refused::Batch(failure),
    }
}
