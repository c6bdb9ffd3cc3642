use std::collections::HashSet;

use super::{Column, ColumnType, InvalidRows, ReadRows, Table, TableChange, Value, WriteRows};
use crate::Limits;

impl Limits {
    /// Checks rows before they are written. Every store calls this first.
    ///
    /// # Errors
    /// Names the first thing that no store would take.
    pub fn check_rows(&self, write: &WriteRows) -> Result<(), InvalidRows> {
        let rows = write
            .changes
            .iter()
            .map(|change| change.put.len() + change.remove.len());
        within("rows of a write", rows.sum(), self.rows)?;
        let mut bytes = 0;
        for (at, change) in write.changes.iter().enumerate() {
            if write.changes[..at]
                .iter()
                .any(|other| other.table.table.name() == change.table.table.name())
            {
                return Err(InvalidRows::TableTwice {
                    table: change.table.table.name(),
                });
            }
            bytes += self.check_change(change)?;
        }
        within("bytes of a write", bytes, self.append_bytes)
    }

    /// Checks a row of a table: what [`check_rows`](Self::check_rows) checks of each. Gives its bytes.
    ///
    /// # Errors
    /// Names the first thing that no store would take.
    pub fn check_row(&self, table: &Table, row: &[Value]) -> Result<usize, InvalidRows> {
        check_width(table, row, table.width())?;
        let mut bytes = 0;
        for (column, value) in table.columns().zip(row) {
            self.check_value(table, column, value)?;
            bytes += value.bytes();
        }
        within("bytes of a row", bytes, self.row_bytes)?;
        self.check_sizes_in_indexes(table, row)?;
        Ok(bytes)
    }

    /// Checks keys before rows are loaded by them. Every store calls this first.
    ///
    /// # Errors
    /// Names the first thing that no store would take.
    pub fn check_keys(&self, table: &Table, keys: &[Vec<Value>]) -> Result<(), InvalidRows> {
        within("keys of a load", keys.len(), self.rows)?;
        keys.iter()
            .try_for_each(|key| self.check_key(table, key).map(drop))
    }

    /// Checks a read of rows. Every store calls this first.
    ///
    /// # Errors
    /// Names the first thing that no store would take.
    pub fn check_read_rows(&self, read: &ReadRows) -> Result<(), InvalidRows> {
        let table = read.table.table;
        within("rows of a read", read.limit.get(), self.rows)?;
        within("comparisons of a read", read.filter.len(), Table::MAX_COLUMNS)?;
        within("columns to sort by", read.order.len(), Table::MAX_KEY)?;
        let values = read
            .filter
            .iter()
            .map(|comparison| comparison.test.values().len());
        within("values of a read", values.sum(), self.rows)?;
        for comparison in &read.filter {
            let column = sortable(table, comparison.column)?;
            for value in comparison.test.values() {
                // Whether a column that is never null is null, may be asked.
                let column = Column {
                    nullable: true,
                    ..*column
                };
                self.check_value(table, &column, value)?;
            }
        }
        for (at, sort) in read.order.iter().enumerate() {
            sortable(table, sort.column)?;
            if read.order[..at].iter().any(|other| other.column == sort.column) {
                return Err(InvalidRows::SortedTwice {
                    table: table.name(),
                    column: sort.column,
                });
            }
        }
        if let Some(after) = &read.after {
            let columns = read.sort_columns();
            check_width(table, after, columns.len())?;
            for (sort, value) in columns.iter().zip(after) {
                self.check_value(table, sortable(table, sort.column)?, value)?;
            }
        }
        Ok(())
    }

    /// Gives the bytes of the change.
    fn check_change(&self, change: &TableChange) -> Result<usize, InvalidRows> {
        let table = change.table.table;
        let mut keys = HashSet::with_capacity(change.put.len() + change.remove.len());
        let mut bytes = 0;
        for row in &change.put {
            bytes += self.check_row(table, row)?;
            keys.insert(&row[..table.key().len()]);
        }
        for key in &change.remove {
            bytes += self.check_key(table, key)?;
            keys.insert(key);
        }
        if keys.len() < change.put.len() + change.remove.len() {
            return Err(InvalidRows::KeyTwice { table: table.name() });
        }
        Ok(bytes)
    }

    fn check_key(&self, table: &Table, key: &[Value]) -> Result<usize, InvalidRows> {
        check_width(table, key, table.key().len())?;
        for (column, value) in table.key().iter().zip(key) {
            self.check_value(table, column, value)?;
        }
        let bytes = key.iter().map(Value::bytes).sum();
        within("bytes of a key", bytes, self.key_bytes)?;
        Ok(bytes)
    }

    fn check_sizes_in_indexes(&self, table: &Table, row: &[Value]) -> Result<(), InvalidRows> {
        let key = row[..table.key().len()].iter().map(Value::bytes).sum();
        within("bytes of a key", key, self.key_bytes)?;
        for index in table.indexes() {
            let values = index
                .iter()
                .filter_map(|column| row.get(table.place_of(*column)?));
            let bytes = values.map(Value::bytes).sum();
            within("bytes of the columns of an index", bytes, self.key_bytes)?;
        }
        Ok(())
    }

    fn check_value(&self, table: &Table, column: &Column, value: &Value) -> Result<(), InvalidRows> {
        let (table, name) = (table.name(), column.name);
        match value.ty() {
            None if column.nullable => return Ok(()),
            None => return Err(InvalidRows::Null { table, column: name }),
            Some(found) if found != column.ty => {
                return Err(InvalidRows::Type {
                    table,
                    column: name,
                    expected: column.ty,
                    found,
                });
            }
            Some(_) => {}
        }
        match value {
            Value::Real(real) if real.is_nan() => Err(InvalidRows::NotANumber { table, column: name }),
            Value::Text(text) if text.contains('\0') => Err(InvalidRows::NulInText { table, column: name }),
            Value::Json(text) => {
                within(
                    "levels of JSON",
                    crate::limits::json_depth(text.as_bytes()),
                    self.json_depth,
                )?;
                serde_json::from_str::<&serde_json::value::RawValue>(text)
                    .map(drop)
                    .map_err(|source| InvalidRows::NotJson {
                        table,
                        column: name,
                        source,
                    })
            }
            _ => Ok(()),
        }
    }
}

fn sortable(table: &'static Table, name: super::ColumnName) -> Result<&'static Column, InvalidRows> {
    match table.column(name) {
        None => Err(InvalidRows::NoColumn {
            table: table.name(),
            column: name,
        }),
        Some(Column {
            ty: ColumnType::Json, ..
        }) => Err(InvalidRows::NotComparable {
            table: table.name(),
            column: name,
        }),
        Some(column) => Ok(column),
    }
}

fn check_width(table: &Table, values: &[Value], expected: usize) -> Result<(), InvalidRows> {
    if values.len() == expected {
        Ok(())
    } else {
        Err(InvalidRows::Width {
            table: table.name(),
            found: values.len(),
            expected,
        })
    }
}

fn within(what: &'static str, found: usize, limit: usize) -> Result<(), InvalidRows> {
    if found <= limit {
        Ok(())
    } else {
        Err(InvalidRows::Limit { what, found, limit })
    }
}
