use std::num::NonZeroU32;

use eventsourcing_core::store::rows::{
    KnownTable, Preparation, PrepareError, Prepared, ProjectionFingerprint, ProjectionName,
    ProjectionVersion, TableName, TableRefused, TableVersion,
};
use rusqlite::{Connection, OptionalExtension};

use super::{Transaction, Write};
use crate::SqliteError;
use crate::read::Stop;
use crate::row::{text, unreadable};
use crate::rows::{Statements, quoted};

/// Finds the tables of a name, of whichever version.
pub(crate) const NAMESAKES: &str =
    "select name, projection, version, definition from es_projection_tables where name = ?1";

/// Records a table of a version.
pub(crate) const RECORD: &str =
    "insert into es_projection_tables (name, version, projection, definition) values (?1, ?2, ?3, ?4)";

/// Finds the active version of a projection.
pub(crate) const ACTIVE: &str = "select version from es_projections where name = ?1 and active is not null";

/// Finds whatever has a name. SQLite does not tell capital letters from others in names.
pub(crate) const TAKEN: &str = "select 1 from sqlite_schema where name = ?1 collate nocase";

/// Makes the tables of a version of a projection.
pub(crate) struct Prepare(pub(crate) Preparation);

impl Write for Prepare {
    type Answer = Result<Prepared, PrepareError>;

    /// Everything that can refuse it comes before the first change.
    fn run(&self, transaction: &mut Transaction<'_>) -> Result<Self::Answer, Stop> {
        let Self(preparation) = self;
        let connection = transaction.connection;
        let projection = &preparation.projection;
        let known = known(connection, projection)?;
        let recorded = self.recorded(connection)?;
        let missing = match preparation.missing(known.is_some(), &recorded) {
            Ok(missing) => missing,
            Err(refused) => return Ok(Err(refused)),
        };
        for table in &missing {
            let name = table.table.name();
            let has_view = recorded.iter().any(|known| known.name == name.as_str());
            if is_taken(connection, &table.name())? || (!has_view && is_taken(connection, name.as_str())?) {
                return Ok(Err(PrepareError::Table {
                    projection: projection.clone(),
                    table: name,
                    refused: TableRefused::NameTaken,
                }));
            }
        }
        self.make(connection, &missing)?;
        if known.is_none() {
            self.record(connection)?;
        }
        let (fingerprint, slices) = known.unwrap_or((preparation.fingerprint, preparation.slices));
        Ok(Ok(Prepared {
            fingerprint,
            slices,
            active: active(connection, &projection.name)?,
        }))
    }

    fn is_small(&self) -> bool {
        false
    }
}

impl Prepare {
    fn make(&self, connection: &Connection, missing: &[TableVersion]) -> Result<(), SqliteError> {
        let Self(preparation) = self;
        let version = preparation.projection.version;
        for table in missing {
            connection.execute(&Statements(*table).create(), [])?;
            connection.execute(
                RECORD,
                (
                    table.table.name().as_str(),
                    version.get(),
                    preparation.projection.name.as_str(),
                    table.table.definition(),
                ),
            )?;
        }
        for table in &preparation.tables {
            for index in Statements(TableVersion { table, version }).create_indexes() {
                connection.execute(&index, [])?;
            }
        }
        Ok(())
    }

    fn record(&self, connection: &Connection) -> Result<(), SqliteError> {
        let Preparation {
            projection,
            fingerprint,
            slices,
            ..
        } = &self.0;
        connection.execute(
            "insert into es_projections (name, version, fingerprint, slices) values (?1, ?2, ?3, ?4)",
            (
                projection.name.as_str(),
                projection.version.get(),
                fingerprint.0.cast_signed(),
                slices.get(),
            ),
        )?;
        Ok(())
    }

    /// The tables that are recorded under the names of these.
    fn recorded(&self, connection: &Connection) -> Result<Vec<KnownTable>, SqliteError> {
        let mut select = connection.prepare(NAMESAKES)?;
        let mut recorded = Vec::new();
        for table in &self.0.tables {
            let found = select.query_map([table.name().as_str()], |row| {
                let owner = ProjectionVersion {
                    name: ProjectionName::new(text(row, 1)?).map_err(unreadable(1))?,
                    version: row.get(2)?,
                };
                Ok(KnownTable {
                    name: row.get(0)?,
                    owner,
                    definition: row.get(3)?,
                })
            })?;
            for table in found {
                recorded.push(table?);
            }
        }
        Ok(recorded)
    }
}

/// Makes a version of a projection the active one.
pub(crate) struct Activate(pub(crate) ProjectionVersion);

impl Write for Activate {
    type Answer = Result<(), PrepareError>;

