//! A schema of its own for each test.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use eventsourcing_core::store::EventStore;
use eventsourcing_core::uuid::Uuid;
use eventsourcing_postgres::tokio_postgres::{self, Client, NoTls};
use eventsourcing_postgres::{PostgresOptions, PostgresStore};
#[cfg(feature = "sqlx")]
use eventsourcing_testkit::conformance::RunSql;
use eventsourcing_testkit::conformance::Setup;
use tokio::time::timeout;

/// A schema that no other test uses. It is dropped by [`TestSchema::remove`], or with the server.
pub(crate) struct TestSchema {
    pub(crate) url: String,
    pub(crate) name: String,
}

impl TestSchema {
    pub(crate) fn new() -> Self {
        let url = std::env::var("DATABASE_URL").expect(
            "DATABASE_URL should name a PostgreSQL server; `./test` starts one, as does `postgres-server COMMAND`",
        );
        Self::at(url)
    }

    pub(crate) fn at(url: String) -> Self {
        Self {
            url,
            name: format!("t{}", &Uuid::now_v7().simple().to_string()[12..]),
        }
    }

    pub(crate) fn options(&self) -> PostgresOptions {
        let options = PostgresOptions::new(&self.url).expect("an address");
        options.schema(&self.name).expect("a schema name")
    }

    pub(crate) async fn open(&self) -> PostgresStore {
        self.options().connect().await.expect("the store should open")
    }

    /// A connection for the test itself.
    pub(crate) async fn client(&self) -> Client {
        connect(&self.url).await
    }
}

pub(crate) async fn connect(url: &str) -> Client {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await.expect("a connection");
    tokio::runtime::Handle::current().spawn(connection);
    client
}

#[async_trait]
impl Setup for TestSchema {
    async fn open(&self) -> Arc<dyn EventStore> {
        let options = self.options();
        #[cfg(feature = "sqlx")]
        let options = options.sql_pool(crate::sql::pool(&self.url));
        Arc::new(options.connect().await.expect("the store should open"))
    }

    #[cfg(feature = "sqlx")]
    fn sql(&self) -> Option<Arc<dyn RunSql>> {
        Some(Arc::new(crate::sql::OnPostgres))
    }

    async fn remove(&self) {
        let drop = format!("drop schema if exists \"{}\" cascade", self.name);
        self.client()
            .await
            .batch_execute(&drop)
            .await
            .expect("the schema should go");
    }
}

/// Asks until so many server processes wait for the lock.
pub(crate) async fn waiting_for_the_lock(schema: &TestSchema, processes: i64) {
    let client = schema.client().await;
    let count = format!(
        "select count(*) from pg_locks \
         where locktype = 'advisory' and not granted and objid = '{}.events'::regclass",
        schema.name
    );
    let asking = async {
        loop {
            let row = client.query_one(&count, &[]).await.expect("a count");
            if row.get::<_, i64>(0) >= processes {
                return;
            }
            tokio::task::yield_now().await;
        }
    };
    // So that a test fails, and does not hang, if nobody comes.
    timeout(Duration::from_mins(1), asking)
        .await
        .expect("they should come to the lock");
}
