//! The table beside that of a projection, in which its parked events are.

use std::marker::PhantomData;

use super::ParkedEvent;
use crate::const_text::{ConstText, same};
use crate::projection::sql::derived::ProjectsInSql;
use crate::projection::{InvalidValue, Projection, Row, RowError, RowValue as _};
use crate::store::rows::{Column, ColumnName, ColumnType, Table, TableName, Value};

/// What its name ends in.
const SUFFIX: &str = "_parked";

const SEQUENCE: ColumnName = ColumnName::from_static("sequence");
const POSITION: ColumnName = ColumnName::from_static("position");
const EVENT: ColumnName = ColumnName::from_static("event");
const EVENT_TYPE: ColumnName = ColumnName::from_static("event_type");
const REASON: ColumnName = ColumnName::from_static("reason");
const ATTEMPTS: ColumnName = ColumnName::from_static("attempts");
const PARKED_AT: ColumnName = ColumnName::from_static("parked_at");

const KEY: &[Column] = &[
    Column::required(SEQUENCE, ColumnType::Text),
    Column::required(POSITION, ColumnType::Integer),
];

const COLUMNS: &[Column] = &[
    Column::required(EVENT, ColumnType::Uuid),
    Column::required(EVENT_TYPE, ColumnType::Text),
    Column::optional(REASON, ColumnType::Text),
    Column::required(ATTEMPTS, ColumnType::Integer),
    Column::required(PARKED_AT, ColumnType::Timestamp),
];

/// Has a table beside which what is parked is kept.
trait Beside {
    const TABLE: TableName;
}

/// A projection that fills a table of rows.
struct OfRows<P>(PhantomData<P>);

impl<P: Projection> Beside for OfRows<P> {
    const TABLE: TableName = <P::Row as Row>::TABLE.name();
}

/// A projection in SQL, of whose tables the first counts.
struct OfSql<P>(PhantomData<P>);

impl<P: ProjectsInSql> Beside for OfSql<P> {
    const TABLE: TableName = P::TABLES[0];
}

/// The table of what is parked.
struct ParkedTable<B>(PhantomData<B>);

impl<B: Beside> ParkedTable<B> {
    const NAME: &'static ConstText = &ConstText::of(&[B::TABLE.as_str(), SUFFIX]);

    const TABLE: &'static Table = {
        assert!(
            Self::NAME.as_str().len() <= TableName::MAX_BYTES,
            "the name of a table that a projection fills has at most 33 bytes, since what is parked is in `<table>_parked`"
        );
        assert!(
            !is_of_parked(B::TABLE.as_str()),
            "a table that a projection fills is not called `.._parked`: what others have parked is in such tables"
        );
        &Table::new(TableName::from_static(Self::NAME.as_str()), KEY, COLUMNS, &[])
    };
}

/// Whether a table may be that of what some projection has parked.
const fn is_of_parked(name: &str) -> bool {
    name.len() >= SUFFIX.len() && same(name.split_at(name.len() - SUFFIX.len()).1, SUFFIX)
}

/// The table of what a projection parks.
pub const fn parked_table_of<P: Projection>() -> &'static Table {
    ParkedTable::<OfRows<P>>::TABLE
}

/// The table of what a projection in SQL parks.
pub const fn parked_in_sql<P: ProjectsInSql>() -> &'static Table {
    ParkedTable::<OfSql<P>>::TABLE
}

/// The key of a parked event.
pub(crate) fn key_of(event: &ParkedEvent, table: &Table) -> Result<Vec<Value>, RowError> {
    let position = event.position.to_value();
    let position = position.map_err(|source| RowError::Column {
        table: table.name(),
        column: POSITION,
        source,
    })?;
    Ok(vec![Value::Text(event.sequence.clone()), position])
}

/// A parked event as a row.
pub(crate) fn row_of(event: &ParkedEvent, table: &Table) -> Result<Vec<Value>, RowError> {
    let mut row = key_of(event, table)?;
    row.extend([
        Value::Uuid(event.event.get()),
        Value::Text(event.event_type.clone()),
        event.reason.clone().into(),
        Value::Integer(event.attempts.into()),
        Value::Timestamp(event.parked_at),
    ]);
    Ok(row)
}

/// The parked event of a row.
pub(crate) fn read_row(row: Vec<Value>, table: &Table) -> Result<ParkedEvent, RowError> {
    let found = row.len();
    let values: Result<[Value; 7], _> = row.try_into();
    let [sequence, position, event, event_type, reason, attempts, parked_at] =
        values.map_err(|_| RowError::Width {
            table: table.name(),
            found,
            expected: table.width(),
        })?;
    Ok(ParkedEvent {
        sequence: read(sequence, SEQUENCE, table)?,
        position: read(position, POSITION, table)?,
        event: read(event, EVENT, table)?,
        event_type: read(event_type, EVENT_TYPE, table)?,
        reason: match reason {
            Value::Null => None,
            reason => Some(read(reason, REASON, table)?),
        },
        attempts: read(attempts, ATTEMPTS, table)?,
        parked_at: read(parked_at, PARKED_AT, table)?,
    })
}

fn read<T: crate::projection::RowValue>(
    value: Value,
    column: ColumnName,
    table: &Table,
) -> Result<T, RowError> {
    T::from_value(value).map_err(|source: InvalidValue| RowError::Column {
        table: table.name(),
        column,
        source,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_projections_have_the_same_table_for_what_is_parked() {
        assert!(is_of_parked("balances_parked") && is_of_parked("_parked"));
        assert!(!is_of_parked("parked") && !is_of_parked("parked_cars") && !is_of_parked("a"));
    }
}
