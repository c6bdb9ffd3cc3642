use std::num::NonZeroU32;

use super::name::starts_with;
use super::{ColumnName, TableName};

/// A table as the program declares it: what a row consists of.
///
/// ```
/// use eventsourcing_core::store::rows::{Column, ColumnName, ColumnType, Table, TableName};
///
/// const OWNER: ColumnName = ColumnName::from_static("owner");
/// static BALANCES: Table = Table::new(
///     TableName::from_static("balances"),
///     &[Column::required(ColumnName::from_static("account"), ColumnType::Text)],
///     &[Column::optional(OWNER, ColumnType::Text), Column::required(ColumnName::from_static("balance"), ColumnType::Integer)],
///     &[&[OWNER]],
/// );
/// assert_eq!(BALANCES.place_of(OWNER), Some(1));
/// ```
#[derive(Debug, PartialEq, Eq, Hash)]
pub struct Table {
    name: TableName,
    key: &'static [Column],
    columns: &'static [Column],
    indexes: &'static [&'static [ColumnName]],
}

impl Table {
    /// How many columns a table may have, the key included.
    pub const MAX_COLUMNS: usize = 100;
    /// How many columns a key or an index may have.
    pub const MAX_KEY: usize = 8;
    /// How many indexes a table may have besides its key.
    pub const MAX_INDEXES: usize = 16;

    /// A table with a key, further columns, and indexes over any of these.
    ///
    /// # Panics
    /// If the key is empty, optional, or of a type that cannot be a key; if two columns have the same name; if an index is
    /// empty, or names a column that is not there or cannot be sorted; or if there is more of anything than the constants of
    /// this type allow. In a `const` or `static` each is a compile error.
    pub const fn new(
        name: TableName,
        key: &'static [Column],
        columns: &'static [Column],
        indexes: &'static [&'static [ColumnName]],
    ) -> Self {
        let table = Self {
            name,
            key,
            columns,
            indexes,
        };
        table.check_key();
        table.check_columns();
        table.check_indexes();
        table
    }

    /// Its name.
    pub const fn name(&self) -> TableName {
        self.name
    }

    /// The columns of its key, which are the first of a row.
    pub const fn key(&self) -> &'static [Column] {
        self.key
    }

    /// The indexes besides that over the key.
    pub const fn indexes(&self) -> &'static [&'static [ColumnName]] {
        self.indexes
    }

    /// All columns, in the order of the values of a row: the key first.
    pub fn columns(&self) -> impl ExactSizeIterator<Item = &'static Column> + Clone + use<> {
        let (key, columns) = (self.key, self.columns);
        (0..key.len() + columns.len()).map(move |at| nth(key, columns, at))
    }

    /// How many values a row has.
    pub const fn width(&self) -> usize {
        self.key.len() + self.columns.len()
    }

    /// Which value of a row is that of this column.
    pub fn place_of(&self, column: ColumnName) -> Option<usize> {
        self.columns().position(|known| known.name == column)
    }

    /// The column of this name.
    pub fn column(&self, name: ColumnName) -> Option<&'static Column> {
        self.columns().find(|known| known.name == name)
    }

    /// Its columns in writing: stores record it, to notice that the program's have changed. Indexes do not count.
    ///
    /// ```
    /// # use eventsourcing_core::store::rows::{Column, ColumnName, ColumnType, Table, TableName};
    /// # const ACCOUNT: ColumnName = ColumnName::from_static("account");
    /// # const OWNER: ColumnName = ColumnName::from_static("owner");
    /// const BALANCES: Table = Table::new(
    ///     TableName::from_static("balances"),
    ///     &[Column::required(ACCOUNT, ColumnType::Text)],
    ///     &[Column::optional(OWNER, ColumnType::Text)],
    ///     &[],
    /// );
    /// assert_eq!(BALANCES.definition(), "account text key, owner text null");
    /// ```
    pub fn definition(&self) -> String {
        let columns = self.columns().enumerate().map(|(at, column)| {
            let rest = match column.nullable {
                _ if at < self.key.len() => " key",
                true => " null",
                false => "",
            };
            format!("{} {}{rest}", column.name, column.ty.as_str())
        });
        columns.collect::<Vec<_>>().join(", ")
    }

    const fn check_key(&self) {
        assert!(!self.key.is_empty(), "a table has a key");
        assert!(self.key.len() <= Self::MAX_KEY, "a key has at most 8 columns");
        let mut at = 0;
        while at < self.key.len() {
            assert!(!self.key[at].nullable, "a column of a key is never null");
            assert!(
                self.key[at].ty.can_be_key(),
                "a key is made of booleans, integers, texts, bytes, UUIDs and timestamps"
            );
            at += 1;
        }
    }

    const fn check_columns(&self) {
        assert!(
            self.width() <= Self::MAX_COLUMNS,
            "a table has at most 100 columns"
        );
        let mut at = 0;
        while at < self.width() {
            let mut other = at + 1;
            while other < self.width() {
                assert!(
                    !same(
                        nth(self.key, self.columns, at).name,
                        nth(self.key, self.columns, other).name
                    ),
                    "two columns of a table have the same name"
                );
                other += 1;
            }
            at += 1;
        }
    }

    const fn check_indexes(&self) {
        assert!(
            self.indexes.len() <= Self::MAX_INDEXES,
            "a table has at most 16 indexes"
        );
        let mut at = 0;
        while at < self.indexes.len() {
            let index = self.indexes[at];
            assert!(
                !index.is_empty() && index.len() <= Self::MAX_KEY,
                "an index has one to 8 columns"
            );
            let mut part = 0;
            while part < index.len() {
                let mut found = None;
                let mut column = 0;
                while column < self.width() {
                    let known = nth(self.key, self.columns, column);
                    if same(known.name, index[part]) {
                        found = Some(known);
                    }
                    column += 1;
                }
                assert!(
                    found.is_some(),
                    "an index names a column that the table does not have"
                );
                if let Some(column) = found {
                    assert!(column.ty.can_be_sorted(), "an index cannot be over JSON");
                }
                part += 1;
            }
            at += 1;
        }
    }
}