    fn run(&self, transaction: &mut Transaction<'_>) -> Result<Self::Answer, Stop> {
        let Self(projection) = self;
        if known(transaction.connection, projection)?.is_none() {
            return Ok(Err(PrepareError::NotPrepared {
                projection: projection.clone(),
            }));
        }
        show(transaction.connection, projection)?;
        Ok(Ok(()))
    }

    fn is_small(&self) -> bool {
        false
    }
}

/// Drops the tables of a version of a projection, and forgets its readers.
pub(crate) struct DropVersion(pub(crate) ProjectionVersion);

impl Write for DropVersion {
    type Answer = ();

    fn run(&self, transaction: &mut Transaction<'_>) -> Result<(), Stop> {
        let Self(projection) = self;
        let connection = transaction.connection;
        if active(connection, &projection.name)? == Some(projection.version) {
            hide(connection, &projection.name)?;
        }
        // Tables that refer to each other go in any order.
        connection.pragma_update(None, "defer_foreign_keys", true)?;
        for table in tables(connection, projection)? {
            let table = format!("{table}_v{}", projection.version);
            connection.execute(&format!("drop table {}", quoted(table)), [])?;
        }
        let version = (projection.name.as_str(), projection.version.get());
        connection.execute(
            "delete from es_projection_tables where projection = ?1 and version = ?2",
            version,
        )?;
        connection.execute(
            "delete from es_projections where name = ?1 and version = ?2",
            version,
        )?;
        connection.execute(
            "delete from es_checkpoints where name = ?1 or substr(name, 1, length(?1) + 1) = ?1 || '/'",
            [&*projection.reader()],
        )?;
        Ok(())
    }

    fn is_small(&self) -> bool {
        false
    }
}

/// The fingerprint under which a version was prepared, and in how many slices, if it was.
fn known(
    connection: &Connection,
    projection: &ProjectionVersion,
) -> Result<Option<(ProjectionFingerprint, NonZeroU32)>, SqliteError> {
    let found = connection.query_row(
        "select fingerprint, slices from es_projections where name = ?1 and version = ?2",
        (projection.name.as_str(), projection.version.get()),
        |row| {
            let fingerprint = ProjectionFingerprint(row.get::<_, i64>(0)?.cast_unsigned());
            Ok((fingerprint, row.get(1)?))
        },
    );
    Ok(found.optional()?)
}

/// Which version of a projection is the active one.
pub(crate) fn active(
    connection: &Connection,
    name: &ProjectionName,
) -> Result<Option<NonZeroU32>, SqliteError> {
    let found = connection.query_row(ACTIVE, [name.as_str()], |row| row.get(0));
    Ok(found.optional()?)
}

/// Makes a version active: its tables, and no others of its projection, are seen through views.
fn show(connection: &Connection, projection: &ProjectionVersion) -> Result<(), SqliteError> {
    hide(connection, &projection.name)?;
    for table in tables(connection, projection)? {
        connection.execute(&view(&table, projection.version), [])?;
    }
    connection.execute(
        "update es_projections set active = 1 where name = ?1 and version = ?2",
        (projection.name.as_str(), projection.version.get()),
    )?;
    Ok(())
}

/// Shows people the table of a version under its plain name.
pub(crate) fn view(table: &str, version: NonZeroU32) -> String {
    let of_version = quoted(format!("{table}_v{version}"));
    format!("create view {} as select * from {of_version}", quoted(table))
}

/// Makes no version of a projection active, and drops its views.
fn hide(connection: &Connection, name: &ProjectionName) -> Result<(), SqliteError> {
    if let Some(version) = active(connection, name)? {
        let active = ProjectionVersion {
            name: name.clone(),
            version,
        };
        for table in tables(connection, &active)? {
            connection.execute(&format!("drop view if exists {}", quoted(table)), [])?;
        }
    }
    connection.execute(
        "update es_projections set active = null where name = ?1",
        [name.as_str()],
    )?;
    Ok(())
}

/// The names of the tables of a version, as they were when it was prepared.
fn tables(connection: &Connection, projection: &ProjectionVersion) -> Result<Vec<String>, SqliteError> {
    let mut select =
        connection.prepare("select name from es_projection_tables where projection = ?1 and version = ?2")?;
    let names = select.query_map((projection.name.as_str(), projection.version.get()), |row| {
        let name = text(row, 0)?;
        TableName::check(name).map_err(unreadable(0))?;
        Ok(name.to_owned())
    })?;
    Ok(names.collect::<Result<_, _>>()?)
}

/// Whether there is something of this name.
fn is_taken(connection: &Connection, name: &str) -> Result<bool, SqliteError> {
    let mut select = connection.prepare(TAKEN)?;
    Ok(select.exists([name])?)
}
