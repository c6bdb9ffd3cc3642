//! Statements about tables. Only names that have been checked when the program was compiled are written into them, in quotes;
//! every value is a parameter.

use std::fmt::{Display, Write};

use eventsourcing_core::store::rows::{Column, Direction, Predicate, ReadRows, Table, TableVersion, Value};

use super::value::sqlite_type;

/// A name that cannot hold a quote.
pub(crate) fn quoted(name: impl Display) -> String {
    format!("\"{name}\"")
}

/// The statements about one table. The first parameter of those with parameters is the tenant.
pub(crate) struct Statements(pub(crate) TableVersion);

impl Statements {
    pub(crate) fn create(&self) -> String {
        let table = self.0.table;
        let columns = table.columns().map(|column| {
            let Column { name, ty, nullable } = column;
            let rest = if *nullable { "" } else { " not null" };
            format!(", {} {}{rest}", quoted(name), sqlite_type(*ty))
        });
        format!(
            "create table {} (_tenant text not null{}, primary key (_tenant, {})) strict, without rowid",
            quoted(self.0.name()),
            columns.collect::<String>(),
            key_names(table)
        )
    }

    pub(crate) fn create_indexes(&self) -> impl Iterator<Item = String> {
        let table = self.0;
        table.table.indexes().iter().map(move |columns| {
            format!(
                "create index if not exists {} on {} (_tenant, {})",
                quoted(table.index_name(columns)),
                quoted(table.name()),
                list(columns.iter().map(quoted))
            )
        })
    }

    /// Puts a row, whose values are the further parameters.
    pub(crate) fn put(&self) -> String {
        let table = self.0.table;
        let updates = table
            .columns()
            .skip(table.key().len())
            .map(|column| format!("{0} = excluded.{0}", quoted(column.name)));
        let updates = list(updates);
        format!(
            "insert into {} (_tenant, {}) values (?{}) on conflict do {}{updates}",
            quoted(self.0.name()),
            all_names(table),
            ", ?".repeat(table.width()),
            if updates.is_empty() {
                "nothing"
            } else {
                "update set "
            },
        )
    }

    /// Removes the row with the key whose values are the further parameters.
    pub(crate) fn remove(&self) -> String {
        format!("delete from {} where {}", quoted(self.0.name()), self.has_key())
    }

    /// Finds the row with the key whose values are the further parameters.
    pub(crate) fn load(&self) -> String {
        format!(
            "select {} from {} where {}",
            all_names(self.0.table),
            quoted(self.0.name()),
            self.has_key()
        )
    }

    fn has_key(&self) -> String {
        let key = self.0.table.key().iter();
        let key = key.map(|column| format!(" and {} = ?", quoted(column.name)));
        format!("_tenant = ?{}", key.collect::<String>())
    }
}

/// A statement that finds rows, and its parameters after the tenant.
pub(crate) struct Selection<'r> {
    pub(crate) sql: String,
    pub(crate) parameters: Vec<&'r Value>,
}

impl<'r> Selection<'r> {
    pub(crate) fn of(read: &'r ReadRows) -> Self {
        let mut selection = Self {
            sql: format!(
                "select {} from {} where _tenant = ? and ",
                all_names(read.table.table),
                quoted(read.table.name())
            ),
            parameters: Vec::new(),
        };
        selection.predicate(&read.predicate());
        let order = read.sort_columns().into_iter().map(|sort| match sort.direction {
            Direction::Ascending => quoted(sort.column),
            Direction::Descending => quoted(sort.column) + " desc",
        });
        selection.push(&format!(" order by {} limit {}", list(order), read.limit));
        selection
    }

    fn push(&mut self, sql: &str) {
        self.sql.push_str(sql);
    }

    fn predicate(&mut self, predicate: &Predicate<'r>) {
        match predicate {
            Predicate::All(all) => self.joined(all, "true", " and "),
            Predicate::Any(any) => self.joined(any, "false", " or "),
            Predicate::IsNull(column) => self.push(&format!("{} is null", quoted(column))),
            Predicate::IsNotNull(column) => self.push(&format!("{} is not null", quoted(column))),
            Predicate::Compare(column, sign, value) => {
                self.push(&format!("{} {} ?", quoted(column), sign.as_str()));
                self.parameters.push(value);
            }
            Predicate::OneOf(column, values) => {
                self.push(&format!("{} in ({})", quoted(column), marks(values.len())));
                self.parameters.extend(values);
            }
            Predicate::Tuple(columns, sign, values) => {
                let columns = list(columns.iter().map(quoted));
                self.push(&format!(
                    "({columns}) {} ({})",
                    sign.as_str(),
                    marks(values.len())
                ));
                self.parameters.extend(values.iter());
            }
        }
    }

    fn joined(&mut self, predicates: &[Predicate<'r>], none: &str, conjunction: &str) {
        if predicates.is_empty() {
            return self.push(none);
        }
        self.push("(");
        for (at, predicate) in predicates.iter().enumerate() {
            if at > 0 {
                self.push(conjunction);
            }
            self.predicate(predicate);
        }
        self.push(")");
    }
}

fn all_names(table: &Table) -> String {
    list(table.columns().map(|column| quoted(column.name)))
}

fn key_names(table: &Table) -> String {
    list(table.key().iter().map(|column| quoted(column.name)))
}

fn marks(count: usize) -> String {
    list(std::iter::repeat_n("?", count))
}

fn list(items: impl IntoIterator<Item = impl Display>) -> String {
    let mut list = String::new();
    for item in items {
        let comma = if list.is_empty() { "" } else { ", " };
        // Writing to a string never fails.
        let _ = write!(list, "{comma}{item}");
    }
    list
}
