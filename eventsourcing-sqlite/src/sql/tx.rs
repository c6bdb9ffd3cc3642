use std::fmt;
use std::ops::{Deref, DerefMut};

use eventsourcing_core::TenantId;
use eventsourcing_core::store::rows::Value;
use eventsourcing_core::store::sql::{SqlTable, SqlTx};
use sqlx::sqlite::SqliteRow;
use sqlx::{AssertSqlSafe, SqlSafeStr, SqlStr, SqliteConnection};

use super::driver::ask;
use super::lent::Lent;
use crate::rows::quoted;

/// A transaction of the store, for SQL of one's own: a connection of sqlx to its file.
///
/// ```
/// # use eventsourcing_core::store::sql::SqlTable;
/// use eventsourcing_sqlite::{SqliteTx, sqlx};
///
/// # const AUDIT: SqlTable = SqlTable {
/// #     name: eventsourcing_core::store::rows::TableName::from_static("audit"), version: std::num::NonZeroU32::MIN };
/// async fn note(tx: &mut SqliteTx, owner: &str) -> Result<(), sqlx::Error> {
///     let insert = tx.sql("insert into {} (owner) values (?)", [AUDIT]);
///     sqlx::query(insert).bind(owner).execute(&mut **tx).await?;
///     Ok(())
/// }
/// ```
///
/// It is begun and ended by the store, and nobody else writes to the file meanwhile. A savepoint is what its `begin()` makes; whoever
/// ends the transaction itself, by a statement `commit` or `rollback`, undoes it, and has failed. Foreign keys are checked.
pub struct SqliteTx {
    pub(super) lent: Lent,
    tenant: TenantId,
}

/// A table as statements name it: in quotes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TableRef(SqlTable);

/// A statement that is part of the program, in which nothing but names of tables was put.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sql(String);

impl SqliteTx {
    pub(super) fn new(lent: Lent, tenant: &TenantId) -> Self {
        Self {
            lent,
            tenant: tenant.clone(),
        }
    }

    /// Whose transaction it is. Tables are those of all tenants: what has to be told apart has a column for it.
    pub fn tenant(&self) -> &TenantId {
        &self.tenant
    }

    /// How statements name a table.
    pub fn table(&self, table: SqlTable) -> TableRef {
        TableRef(table)
    }

    /// A statement with the names of tables in place of `{}`, one after the other. Everything else is a parameter.
    pub fn sql<const TABLES: usize>(&self, text: &'static str, tables: [SqlTable; TABLES]) -> Sql {
        Sql(SqlTable::named_in(text, tables, |table| {
            self.table(table).to_string()
        }))
    }

    /// Sends a statement of the store.
    pub(super) async fn ask(
        &mut self,
        text: &str,
        parameters: &[Value],
    ) -> Result<Vec<SqliteRow>, sqlx::Error> {
        ask(self.lent.connection_mut(), text, parameters).await
    }
}

impl SqlTx for SqliteTx {
    const DATABASE: &'static str = "SQLite";
}

impl Deref for SqliteTx {
    type Target = SqliteConnection;

    fn deref(&self) -> &SqliteConnection {
        self.lent.connection()
    }
}

impl DerefMut for SqliteTx {
    fn deref_mut(&mut self) -> &mut SqliteConnection {
        self.lent.connection_mut()
    }
}

impl fmt::Debug for SqliteTx {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqliteTx")
            .field("tenant", &self.tenant)
            .finish_non_exhaustive()
    }
}

impl fmt::Display for TableRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&quoted(self.0))
    }
}

impl fmt::Display for Sql {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The text is part of the program, and the names were checked when it was compiled.
impl SqlSafeStr for Sql {
    fn into_sql_str(self) -> SqlStr {
        AssertSqlSafe(self.0).into_sql_str()
    }
}
