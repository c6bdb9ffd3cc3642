mod column;
mod error;
mod field;
mod value;

pub use column::{RowColumn, RowOrder, RowTest};
pub use error::{InvalidValue, RowError};
pub use field::{PlainField, RowField, json_field, key_field, plain_field};
pub use value::{RowKey, RowValue};

use crate::store::rows::{Table, Value};

/// A row of a table that a projection fills. Derive it.
///
/// ```
/// use eventsourcing::prelude::*;
/// # #[derive(StreamKey, Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
/// # #[stream_key(category = "account")]
/// # pub struct AccountId(String);
///
/// #[derive(Row, Clone, Debug, PartialEq)]
/// #[row(table = "balances")]
/// pub struct BalanceRow {
///     #[key] pub account: AccountId,
///     pub owner: String,
///     #[index] pub balance: i64,
///     #[column(json)] pub tags: Vec<String>,
/// }
///
/// let account = AccountId("alice".into());
/// let new = BalanceRow::new_of(&account);
/// assert_eq!(new, BalanceRow { account, owner: String::new(), balance: 0, tags: vec![] });
/// ```
///
/// | attribute | on | |
/// |---|---|---|
/// | `#[row(table = "balances")]` | the struct | the name of the table: it is stored, so it stays; required |
/// | `#[row(crate = path)]` | the struct | where this crate is found, if not at `::eventsourcing` |
/// | `#[key]` | a field | it is the key, or a part of it: [`RowKey`]; required on at least one |
/// | `#[index]` | a field | rows are found by it, and sorted |
/// | `#[column(json)]` | a field | it is any type of serde's, and cannot be compared |
/// | `#[column(name = "owner")]` | a field | the name of its column, by default that of the field |
///
/// Fields that are not the key begin as their `Default`. The type of each is a [`RowValue`], or an `Option` of one. Each field gives
/// a [`RowColumn`], a constant of its name in capitals.
///
/// Whoever changes the fields gives the projection another version, which fills tables of its own.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a row",
    label = "this type is not a row of a table",
    note = "add `#[derive(Row)] #[row(table = \"...\")]` to `{Self}`"
)]
pub trait Row: Sized + Send + Sync + 'static {
    /// How it is asked for: a reference to its key, or a tuple of references if it has several.
    type Key<'a>: Copy;

    /// The table.
    const TABLE: &'static Table;

    /// A new row: the key, and defaults.
    fn new_of(key: Self::Key<'_>) -> Self;

    /// A key as values.
    ///
    /// # Errors
    /// If it has a part that no store can hold.
    fn key_values(key: Self::Key<'_>) -> Result<Vec<Value>, RowError>;

    /// All values, those of the key first.
    ///
    /// # Errors
    /// If there is one that no store can hold.
    fn to_values(&self) -> Result<Vec<Value>, RowError>;

    /// Reads a row.
    ///
    /// # Errors
    /// If the values are not those of this table.
    fn from_values(values: Vec<Value>) -> Result<Self, RowError>;
}

/// The values of a row, if there are as many as columns.
#[doc(hidden)]
pub fn columns_of<R: Row>(values: Vec<Value>) -> Result<std::vec::IntoIter<Value>, RowError> {
    let expected = R::TABLE.width();
    if values.len() == expected {
        return Ok(values.into_iter());
    }
    Err(RowError::Width {
        table: R::TABLE.name(),
        found: values.len(),
        expected,
    })
}
