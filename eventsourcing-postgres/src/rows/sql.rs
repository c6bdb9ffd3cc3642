//! Statements about tables. Only names that have been checked when the program was compiled are written into them, in quotes;
//! every value is a parameter.

use std::fmt::{Display, Write};

use eventsourcing_core::store::rows::{Column, ColumnType, Table, TableVersion};

use super::value::{array_type, postgres_type};
use crate::SchemaName;

/// A name that cannot hold a quote.
pub(super) fn quoted(name: impl Display) -> String {
    format!("\"{name}\"")
}

/// A name in the schema of the store.
pub(super) fn qualified(schema: &SchemaName, name: impl Display) -> String {
    format!("\"{schema}\".\"{name}\"")
}

/// A table as statements name it.
pub(super) struct TableSql<'s> {
    pub(super) schema: &'s SchemaName,
    pub(super) version: TableVersion,
}

impl TableSql<'_> {
    fn table(&self) -> &'static Table {
        self.version.table
    }

    pub(super) fn name(&self) -> String {
        qualified(self.schema, self.version.name())
    }

    pub(super) fn create(&self) -> String {
        let columns = self.table().columns().map(|column| {
            let Column { name, ty, nullable } = column;
            let rest = if *nullable { "" } else { " not null" };
            format!(", {} {}{rest}", quoted(name), postgres_type(*ty))
        });
        format!(
            "create table {} (_tenant integer not null{}, primary key (_tenant, {}));",
            self.name(),
            columns.collect::<String>(),
            list(self.table().key().iter().map(|column| quoted(column.name)))
        )
    }

    /// The names of its indexes, and how they are made. Null comes first, as in every order.
    pub(super) fn indexes(&self) -> impl Iterator<Item = (String, String)> {
        self.table().indexes().iter().map(|columns| {
            let name = self.version.index_name(columns);
            let create = format!(
                "create index {} on {} (_tenant, {})",
                quoted(&name),
                self.name(),
                list(columns.iter().map(|column| quoted(column) + " nulls first"))
            );
            (name, create)
        })
    }

    /// Puts rows, which are columns of `given`; `$1` is the tenant.
    pub(super) fn put(&self, given: &str) -> String {
        let table = self.table();
        let columns = list(table.columns().map(|column| quoted(column.name)));
        let values = table.columns().enumerate().map(|(at, column)| {
            let cast = if column.ty == ColumnType::Json {
                "::json"
            } else {
                ""
            };
            format!("r.c{at}{cast}")
        });
        let key = list(table.key().iter().map(|column| quoted(column.name)));
        let updates = table.columns().skip(table.key().len());
        let updates = list(updates.map(|column| format!("{0} = excluded.{0}", quoted(column.name))));
        let action = if updates.is_empty() {
            "nothing".to_owned()
        } else {
            format!("update set {updates}")
        };
        format!(
            "insert into {} (_tenant, {columns}) select $1, {} from {given} where m.moved \
                 on conflict (_tenant, {key}) do {action}",
            self.name(),
            list(values)
        )
    }

    /// Removes the rows with the keys that are columns of `given`; `$1` is the tenant.
    pub(super) fn remove(&self, given: &str) -> String {
        format!(
            "delete from {name} t using {given}, lateral (select t.ctid from {name} t where {key} offset 0) found \
              where m.moved and t.ctid = found.ctid",
            name = self.name(),
            key = self.has_key()
        )
    }

    /// Finds the rows with the keys that are columns of `given`, with the number of each key; `$1` is the tenant.
    pub(super) fn load(&self, given: &str) -> String {
        format!(
            "select r.n, {} from {given}, lateral (select * from {} t where {} offset 0) found",
            self.values("found."),
            self.name(),
            self.has_key()
        )
    }

    /// All columns of a row, as they are read.
    pub(super) fn values(&self, prefix: &str) -> String {
        list(self.table().columns().map(|column| {
            let cast = if column.ty == ColumnType::Json {
                "::text"
            } else {
                ""
            };
            format!("{prefix}{}{cast}", quoted(column.name))
        }))
    }

    /// Each key is sought on its own, which `offset 0` sees to: to a planner that knows nothing of the table yet, it seems as good to
    /// go through all rows for each.
    fn has_key(&self) -> String {
        let key = self.table().key().iter().enumerate();
        let key = key.map(|(at, column)| format!(" and t.{} = r.c{at}", quoted(column.name)));
        format!("t._tenant = $1{}", key.collect::<String>())
    }
}

/// The parameters from this one on, an array for each of these columns, as one table.
pub(super) fn arrays(columns: &[&Column], first: usize) -> String {
    let arrays = columns.iter().zip(first..);
    list(arrays.map(|(column, number)| format!("${number}::{}", array_type(column.ty))))
}

/// Names for so many columns of such a table.
pub(super) fn column_names(count: usize) -> String {
    list((0..count).map(|at| format!("c{at}")))
}

pub(super) fn list(items: impl IntoIterator<Item = impl Display>) -> String {
    let mut list = String::new();
    for item in items {
        let comma = if list.is_empty() { "" } else { ", " };
        // Writing to a string never fails.
        let _ = write!(list, "{comma}{item}");
    }
    list
}
