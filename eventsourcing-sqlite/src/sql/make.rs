//! Tables that projections make in SQL of their own.

use std::num::NonZeroU32;

use eventsourcing_core::store::StoreError;
use eventsourcing_core::store::rows::{
    KnownTable, PrepareError, ProjectionName, ProjectionVersion, TableRefused, Value,
};
use eventsourcing_core::store::sql::{SqlError, SqlPreparation, SqlTable, SqlWork};
use sqlx::sqlite::SqliteRow;

use super::driver::column;
use super::fault::{Blamed, nothing_done};
use super::{SqliteSql, SqliteTx};
use crate::write::{ACTIVE, NAMESAKES, RECORD, TAKEN, view};

impl SqliteSql {
    /// Has the work make the tables, and records and shows them, in one transaction.
    pub(super) async fn make_tables(
        &self,
        preparation: &SqlPreparation,
        work: &mut dyn SqlWork,
    ) -> Result<(), SqlError<PrepareError>> {
        let making = |tx| Making { tx, of: preparation };
        let tx = self.begin().await;
        let mut before = making(tx.map_err(|error| SqlError::Store(error.into()))?);
        match before.is_made().await {
            Ok(false) => {}
            done => {
                before.tx.lent.roll_back().await;
                return done.map(drop).map_err(SqlError::Store);
            }
        }
        let mut after = making(self.run(before.tx, work).await?);
        if let Err(error) = after.record().await {
            after.tx.lent.roll_back().await;
            return Err(SqlError::Store(error));
        }
        // What was lost here is found by whoever calls again.
        let committed = after.tx.lent.commit().await;
        committed.map_err(|error| Blamed::of_commit(error).told())
    }
}

/// The tables of a version that are being made, while nobody else makes any.
struct Making<'p> {
    tx: SqliteTx,
    of: &'p SqlPreparation,
}

impl Making<'_> {
    /// Whether the tables are there. If not, their names are free.
    async fn is_made(&mut self) -> Result<bool, PrepareError> {
        let recorded = self.recorded().await?;
        if self.of.is_made(&recorded)? {
            return Ok(true);
        }
        for table in self.of.tables() {
            let has_view = recorded.iter().any(|known| known.name == table.name.as_str());
            let is_taken = self.is_there(&table.to_string()).await?
                || (!has_view && self.is_there(table.name.as_str()).await?);
            if is_taken {
                return Err(self.of.refused(table.name, TableRefused::NameTaken));
            }
        }
        Ok(false)
    }

    /// Records the tables, and shows them to people if the version is the active one.
    async fn record(&mut self) -> Result<(), PrepareError> {
        let ProjectionVersion { name, version } = &self.of.projection;
        let projection = Value::from(name.as_str());
        let active = self.ask(ACTIVE, std::slice::from_ref(&projection)).await?;
        let active = active.first().map(version_of).transpose()?;
        for table in self.of.tables() {
            if !self.is_there(&table.to_string()).await? {
                return Err(self.of.refused(table.name, TableRefused::NotMade));
            }
            let values = [
                Value::from(table.name.as_str()),
                Value::Integer(i64::from(version.get())),
                projection.clone(),
                Value::from(SqlTable::DEFINITION),
            ];
            self.ask(RECORD, &values).await?;
            if active == Some(*version) {
                self.ask(&view(table.name.as_str(), *version), &[]).await?;
            }
        }
        Ok(())
    }

    async fn recorded(&mut self) -> Result<Vec<KnownTable>, StoreError> {
        let mut recorded = Vec::new();
        for name in &self.of.tables {
            for row in self.ask(NAMESAKES, &[Value::from(name.as_str())]).await? {
                recorded.push(KnownTable {
                    name: column(&row, 0)?,
                    owner: ProjectionVersion {
                        name: ProjectionName::new(column::<&str>(&row, 1)?)
                            .map_err(|invalid| unreadable().caused_by(invalid))?,
                        version: nonzero(&row, 2)?,
                    },
                    definition: column(&row, 3)?,
                });
            }
        }
        Ok(recorded)
    }

    async fn is_there(&mut self, name: &str) -> Result<bool, StoreError> {
        Ok(!self.ask(TAKEN, &[Value::from(name)]).await?.is_empty())
    }

    async fn ask(&mut self, text: &str, parameters: &[Value]) -> Result<Vec<SqliteRow>, StoreError> {
        self.tx.ask(text, parameters).await.map_err(nothing_done)
    }
}

fn version_of(row: &SqliteRow) -> Result<NonZeroU32, StoreError> {
    nonzero(row, 0)
}

fn nonzero(row: &SqliteRow, nth: usize) -> Result<NonZeroU32, StoreError> {
    let version: u32 = column(row, nth)?;
    NonZeroU32::new(version).ok_or_else(unreadable)
}

fn unreadable() -> StoreError {
    StoreError::broken("what is recorded of projections cannot be read")
}
