//! Tables that projections make in SQL of their own.

use std::collections::HashSet;
use std::num::NonZeroU32;

use eventsourcing_core::store::rows::{
    KnownTable, PrepareError, ProjectionName, ProjectionVersion, TableRefused,
};
use eventsourcing_core::store::sql::{SqlError, SqlPreparation, SqlTable, SqlWork};
use eventsourcing_core::store::{StoreEpoch, StoreError};
use sqlx::postgres::PgRow;
use tokio_postgres::types::{ToSql, Type};

use super::fault::{Blamed, nothing_done};
use super::{PgTx, PostgresSql};
use crate::SchemaName;
use crate::row::Columns as _;
use crate::rows::projections::{TURNS, view};

type Parameter<'p> = (&'p (dyn ToSql + Sync), Type);

impl PostgresSql {
    /// Has the work make the tables, and records and shows them, in one transaction.
    pub(super) async fn make_tables(
        &self,
        preparation: &SqlPreparation,
        work: &mut dyn SqlWork,
    ) -> Result<(), SqlError<PrepareError>> {
        let making = |tx| Making {
            tx,
            schema: &self.shared.schema,
            of: preparation,
        };
        let tx = self.begin(work.limit()).await;
        let mut before = making(tx.map_err(|error| SqlError::Store(error.into()))?);
        let epoch = self.shared.identity.epoch;
        if before.is_made(epoch).await.map_err(SqlError::Store)? {
            return Ok(());
        }
        let mut after = making(self.run(before.tx, work, &HashSet::new()).await?);
        after.record().await.map_err(SqlError::Store)?;
        // What was lost here is found by whoever calls again.
        let committed = after.tx.commit().await;
        committed.map_err(|error| Blamed::of_commit(error).told())
    }
}

/// The tables of a version that are being made. Those who make some at the same time take turns.
struct Making<'p> {
    tx: PgTx,
    schema: &'p SchemaName,
    of: &'p SqlPreparation,
}

impl Making<'_> {
    /// Whether the tables are there. If not, nobody makes them meanwhile, and their names are free.
    async fn is_made(&mut self, epoch: StoreEpoch) -> Result<bool, PrepareError> {
        self.ask(TURNS, &[(&self.schema.as_str(), Type::TEXT)]).await?;
        let same = "select 1 from {}.store where epoch = $1";
        if self.ask(same, &[(&epoch.get(), Type::UUID)]).await?.is_empty() {
            let elsewhere = "the connections for SQL of projections lead to another store";
            return Err(StoreError::broken(elsewhere).into());
        }
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
        let version = i64::from(self.of.projection.version.get());
        let projection = self.of.projection.name.to_string();
        let projection: [Parameter<'_>; 2] = [(&projection, Type::TEXT), (&version, Type::INT8)];
        let active = "select 1 from {}.projections where name = $1 and version = $2 and active";
        let is_active = !self.ask(active, &projection).await?.is_empty();
        for table in self.of.tables() {
            if !self.is_there(&table.to_string()).await? {
                return Err(self.of.refused(table.name, TableRefused::NotMade));
            }
            let record = "insert into {}.projection_tables (projection, version, name, definition) \
                          values ($1, $2, $3, $4)";
            let [name, version] = projection.clone();
            let values = [
                name,
                version,
                (&table.name.as_str(), Type::TEXT),
                (&SqlTable::DEFINITION, Type::TEXT),
            ];
            self.ask(record, &values).await?;
            if is_active {
                let view = view(self.schema, table.name.as_str(), table.version);
                self.ask(&view, &[]).await?;
            }
        }
        Ok(())
    }

    async fn recorded(&mut self) -> Result<Vec<KnownTable>, StoreError> {
        let names: Vec<&str> = self.of.tables.iter().map(|name| name.as_str()).collect();
        let find =
            "select name, projection, version, definition from {}.projection_tables where name = any($1)";
        let rows = self.ask(find, &[(&names, Type::TEXT_ARRAY)]).await?;
        let known = rows.iter().map(|row| {
            let name = ProjectionName::new(row.column(1)?);
            let name = name.map_err(|invalid| unreadable().caused_by(invalid))?;
            let version: i64 = row.column(2)?;
            let version = u32::try_from(version).ok().and_then(NonZeroU32::new);
            Ok(KnownTable {
                name: row.column(0)?,
                owner: ProjectionVersion {
                    name,
                    version: version.ok_or_else(unreadable)?,
                },
                definition: row.column(3)?,
            })
        });
        known.collect()
    }

    async fn is_there(&mut self, name: &str) -> Result<bool, StoreError> {
        let find = "select 1 from pg_class where relname = $1 and relnamespace = $2::regnamespace";
        let schema = format!("\"{}\"", self.schema);
        let found = self
            .ask(find, &[(&name, Type::TEXT), (&schema, Type::TEXT)])
            .await?;
        Ok(!found.is_empty())
    }

    /// Asks, with `{}` in place of the schema.
    async fn ask(&mut self, text: &str, parameters: &[Parameter<'_>]) -> Result<Vec<PgRow>, StoreError> {
        let text = text.replace("{}", &format!("\"{}\"", self.schema));
        self.tx.ask(&text, parameters).await.map_err(nothing_done)
    }
}

fn unreadable() -> StoreError {
    StoreError::broken("what is recorded of projections cannot be read")
}
