use std::num::NonZeroU32;

use eventsourcing_core::store::StoreError;
use eventsourcing_core::store::rows::{
    KnownTable, Preparation, PrepareError, Prepared, ProjectionFingerprint, ProjectionName,
    ProjectionVersion, TableName, TableRefused, TableVersion,
};
use eventsourcing_core::store::sql::SqlTable;
use tokio_postgres::Row;
use tokio_postgres::types::{FromSql, ToSql, Type};

use super::sql::{TableSql, qualified};
use crate::SchemaName;
use crate::classify::store_error;
use crate::session::Session;
use crate::store::Shared;

/// Makes the tables of a version of a projection.
pub(super) async fn prepare(shared: &Shared, preparation: &Preparation) -> Result<Prepared, PrepareError> {
    let change = Change::begin(shared).await?;
    let projection = &preparation.projection;
    let known = change.known(projection).await?;
    let recorded = change.recorded(preparation).await?;
    let missing = preparation.missing(known.is_some(), &recorded)?;
    for table in &missing {
        let name = table.table.name();
        let has_view = recorded.iter().any(|known| known.name == name.as_str());
        if change.is_taken(&table.name()).await? || (!has_view && change.is_taken(name.as_str()).await?) {
            return Err(PrepareError::Table {
                projection: projection.clone(),
                table: name,
                refused: TableRefused::NameTaken,
            });
        }
    }
    change.make(preparation, &missing).await?;
    if known.is_none() {
        change.record(preparation).await?;
    }
    let active = change.active(&projection.name).await?;
    change.commit().await?;
    let (fingerprint, slices) = known.unwrap_or((preparation.fingerprint, preparation.slices));
    Ok(Prepared {
        fingerprint,
        slices,
        active,
    })
}

/// Makes a version of a projection the active one.
pub(super) async fn activate(shared: &Shared, projection: &ProjectionVersion) -> Result<(), PrepareError> {
    let change = Change::begin(shared).await?;
    if change.known(projection).await?.is_none() {
        return Err(PrepareError::NotPrepared {
            projection: projection.clone(),
        });
    }
    change.show(projection).await?;
    Ok(change.commit().await?)
}

/// Drops the tables of a version of a projection, and forgets its readers.
pub(super) async fn drop_version(shared: &Shared, projection: &ProjectionVersion) -> Result<(), StoreError> {
    let change = Change::begin(shared).await?;
    if change.active(&projection.name).await? == Some(projection.version) {
        change.hide(&projection.name).await?;
    }
    let tables = change.tables(projection).await?;
    let tables = tables.iter().map(|table| {
        let table = format!("{}_v{}", table.name, projection.version);
        qualified(change.schema, table)
    });
    let tables: Vec<_> = tables.collect();
    if !tables.is_empty() {
        // At once, since they may refer to each other.
        change.run(&format!("drop table {}", tables.join(", "))).await?;
    }
    let (name, version) = (projection.name.as_str(), number(projection));
    let version: [Parameter<'_>; 2] = [(&name, Type::TEXT), (&version, Type::INT8)];
    change
        .ask(
            "delete from {}.projection_tables where projection = $1 and version = $2",
            &version,
        )
        .await?;
    change
        .ask(
            "delete from {}.projections where name = $1 and version = $2",
            &version,
        )
        .await?;
    let reader = projection.reader();
    for of_readers in [
        "delete from {}.checkpoints where name = $1 or starts_with(name, $1 || '/')",
        "delete from {}.inline_marks where reader = $1",
    ] {
        change.ask(of_readers, &[(&&*reader, Type::TEXT)]).await?;
    }
    change.commit().await
}

/// Which version of a projection is the active one.
pub(super) async fn active(shared: &Shared, name: &ProjectionName) -> Result<Option<NonZeroU32>, StoreError> {
    let session = shared.links.reading.session().await?;
    active_of(&session, &shared.schema, name).await
}

async fn active_of(
    session: &Session,
    schema: &SchemaName,
    name: &ProjectionName,
) -> Result<Option<NonZeroU32>, StoreError> {
    let find = "select version from {}.projections where name = $1 and active";
    let rows = ask(session, schema, find, &[(&name.as_str(), Type::TEXT)]).await?;
    rows.first().map(|row| positive(row, 0)).transpose()
}

/// Asks, with `{}` in place of the schema.
async fn ask(
    session: &Session,
    schema: &SchemaName,
    text: &str,
    parameters: &[Parameter<'_>],
) -> Result<Vec<Row>, StoreError> {
    let text = text.replace("{}", &format!("\"{schema}\""));
    session.query_text(&text, parameters).await.map_err(store_error)
}
/// Those who change tables of projections in a schema at the same time take turns.
pub(crate) const TURNS: &str =
    "select pg_advisory_xact_lock(hashtextextended('eventsourcing projections of ' || $1, 0))::text";

type Parameter<'p> = (&'p (dyn ToSql + Sync), Type);

/// A table of a version, as it was recorded.
struct Recorded {
    name: String,
    /// Whether the projection has made it itself.
    is_sql: bool,
}

/// A change of the tables, on a connection of its own: whatever becomes of it, it is whole or absent. Those who change something
/// at the same time take turns.
struct Change<'s> {
    session: Session,
    schema: &'s SchemaName,
}

