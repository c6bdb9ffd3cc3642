//! Statements of the store, sent and read through sqlx. Values are as the other connections write them.

use eventsourcing_core::store::StoreError;
use eventsourcing_core::store::rows::Value;
use rusqlite::types::ValueRef;
use sqlx::error::BoxDynError;
use sqlx::sqlite::{SqliteArguments, SqliteRow};
use sqlx::{Arguments as _, AssertSqlSafe, Decode, Row as _, Sqlite, SqliteConnection, Type};

use super::fault::nothing_done;
use crate::rows::Bound;

/// Sends a statement of the store, which is kept for the next time.
pub(super) async fn ask(
    connection: &mut SqliteConnection,
    text: &str,
    parameters: &[Value],
) -> Result<Vec<SqliteRow>, sqlx::Error> {
    let arguments = arguments(parameters).map_err(sqlx::Error::Encode)?;
    let query = sqlx::query_with(AssertSqlSafe(text.to_owned()), arguments);
    query.fetch_all(connection).await
}

fn arguments(parameters: &[Value]) -> Result<SqliteArguments, BoxDynError> {
    let mut arguments = SqliteArguments::default();
    for value in parameters {
        match Bound(value).held() {
            ValueRef::Null => arguments.add(None::<i64>)?,
            ValueRef::Integer(integer) => arguments.add(integer)?,
            ValueRef::Real(real) => arguments.add(real)?,
            ValueRef::Text(text) => arguments.add(std::str::from_utf8(text)?.to_owned())?,
            ValueRef::Blob(blob) => arguments.add(blob.to_vec())?,
        }
    }
    Ok(arguments)
}

/// The column at this place of an answer.
pub(super) fn column<'r, T>(row: &'r SqliteRow, nth: usize) -> Result<T, StoreError>
where
    T: Decode<'r, Sqlite> + Type<Sqlite>,
{
    row.try_get(nth).map_err(nothing_done)
}

/// The same, of a text that has to be understood.
pub(super) fn parsed<T>(row: &SqliteRow, nth: usize) -> Result<T, StoreError>
where
    T: std::str::FromStr<Err: std::error::Error + Send + Sync + 'static>,
{
    let text: &str = column(row, nth)?;
    text.parse().map_err(|error| unreadable(nth).caused_by(error))
}

/// The same, of a number that is not negative.
pub(super) fn unsigned(row: &SqliteRow, nth: usize) -> Result<u64, StoreError> {
    let number: i64 = column(row, nth)?;
    u64::try_from(number).map_err(|error| unreadable(nth).caused_by(error))
}

fn unreadable(nth: usize) -> StoreError {
    StoreError::broken(format!("column {nth} of an answer cannot be read"))
}
