//! Rows lie in tables of the schema, where people look at them through views; what is lost on the way is written once or not.

use std::sync::Arc;

use eventsourcing_core::TenantId;
use eventsourcing_core::store::rows::{Place, PrepareError, RowStore, TableRefused, Value, WriteRows};
use eventsourcing_core::store::{Checkpoint, ErrorClass, EventStore, ReadFeed, TenantStore};
use eventsourcing_postgres::PostgresOptions;
use eventsourcing_postgres::tokio_postgres::Client;
use eventsourcing_testkit::conformance::Setup;
use eventsourcing_testkit::fixture::rows::{BALANCES, READER, balances, first, key, put, row};
use eventsourcing_testkit::fixture::{append, event, tenant};
use postgres_server::Server;

use crate::proxy::{Lose, Proxy};
use crate::schema::{TestSchema, connect};

/// Prepares the first version; gives the end of a log of one event.
async fn prepared(tenant: &TenantStore) -> Checkpoint {
    let happened = append([event("a.Happened", "a-1")]);
    tenant.log.append(Arc::new(happened)).await.expect("an event");
    tenant
        .rows
        .prepare(&balances(1))
        .await
        .expect("it can be prepared");
    let page = tenant.log.read_feed(&ReadFeed::after(None)).await;
    page.expect("a page").scanned_to
}

async fn balance(rows: &dyn RowStore, account: &str) -> Option<Value> {
    let loaded = rows.load(first(&BALANCES), &[key(account)]).await;
    loaded
        .expect("rows are readable")
        .remove(0)
        .map(|row| row[2].clone())
}

#[tokio::test]
async fn people_see_the_active_version() {
    let schema = TestSchema::new();
    let ours = schema.open().await.tenant(&tenant("ours"));
    let end = prepared(&ours).await;
    let write = put(Place::START, end, vec![row("1", "alice", 7)]);
    ours.rows.write(Arc::new(write)).await.expect("a row");
    let people = schema.client().await;
    let balance = Some(("ours".to_owned(), "alice".to_owned(), 7));
    ours.rows
        .activate(&balances(1).projection)
        .await
        .expect("prepared");
    assert_eq!(seen(&people, &schema).await, balance);
    ours.rows.prepare(&balances(2)).await.expect("a second version");
    assert_eq!(seen(&people, &schema).await, balance, "it is not active yet");
    ours.rows
        .activate(&balances(2).projection)
        .await
        .expect("prepared");
    assert_eq!(seen(&people, &schema).await, None);
    ours.rows
        .activate(&balances(1).projection)
        .await
        .expect("prepared");
    assert_eq!(seen(&people, &schema).await, balance);
    ours.rows
        .drop_version(&balances(1).projection)
        .await
        .expect("dropped");
    let left = people
        .query_one(
            "select count(*) from pg_class where relnamespace = $1::text::regnamespace \
             and relname in ('balances', 'balances_v1', 'closed', 'closed_v1')",
            &[&schema.name],
        )
        .await;
    assert_eq!(left.expect("a count").get::<_, i64>(0), 0);
    Setup::remove(&schema).await;
}

async fn seen(people: &Client, schema: &TestSchema) -> Option<(String, String, i64)> {
    let look = format!(
        "select _tenant_name, owner, balance from {}.balances",
        schema.name
    );
    let rows = people.query(&look, &[]).await.expect("there is a view");
    rows.first().map(|row| (row.get(0), row.get(1), row.get(2)))
}

#[tokio::test]
async fn a_table_of_somebody_else_is_left_alone() {
    for name in ["balances", "balances_v1"] {
        let schema = TestSchema::new();
        let rows = schema.open().await.tenant(&TenantId::DEFAULT).rows;
        let make = format!("create table {}.{name} (own text)", schema.name);
        schema.client().await.batch_execute(&make).await.expect("a table");
        let refused = rows.prepare(&balances(1)).await.expect_err("the name is taken");
        let taken = matches!(
            refused,
            PrepareError::Table {
                refused: TableRefused::NameTaken,
                ..
            }
        );
        assert!(taken, "{refused:?}");
        Setup::remove(&schema).await;
    }
}

