//! The store keeps the whole contract through a PgBouncer that pools transactions, with two connections to the server.

use std::sync::Arc;

use async_trait::async_trait;
use eventsourcing_core::store::EventStore;
use eventsourcing_postgres::PostgresOptions;
use eventsourcing_postgres::tokio_postgres::Config;
use eventsourcing_postgres::tokio_postgres::config::Host;
use eventsourcing_testkit::conformance::Setup;
use postgres_server::PgBouncer;
use tokio::task::JoinSet;

use crate::schema::TestSchema;

eventsourcing_testkit::conformance!(Pooled::start());

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_programs_open_the_store_at_the_same_time() {
    let pooled = Arc::new(Pooled::start());
    let mut opening = JoinSet::new();
    for _ in 0..16 {
        let options = pooled.options();
        opening.spawn(async move { options.connect().await.map(drop) });
    }
    for opened in opening.join_all().await {
        opened.expect("the store should open");
    }
    pooled.remove().await;
}

/// A schema that is reached through a PgBouncer of its own, or directly where none is installed.
struct Pooled {
    schema: TestSchema,
    pgbouncer: Option<PgBouncer>,
}

impl Pooled {
    #[expect(
        clippy::print_stderr,
        reason = "whoever runs the tests has to know what is left out"
    )]
    fn start() -> Self {
        let schema = TestSchema::new();
        if !PgBouncer::is_installed() {
            eprintln!("NOT TESTED through PgBouncer, which is missing: install Debian's package `pgbouncer`");
            return Self {
                schema,
                pgbouncer: None,
            };
        }
        let server: Config = schema.url.parse().expect("an address");
        let host = match server.get_hosts().first() {
            Some(Host::Tcp(host)) => host.clone(),
            other => panic!("PgBouncer needs a host to connect to, not {other:?}"),
        };
        let port = server.get_ports().first().copied().unwrap_or(5432);
        let user = server.get_user().unwrap_or("postgres");
        let password = server
            .get_password()
            .map(String::from_utf8_lossy)
            .unwrap_or_default();
        let pgbouncer = PgBouncer::start(&host, port, user, &password).expect("a PgBouncer");
        Self {
            schema,
            pgbouncer: Some(pgbouncer),
        }
    }

    fn options(&self) -> PostgresOptions {
        let Some(pgbouncer) = &self.pgbouncer else {
            return self.schema.options();
        };
        let server: Config = self.schema.url.parse().expect("an address");
        let database = server.get_dbname().unwrap_or("postgres");
        let url = format!("postgres://pooled@127.0.0.1:{}/{database}", pgbouncer.port());
        let options = PostgresOptions::new(&url).expect("an address");
        options
            .schema(&self.schema.name)
            .expect("a schema name")
            .through_pgbouncer()
    }
}

#[async_trait]
impl Setup for Pooled {
    async fn open(&self) -> Arc<dyn EventStore> {
        Arc::new(self.options().connect().await.expect("the store should open"))
    }

    async fn remove(&self) {
        self.schema.remove().await;
    }
}
