use std::sync::Arc;
use std::time::Duration;

use eventsourcing::postgres::{PostgresOptions, PostgresStore};
use eventsourcing::store::sql::SqlTable;
use postgres_server::Server;
use sqlx::{Connection as _, PgConnection, PgPool};

pub use eventsourcing::postgres::{PgTx as Tx, sqlx};

pub const NAME: &str = "PostgreSQL";

/// Whoever is killed is soon taken for dead.
pub const LEASE: Duration = Duration::from_millis(200);

/// Takes its time.
pub const SLOW: &str = "select pg_sleep(60)";

/// After it, nothing can be committed.
pub const FATAL: &str = "select 1 / 0";

/// The server ends the connection.
pub async fn fail(tx: &mut Tx, _: SqlTable) -> Result<(), sqlx::Error> {
    let cut_off = sqlx::query("select pg_terminate_backend(pg_backend_pid())");
    cut_off.execute(&mut **tx).await.map(drop)
}

/// A server, connections for SQL on it, and the schema of a store.
pub struct Place {
    server: Arc<Server>,
    pub pool: PgPool,
    schema: String,
}

impl Place {
    pub async fn start() -> Self {
        let server = Arc::new(Server::start().unwrap());
        let pool = PgPool::connect(&server.url()).await.unwrap();
        let schema = "eventsourcing".to_owned();
        Self { server, pool, schema }
    }

    /// A store beside this one.
    pub fn beside(&self, schema: String) -> Self {
        Self {
            server: Arc::clone(&self.server),
            pool: self.pool.clone(),
            schema,
        }
    }

    /// As another process does.
    pub async fn open(&self) -> PostgresStore {
        let options = PostgresOptions::new(&self.server.url()).unwrap();
        let options = options.schema(&self.schema).unwrap();
        options.sql_pool(self.pool.clone()).connect().await.unwrap()
    }

    /// A connection that is nobody else's.
    pub async fn connect(&self) -> PgConnection {
        PgConnection::connect(&self.server.url()).await.unwrap()
    }

    pub async fn open_without_sql(&self) -> PostgresStore {
        PostgresStore::connect(&self.server.url()).await.unwrap()
    }

    /// What people find, with `{}` before each table.
    pub async fn ask(&self, text: &str, parameter: &str) -> Result<Vec<i64>, sqlx::Error> {
        let text = text.replace("{}", &format!("{}.", self.schema));
        let found = sqlx::query_scalar(sqlx::AssertSqlSafe(text)).bind(parameter);
        found.fetch_all(&self.pool).await
    }

    /// Somebody else makes a table.
    pub async fn make(&self, table: &str) {
        let make = format!("create table {}.{table} (n bigint)", self.schema);
        sqlx::query(sqlx::AssertSqlSafe(make))
            .execute(&self.pool)
            .await
            .unwrap();
    }

    /// How many tables have such names.
    pub async fn tables(&self, like: &str) -> i64 {
        let tables =
            "select count(*) from pg_tables where schemaname = 'eventsourcing' and tablename like $1";
        let tables = sqlx::query_scalar(tables).bind(like);
        tables.fetch_one(&self.pool).await.unwrap()
    }
}
