//! The reader of a projection, looked at and moved in a transaction of sqlx.

use eventsourcing_core::Position;
use eventsourcing_core::store::lease::LeaseEpoch;
use eventsourcing_core::store::rows::{NotPrepared, Place, Value, WriteRows, WriteRowsError};
use eventsourcing_core::store::{Checkpoint, StoreEpoch, StoreError, StoreId, StoreIdentity};
use sqlx::sqlite::SqliteRow;

use super::SqliteTx;
use super::driver::{parsed, unsigned};
use super::fault::nothing_done;
use crate::read::{HEAD, LEASE_EPOCH, PLACE, TABLE};
use crate::row::signed;
use crate::rows::Statements;
use crate::write::{COUNT, REPLACE};

impl SqliteTx {
    /// Whether a write may take effect, or why not.
    pub(super) async fn check(
        &mut self,
        write: &WriteRows,
        store: StoreIdentity,
    ) -> Result<Result<(), WriteRowsError>, StoreError> {
        for change in &write.changes {
            let (table, version) = (change.table.table.name(), change.table.version);
            let parameters = [
                Value::from(table.as_str()),
                Value::Integer(i64::from(version.get())),
            ];
            if self.first(TABLE, &parameters).await?.is_none() {
                return Ok(Err(NotPrepared { table, version }.into()));
            }
        }
        let saved = self.first(PLACE, &self.of_tenant(&write.reader)).await?;
        let saved = saved.as_ref().map_or(Ok(Place::START), place)?;
        let lease = match &write.fence {
            Some(fence) => self.first(LEASE_EPOCH, &self.of_tenant(&fence.lease)).await?,
            None => None,
        };
        let lease = lease
            .map(|row| unsigned(&row, 0).map(LeaseEpoch::new))
            .transpose()?;
        let head = self.first(HEAD, &[]).await?;
        let head = head.map_or(Ok(Position::START), |row| unsigned(&row, 0).map(Position::new))?;
        Ok(write.check_place(saved, lease, store, head))
    }

    /// Moves the reader, and writes what belongs to that.
    pub(super) async fn move_reader(&mut self, write: &WriteRows) -> Result<(), sqlx::Error> {
        let [tenant, reader] = self.of_tenant(&write.reader);
        let Checkpoint { store, position } = write.to;
        let replace = [
            tenant.clone(),
            reader.clone(),
            Value::from(store.id.to_string()),
            Value::from(store.epoch.to_string()),
            Value::Integer(signed(position.get())),
        ];
        self.ask(REPLACE, &replace).await?;
        let writes = Value::Integer(signed(write.lands_at().writes));
        self.ask(COUNT, &[tenant.clone(), reader, writes]).await?;
        for change in &write.changes {
            let statements = Statements(change.table);
            for (statement, rows) in [
                (statements.remove(), &change.remove),
                (statements.put(), &change.put),
            ] {
                for row in rows {
                    let values: Vec<_> = std::iter::once(&tenant).chain(row).cloned().collect();
                    self.ask(&statement, &values).await?;
                }
            }
        }
        Ok(())
    }

    fn of_tenant(&self, name: &str) -> [Value; 2] {
        [Value::from(self.tenant().as_str()), Value::from(name)]
    }

    async fn first(&mut self, text: &str, parameters: &[Value]) -> Result<Option<SqliteRow>, StoreError> {
        let rows = self.ask(text, parameters).await.map_err(nothing_done)?;
        Ok(rows.into_iter().next())
    }
}

fn place(row: &SqliteRow) -> Result<Place, StoreError> {
    let checkpoint = Checkpoint {
        store: StoreIdentity {
            id: StoreId::new(parsed(row, 0)?),
            epoch: StoreEpoch::new(parsed(row, 1)?),
        },
        position: Position::new(unsigned(row, 2)?),
    };
    Ok(Place {
        checkpoint: Some(checkpoint),
        writes: unsigned(row, 3)?,
    })
}