#[tokio::test]
async fn a_write_whose_outcome_is_unknown_is_written_once() {
    let schema = TestSchema::new();
    let end = prepared(&schema.open().await.tenant(&TenantId::DEFAULT)).await;
    let proxy = Proxy::start(&schema.url).await;
    let options = PostgresOptions::new(&proxy.url(&schema.url)).expect("an address");
    let options = options.schema(&schema.name).expect("a name").without_notify();
    let store = options.connect().await.expect("a store");
    let rows = store.tenant(&TenantId::DEFAULT).rows;
    let mut from = Place::START;
    for (what, written) in [(Lose::Request, None), (Lose::Answer, Some(Value::Integer(1)))] {
        let write: Arc<WriteRows> = Arc::new(put(from, end, vec![row("a-1", "alice", 1)]));
        proxy.lose(what, "a-1");
        let lost = rows
            .write(Arc::clone(&write))
            .await
            .expect_err("the connection is lost");
        assert_eq!(lost.class(), ErrorClass::UnknownOutcome, "{lost:?}");
        from = rows.place(READER).await.expect("there is a new connection");
        assert_eq!(from.writes, u64::from(written.is_some()));
        assert_eq!(balance(&*rows, "a-1").await, written);
    }
    let again = rows.write(Arc::new(put(Place::START, end, vec![]))).await;
    assert_eq!(again.expect_err("it was written").class(), ErrorClass::Overtaken);
    Setup::remove(&schema).await;
}

#[tokio::test]
async fn a_write_waits_for_one_under_way_and_not_for_appends() {
    let schema = TestSchema::new();
    let tenant = schema.open().await.tenant(&TenantId::DEFAULT);
    let end = prepared(&tenant).await;
    let from = tenant.rows.write(Arc::new(put(Place::START, end, vec![]))).await;
    let from = from.expect("the first write");
    let mut client = schema.client().await;
    let others = client.transaction().await.expect("a transaction");
    let lock = format!("set search_path to {}; select lock_log()", schema.name);
    others.batch_execute(&lock).await.expect("the lock of appends");
    let place = tenant
        .rows
        .write(Arc::new(put(from, end, vec![row("1", "alice", 1)])))
        .await;
    let from = place.expect("nobody writes rows");
    let touch = format!("update {}.checkpoints set writes = writes + 1", schema.name);
    others
        .batch_execute(&touch)
        .await
        .expect("the place of the reader");
    let waiting = tenant
        .rows
        .write(Arc::new(put(from, end, vec![row("1", "alice", 2)])));
    let (waited, committed) = tokio::join!(waiting, others.commit());
    committed.expect("the other is done");
    assert_eq!(
        waited.expect_err("the other was first").class(),
        ErrorClass::Overtaken
    );
    assert_eq!(balance(&*tenant.rows, "1").await, Some(Value::Integer(1)));
    Setup::remove(&schema).await;
}

#[tokio::test]
async fn a_role_that_owns_nothing_but_its_schema_has_projections() {
    let server = Server::start().expect("a server");
    let admin = connect(&server.url()).await;
    admin
        .batch_execute("create role app login; create schema events authorization app")
        .await
        .expect("a role");
    let options = PostgresOptions::new(&server.url().replace("postgres@", "app@")).expect("an address");
    let store = options.schema("events").expect("a name").connect().await;
    let tenant = store.expect("a store").tenant(&TenantId::DEFAULT);
    let end = prepared(&tenant).await;
    let write = put(Place::START, end, vec![row("1", "alice", 1)]);
    tenant.rows.write(Arc::new(write)).await.expect("a row");
    tenant
        .rows
        .drop_version(&balances(1).projection)
        .await
        .expect("dropped");
}

#[tokio::test]
async fn a_role_that_may_write_runs_what_the_owner_has_prepared() {
    let server = Server::start().expect("a server");
    let open = async |url: &str| {
        let store = PostgresOptions::new(url).expect("an address").connect().await;
        store.expect("a store").tenant(&TenantId::DEFAULT)
    };
    let end = prepared(&open(&server.url()).await).await;
    let admin = connect(&server.url()).await;
    let grants = "create role app login; grant usage on schema eventsourcing to app; \
                  grant select on all tables in schema eventsourcing to app; \
                  grant execute on all functions in schema eventsourcing to app; \
                  grant insert, update, delete on eventsourcing.balances_v1 to app";
    admin.batch_execute(grants).await.expect("a role");
    let tenant = open(&server.url().replace("postgres@", "app@")).await;
    tenant
        .rows
        .prepare(&balances(1))
        .await
        .expect("there is nothing to do");
    for balance in [1, 2] {
        let from = tenant.rows.place(READER).await.expect("a place");
        let write = put(from, end, vec![row("1", "alice", balance)]);
        tenant.rows.write(Arc::new(write)).await.expect("a row");
    }
    let denied = tenant.rows.prepare(&balances(2)).await;
    denied.expect_err("it may not make tables");
}