impl<'s> Change<'s> {
    async fn begin(shared: &'s Shared) -> Result<Self, StoreError> {
        let change = Self {
            session: shared.connector.session().await?,
            schema: &shared.schema,
        };
        change
            .run("begin isolation level read committed; set local lock_timeout = '30s'")
            .await?;
        change
            .ask(TURNS, &[(&change.schema.as_str(), Type::TEXT)])
            .await?;
        Ok(change)
    }

    async fn commit(self) -> Result<(), StoreError> {
        self.run("commit").await
    }

    async fn run(&self, statements: &str) -> Result<(), StoreError> {
        self.session.run(statements).await.map_err(store_error)
    }

    async fn ask(&self, text: &str, parameters: &[Parameter<'_>]) -> Result<Vec<Row>, StoreError> {
        ask(&self.session, self.schema, text, parameters).await
    }

    /// The fingerprint under which a version was prepared, and in how many slices, if it was.
    async fn known(
        &self,
        projection: &ProjectionVersion,
    ) -> Result<Option<(ProjectionFingerprint, NonZeroU32)>, StoreError> {
        let (name, version) = (projection.name.as_str(), number(projection));
        let find = "select fingerprint, slices from {}.projections where name = $1 and version = $2";
        let rows = self
            .ask(find, &[(&name, Type::TEXT), (&version, Type::INT8)])
            .await?;
        let known = |row: &Row| {
            let fingerprint = ProjectionFingerprint(column::<i64>(row, 0)?.cast_unsigned());
            Ok((fingerprint, positive(row, 1)?))
        };
        rows.first().map(known).transpose()
    }

    async fn active(&self, name: &ProjectionName) -> Result<Option<NonZeroU32>, StoreError> {
        active_of(&self.session, self.schema, name).await
    }

    /// The tables that are recorded under the names of these.
    async fn recorded(&self, preparation: &Preparation) -> Result<Vec<KnownTable>, StoreError> {
        let names: Vec<&str> = preparation
            .tables
            .iter()
            .map(|table| table.name().as_str())
            .collect();
        let find =
            "select name, projection, version, definition from {}.projection_tables where name = any($1)";
        let rows = self.ask(find, &[(&names, Type::TEXT_ARRAY)]).await?;
        let recorded = rows.iter().map(|row| {
            let owner = ProjectionName::new(column(row, 1)?);
            let name = owner.map_err(|invalid| unreadable(1).caused_by(invalid))?;
            Ok(KnownTable {
                name: column(row, 0)?,
                owner: ProjectionVersion {
                    name,
                    version: positive(row, 2)?,
                },
                definition: column(row, 3)?,
            })
        });
        recorded.collect()
    }

    /// The tables of a version, as they were when it was prepared.
    async fn tables(&self, projection: &ProjectionVersion) -> Result<Vec<Recorded>, StoreError> {
        let (name, version) = (projection.name.as_str(), number(projection));
        let find = "select name, definition from {}.projection_tables where projection = $1 and version = $2";
        let rows = self
            .ask(find, &[(&name, Type::TEXT), (&version, Type::INT8)])
            .await?;
        let names = rows.iter().map(|row| {
            let name: String = column(row, 0)?;
            TableName::check(&name).map_err(|invalid| unreadable(0).caused_by(invalid))?;
            let is_sql = column::<&str>(row, 1)? == SqlTable::DEFINITION;
            Ok(Recorded { name, is_sql })
        });
        names.collect()
    }

    async fn is_taken(&self, name: &str) -> Result<bool, StoreError> {
        let find = "select from pg_class where relname = $1 and relnamespace = $2::regnamespace";
        let schema = format!("\"{}\"", self.schema);
        let rows = self
            .ask(find, &[(&name, Type::TEXT), (&schema, Type::TEXT)])
            .await?;
        Ok(!rows.is_empty())
    }

    async fn make(&self, preparation: &Preparation, missing: &[TableVersion]) -> Result<(), StoreError> {
        let Preparation {
            projection, tables, ..
        } = preparation;
        let (name, version) = (projection.name.as_str(), number(projection));
        for table in missing {
            self.run(&self.sql(*table).create()).await?;
            self.ask(
                "insert into {}.projection_tables (name, version, projection, definition) values ($1, $2, $3, $4)",
                &[
                    (&table.table.name().as_str(), Type::TEXT),
                    (&version, Type::INT8),
                    (&name, Type::TEXT),
                    (&table.table.definition(), Type::TEXT),
                ],
            )
            .await?;
        }
        for table in tables {
            let version = projection.version;
            for (index, create) in self.sql(TableVersion { table, version }).indexes() {
                // Only the owner of a table may ask to make what is there already.
                if !self.is_taken(&index).await? {
                    self.run(&create).await?;
                }
            }
        }
        Ok(())
    }

    async fn record(&self, preparation: &Preparation) -> Result<(), StoreError> {
        let projection = &preparation.projection;
        let (name, version) = (projection.name.as_str(), number(projection));
        self.ask(
            "insert into {}.projections (name, version, fingerprint, slices) values ($1, $2, $3, $4)",
            &[
                (&name, Type::TEXT),
                (&version, Type::INT8),
                (&preparation.fingerprint.0.cast_signed(), Type::INT8),
                (&i64::from(preparation.slices.get()), Type::INT8),
            ],
        )
        .await
        .map(drop)
    }

    /// Makes a version active: its tables, and no others of its projection, are seen through views.
    async fn show(&self, projection: &ProjectionVersion) -> Result<(), StoreError> {
        self.hide(&projection.name).await?;
        for table in self.tables(projection).await? {
            let (name, version) = (&table.name, projection.version);
            let view = if table.is_sql {
                view(self.schema, name, version)
            } else {
                view_by_tenant(self.schema, name, version)
            };
            self.run(&view).await?;
        }
        let (name, version) = (projection.name.as_str(), number(projection));
        self.ask(
            "update {}.projections set active = true where name = $1 and version = $2",
            &[(&name, Type::TEXT), (&version, Type::INT8)],
        )
        .await
        .map(drop)
    }

    /// Makes no version of a projection active, and drops its views.
    async fn hide(&self, name: &ProjectionName) -> Result<(), StoreError> {
        if let Some(version) = self.active(name).await? {
            let active = ProjectionVersion {
                name: name.clone(),
                version,
            };
            for table in self.tables(&active).await? {
                let view = qualified(self.schema, table.name);
                self.run(&format!("drop view if exists {view}")).await?;
            }
        }
        self.ask(
            "update {}.projections set active = false where name = $1 and active",
            &[(&name.as_str(), Type::TEXT)],
        )
        .await
        .map(drop)
    }

    fn sql(&self, version: TableVersion) -> TableSql<'_> {
        TableSql {
            schema: self.schema,
            version,
        }
    }
}

