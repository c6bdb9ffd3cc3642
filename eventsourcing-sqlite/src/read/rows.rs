use eventsourcing_core::TenantId;
use eventsourcing_core::store::rows::{NotPrepared, Place, ReadRows, RowsRead, TableVersion, Value};
use eventsourcing_core::store::{Checkpoint, StoreEpoch, StoreId, StoreIdentity};
use rusqlite::{Connection, OptionalExtension, params_from_iter};

use super::budget::{Budget, Stop};
use crate::SqliteError;
use crate::row::{position, unsigned, uuid_text};
use crate::rows::{Bound, Selection, Statements, row};

/// Finds where a reader of a tenant is.
pub(crate) const PLACE: &str =
    "select store, epoch, position, writes from es_checkpoints where tenant = ?1 and name = ?2";

/// Finds a table of a version.
pub(crate) const TABLE: &str = "select 1 from es_projection_tables where name = ?1 and version = ?2";

/// Where a reader is.
pub(crate) fn place(connection: &Connection, tenant: &TenantId, reader: &str) -> Result<Place, SqliteError> {
    let mut select = connection.prepare_cached(PLACE)?;
    let place = select.query_row([tenant.as_str(), reader], |row| {
        let checkpoint = Checkpoint {
            store: StoreIdentity {
                id: StoreId::new(uuid_text(row, 0)?),
                epoch: StoreEpoch::new(uuid_text(row, 1)?),
            },
            position: position(row, 2)?,
        };
        Ok(Place {
            checkpoint: Some(checkpoint),
            writes: unsigned(row, 3)?,
        })
    });
    Ok(place.optional()?.unwrap_or_default())
}

/// Whether a table is there.
pub(crate) fn check_table(
    connection: &Connection,
    table: TableVersion,
) -> Result<Result<(), NotPrepared>, SqliteError> {
    let (name, version) = (table.table.name(), table.version);
    let found = connection
        .prepare_cached(TABLE)?
        .exists((name.as_str(), version.get()))?;
    Ok(found.then_some(()).ok_or(NotPrepared { table: name, version }))
}

/// What was found under each key.
pub(crate) type Loaded = Vec<Option<Vec<Value>>>;

/// Reads rows by their keys.
pub(crate) fn load_rows(
    connection: &Connection,
    tenant: &TenantId,
    table: TableVersion,
    keys: &[Vec<Value>],
    budget: &mut Budget,
) -> Result<Result<Loaded, NotPrepared>, Stop> {
    if let Err(missing) = check_table(connection, table)? {
        return Ok(Err(missing));
    }
    budget.spend_rows(keys.len() as u64)?;
    let mut select = connection.prepare_cached(&Statements(table).load())?;
    let tenant = Value::from(tenant.as_str());
    let mut found = Vec::with_capacity(keys.len());
    for key in keys {
        let parameters = std::iter::once(&tenant).chain(key).map(Bound);
        let loaded = select.query_row(params_from_iter(parameters), |found| row(table.table, found));
        let loaded = loaded.optional()?;
        budget.spend_bytes(loaded.iter().flatten().map(Value::bytes).sum())?;
        found.push(loaded);
    }
    Ok(Ok(found))
}

/// Reads rows by what they are like, and where readers are.
pub(crate) fn read_rows(
    connection: &Connection,
    tenant: &TenantId,
    read: &ReadRows,
    budget: &mut Budget,
) -> Result<Result<RowsRead, NotPrepared>, Stop> {
    // How many rows have to be looked at, is not known before: on a thread that has other things to do, none are.
    const MANY: u64 = 10_000;
    budget.spend_rows(MANY)?;
    if let Err(missing) = check_table(connection, read.table)? {
        return Ok(Err(missing));
    }
    let Selection { sql, parameters } = Selection::of(read);
    let tenant_value = Value::from(tenant.as_str());
    let parameters = std::iter::once(&tenant_value).chain(parameters).map(Bound);
    let mut select = connection.prepare(&sql)?;
    let rows = select
        .query_map(params_from_iter(parameters), |found| row(read.table.table, found))?
        .collect::<Result<_, _>>()?;
    let places = read
        .readers
        .iter()
        .map(|reader| place(connection, tenant, reader));
    Ok(Ok(RowsRead {
        rows,
        places: places.collect::<Result<_, _>>()?,
    }))
}
