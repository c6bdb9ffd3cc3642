use std::fmt;
use std::ops::{Deref, DerefMut};
use std::sync::Arc;
use std::time::Duration;

use eventsourcing_core::TenantId;
use eventsourcing_core::store::StoreError;
use eventsourcing_core::store::sql::{InlineTx, SqlTable, SqlTx};
use sqlx::postgres::{PgArguments, PgRow};
use sqlx::{AssertSqlSafe, PgConnection, PgTransaction, SqlSafeStr, SqlStr};
use tokio_postgres::types::{ToSql, Type};

use super::PostgresSql;
use super::driver::arguments;
use super::fault::nothing_done;
use crate::SchemaName;
use crate::store::Shared;
use crate::tenant::Tenant;

/// A transaction of the store, for SQL of one's own: a connection of sqlx.
///
/// ```
/// # use eventsourcing_core::store::sql::SqlTable;
/// use eventsourcing_postgres::{PgTx, sqlx};
///
/// # const AUDIT: SqlTable = SqlTable {
/// #     name: eventsourcing_core::store::rows::TableName::from_static("audit"), version: std::num::NonZeroU32::MIN };
/// async fn note(tx: &mut PgTx, owner: &str) -> Result<(), sqlx::Error> {
///     let insert = tx.sql("insert into {} (owner) values ($1)", [AUDIT]);
///     sqlx::query(insert).bind(owner).execute(&mut **tx).await?;
///     Ok(())
/// }
/// ```
///
/// It is begun and ended by the store. A savepoint is what its `begin()` makes; whoever ends the transaction itself, by a statement
/// `commit` or `rollback`, gives up that everything has its effect once.
pub struct PgTx {
    transaction: PgTransaction<'static>,
    shared: Arc<Shared>,
    tenant: Arc<Tenant>,
}

/// A table as statements name it: with its schema, and in quotes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableRef {
    schema: SchemaName,
    table: SqlTable,
}

/// A statement that is part of the program, in which nothing but names of tables was put.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sql(String);

/// How long it is waited for a transaction to be undone that is of no use any more.
const ROLLING_BACK: Duration = Duration::from_secs(1);

impl PostgresSql {
    /// Begins a transaction in which the database ends statements that take longer than so long, and what waits for longer.
    ///
    /// `BEGIN` of sqlx is not safe to cancel (as of 0.9.0): it is awaited by a task of its own, whoever waits for that.
    pub(super) async fn begin(&self, limit: Duration) -> Result<PgTx, StoreError> {
        let (pool, millis) = (
            self.pool.clone(),
            limit.as_millis().clamp(1, i32::MAX.cast_unsigned().into()),
        );
        let begin = format!(
            "begin isolation level read committed; set local statement_timeout = {millis}; \
             set local idle_in_transaction_session_timeout = {millis}"
        );
        let beginning = async move { pool.begin_with(AssertSqlSafe(begin)).await };
        let begun = self.shared.connector.runtime().spawn(beginning).await;
        let begun =
            begun.map_err(|died| StoreError::broken("a transaction could not be begun").caused_by(died))?;
        Ok(PgTx {
            transaction: begun.map_err(nothing_done)?,
            shared: Arc::clone(&self.shared),
            tenant: Arc::clone(&self.tenant),
        })
    }
}

impl PgTx {
    /// Whose transaction it is. Tables are those of all tenants: what has to be told apart has a column for it.
    pub fn tenant(&self) -> &TenantId {
        &self.tenant.id
    }

    /// How statements name a table.
    pub fn table(&self, table: SqlTable) -> TableRef {
        TableRef {
            schema: self.shared.schema.clone(),
            table,
        }
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
        parameters: &[(&(dyn ToSql + Sync), Type)],
    ) -> Result<Vec<PgRow>, sqlx::Error> {
        let arguments = arguments(parameters).map_err(sqlx::Error::Encode)?;
        self.ask_with(text, arguments, false).await
    }

    /// Sends a statement of the store that comes again.
    pub(super) async fn ask_often(
        &mut self,
        text: &str,
        parameters: &[(&(dyn ToSql + Sync), Type)],
    ) -> Result<Vec<PgRow>, sqlx::Error> {
        let arguments = arguments(parameters).map_err(sqlx::Error::Encode)?;
        self.ask_with(text, arguments, true).await
    }

    pub(super) async fn ask_with(
        &mut self,
        text: &str,
        arguments: PgArguments,
        is_kept: bool,
    ) -> Result<Vec<PgRow>, sqlx::Error> {
        let query = sqlx::query_with(AssertSqlSafe(text.to_owned()), arguments).persistent(is_kept);
        query.fetch_all(&mut *self.transaction).await
    }

    pub(super) async fn commit(self) -> Result<(), sqlx::Error> {
        self.transaction.commit().await
    }

    /// Undoes everything. Says whether the connection is of any use.
    pub(super) async fn roll_back(self) -> bool {
        match tokio::time::timeout(ROLLING_BACK, self.transaction.rollback()).await {
            Ok(rolled_back) => rolled_back.is_ok(),
            // It still works on what was given up. The pool looks after it.
            Err(_) => true,
        }
    }
}

impl SqlTx for PgTx {
    const DATABASE: &'static str = "PostgreSQL";
}

impl InlineTx for PgTx {}

impl Deref for PgTx {
    type Target = PgConnection;

    fn deref(&self) -> &PgConnection {
        &self.transaction
    }
}

impl DerefMut for PgTx {
    fn deref_mut(&mut self) -> &mut PgConnection {
        &mut self.transaction
    }
}

impl fmt::Debug for PgTx {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PgTx")
            .field("tenant", self.tenant())
            .finish_non_exhaustive()
    }
}

impl fmt::Display for TableRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Neither name can hold a quote.
        write!(f, "\"{}\".\"{}\"", self.schema, self.table)
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