const fn nth(key: &'static [Column], columns: &'static [Column], at: usize) -> &'static Column {
    if at < key.len() {
        &key[at]
    } else {
        &columns[at - key.len()]
    }
}

const fn same(left: ColumnName, right: ColumnName) -> bool {
    let (left, right) = (left.as_str().as_bytes(), right.as_str().as_bytes());
    left.len() == right.len() && starts_with(left, right)
}

/// A column of a [`Table`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Column {
    /// Its name.
    pub name: ColumnName,
    /// What its values are.
    pub ty: ColumnType,
    /// Whether a value may be [`Null`](super::Value::Null).
    pub nullable: bool,
}

impl Column {
    /// A column in which every row has a value.
    pub const fn required(name: ColumnName, ty: ColumnType) -> Self {
        Self {
            name,
            ty,
            nullable: false,
        }
    }

    /// A column in which a row may have null.
    pub const fn optional(name: ColumnName, ty: ColumnType) -> Self {
        Self {
            name,
            ty,
            nullable: true,
        }
    }
}

/// What the values of a column are: one for each kind of [`Value`](super::Value), null apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ColumnType {
    /// True or false.
    Bool,
    /// A whole number of 64 bits.
    Integer,
    /// A floating point number of 64 bits; infinite ones too, but always a number.
    Real,
    /// A text without NUL.
    Text,
    /// Bytes.
    Bytes,
    /// A UUID.
    Uuid,
    /// A moment, to the microsecond.
    Timestamp,
    /// A JSON text, which is kept as it is. Cannot be compared or sorted.
    Json,
}

