use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use eventsourcing::sqlite::SqliteStore;
use eventsourcing::store::sql::SqlTable;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{Connection as _, SqliteConnection};
use tempfile::TempDir;

pub use eventsourcing::sqlite::{SqliteTx as Tx, sqlx};

pub const NAME: &str = "SQLite";

/// Whoever is killed is soon taken for dead.
pub const LEASE: Duration = Duration::from_millis(800);

/// Takes its time.
pub const SLOW: &str =
    "with recursive n(i) as (select 1 union all select i + 1 from n) select count(*) from n";

/// After it, nothing can be committed.
pub const FATAL: &str = "rollback";

/// There is no more room.
pub async fn fail(tx: &mut Tx, table: SqlTable) -> Result<(), sqlx::Error> {
    let no_more = sqlx::query("pragma max_page_count = 1");
    no_more.execute(&mut **tx).await?;
    let fill = tx.sql("insert into {} (account) values (zeroblob(10000000))", [table]);
    sqlx::query(fill).execute(&mut **tx).await.map(drop)
}

/// A folder, and the file of a store in it.
pub struct Place {
    folder: Arc<TempDir>,
    name: String,
}

impl Place {
    #[expect(clippy::unused_async, reason = "on other databases it takes longer")]
    pub async fn start() -> Self {
        let folder = Arc::new(TempDir::new().unwrap());
        let name = "eventsourcing".to_owned();
        Self { folder, name }
    }

    /// A store beside this one.
    pub fn beside(&self, name: String) -> Self {
        Self {
            folder: Arc::clone(&self.folder),
            name,
        }
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join(&self.name)
    }

    /// As another process does.
    pub async fn open(&self) -> SqliteStore {
        SqliteStore::open(self.file()).await.unwrap()
    }

    /// A connection that is nobody else's.
    pub async fn connect(&self) -> SqliteConnection {
        let options = SqliteConnectOptions::new().filename(self.file());
        SqliteConnection::connect_with(&options).await.unwrap()
    }

    /// What people find, with `{}` before each table.
    pub async fn ask(&self, text: &str, parameter: &str) -> Result<Vec<i64>, sqlx::Error> {
        let found = sqlx::query_scalar(sqlx::AssertSqlSafe(text.replace("{}", ""))).bind(parameter);
        found.fetch_all(&mut self.connect().await).await
    }

    /// Somebody else makes a table.
    pub async fn make(&self, table: &str) {
        let make = sqlx::query(sqlx::AssertSqlSafe(format!("create table {table} (n bigint)")));
        make.execute(&mut self.connect().await).await.unwrap();
    }

    /// How many tables have such names.
    pub async fn tables(&self, like: &str) -> i64 {
        let tables = "select count(*) from {}sqlite_schema where type = 'table' and name like $1";
        self.ask(tables, like).await.unwrap().remove(0)
    }
}