/// Shows a table of rows to people, with the names of tenants.
fn view_by_tenant(schema: &SchemaName, table: &str, version: NonZeroU32) -> String {
    format!(
        "create view {} as select t.name as _tenant_name, r.* from {} r join {} t on t.id = r._tenant",
        qualified(schema, table),
        qualified(schema, format_args!("{table}_v{version}")),
        qualified(schema, "tenants")
    )
}

/// Shows a table to people that a projection has made itself, as it is.
pub(crate) fn view(schema: &SchemaName, table: &str, version: NonZeroU32) -> String {
    let of = qualified(schema, format_args!("{table}_v{version}"));
    format!("create view {} as select * from {of}", qualified(schema, table))
}

fn number(projection: &ProjectionVersion) -> i64 {
    i64::from(projection.version.get())
}

fn positive(row: &Row, nth: usize) -> Result<NonZeroU32, StoreError> {
    let number = u32::try_from(column::<i64>(row, nth)?)
        .ok()
        .and_then(NonZeroU32::new);
    number.ok_or_else(|| unreadable(nth))
}

fn column<'r, T: FromSql<'r>>(row: &'r Row, nth: usize) -> Result<T, StoreError> {
    row.try_get(nth).map_err(store_error)
}

fn unreadable(nth: usize) -> StoreError {
    StoreError::broken(format!(
        "what is recorded of projections cannot be read, in column {nth}"
    ))
}