impl ColumnType {
    /// Whether it may be part of a key.
    pub const fn can_be_key(self) -> bool {
        !matches!(self, Self::Real | Self::Json)
    }

    /// Whether rows can be compared, sorted and indexed by it.
    pub const fn can_be_sorted(self) -> bool {
        !matches!(self, Self::Json)
    }

    /// Its name in lower case. It is stored: it never changes.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Bool => "bool",
            Self::Integer => "integer",
            Self::Real => "real",
            Self::Text => "text",
            Self::Bytes => "bytes",
            Self::Uuid => "uuid",
            Self::Timestamp => "timestamp",
            Self::Json => "json",
        }
    }
}

/// The table of a certain version of its projection: each version has its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TableVersion {
    /// The table.
    pub table: &'static Table,
    /// The version of the projection that fills it.
    pub version: NonZeroU32,
}

impl TableVersion {
    /// What the table is called in a database, such as `balances_v2`. Under the name of the [`Table`] alone there is a view of
    /// the active version, for people.
    pub fn name(&self) -> String {
        format!("{}_v{}", self.table.name, self.version)
    }

    /// What an index over these columns is called in a database. No table is called so.
    pub fn index_name(&self, columns: &[ColumnName]) -> String {
        format!("_{}_{:08x}", self.name(), fnv(columns))
    }
}

/// The hash of Fowler, Noll and Vo (FNV-1a, 32 bits) of the names, each with a separator after it.
fn fnv(columns: &[ColumnName]) -> u32 {
    let bytes = columns
        .iter()
        .flat_map(|column| column.as_str().bytes().chain([b',']));
    bytes.fold(0x811c_9dc5, |hash, byte| {
        (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: ColumnName = ColumnName::from_static("a");
    const B: ColumnName = ColumnName::from_static("b");
    const NAME: TableName = TableName::from_static("table");
    const KEY: &[Column] = &[Column::required(A, ColumnType::Text)];

    fn refused(
        key: &'static [Column],
        columns: &'static [Column],
        indexes: &'static [&'static [ColumnName]],
    ) -> String {
        let panic = std::panic::catch_unwind(|| Table::new(NAME, key, columns, indexes));
        let panic = panic.expect_err("the table makes no sense");
        panic
            .downcast_ref::<&str>()
            .copied()
            .unwrap_or_default()
            .to_owned()
    }

    #[test]
    fn a_table_that_makes_no_sense_is_refused_when_it_is_compiled() {
        const JSON: &[Column] = &[Column::required(B, ColumnType::Json)];
        const NULLABLE: &[Column] = &[Column::optional(A, ColumnType::Text)];
        let told = [
            (refused(&[], KEY, &[]), "a table has a key"),
            (refused(NULLABLE, &[], &[]), "never null"),
            (refused(JSON, &[], &[]), "a key is made of"),
            (refused(KEY, KEY, &[]), "the same name"),
            (refused(KEY, &[], &[&[]]), "an index has one"),
            (refused(KEY, &[], &[&[A, B]]), "does not have"),
            (refused(KEY, JSON, &[&[B]]), "over JSON"),
        ];
        for (told, expected) in told {
            assert!(told.contains(expected), "`{told}` should say `{expected}`");
        }
    }

    #[test]
    fn names_in_a_database_are_short_and_never_names_of_tables() {
        static LONGEST: Table = Table::new(
            TableName::from_static("a234567890123456789012345678901234567890"),
            KEY,
            &[Column::required(B, ColumnType::Text)],
            &[&[A, B], &[B, A]],
        );
        let version = TableVersion {
            table: &LONGEST,
            version: NonZeroU32::MAX,
        };
        let [first, second] = [&[A, B], &[B, A]].map(|columns| version.index_name(columns));
        assert_ne!(first, second);
        for name in [version.name(), first, second] {
            assert!(name.len() <= 63, "PostgreSQL would cut {name}");
            assert!(TableName::check(&name).is_err(), "{name}");
        }
    }
}
