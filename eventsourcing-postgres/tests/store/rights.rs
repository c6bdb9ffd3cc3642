//! Few rights are enough, and even many do not make it easy to break the log.

use std::num::NonZeroU32;
use std::sync::Arc;

use eventsourcing_core::TenantId;
use eventsourcing_core::store::{ErrorClass, EventStore, FeedFilter, ForgetSnapshots, ReadFeed, Settled};
use eventsourcing_postgres::tokio_postgres::error::SqlState;
use eventsourcing_postgres::{PostgresOptions, PostgresStore};
use eventsourcing_testkit::conformance::Setup;
use eventsourcing_testkit::fixture::{
    AppendExt, append, event, read, snapshot, snapshot_key, stream, tenant, whole,
};
use postgres_server::Server;

use crate::schema::{TestSchema, connect};

#[tokio::test]
async fn a_role_without_any_privileges_owns_its_store() {
    let server = Server::start().expect("a server");
    let admin = connect(&server.url()).await;
    admin
        .batch_execute("create role app login; create schema events authorization app")
        .await
        .expect("a role");
    let url = server.url().replace("postgres@", "app@");
    let options = || {
        PostgresOptions::new(&url)
            .expect("an address")
            .schema("events")
            .expect("a name")
    };
    let store = options()
        .connect()
        .await
        .expect("the owner of a schema can make a store in it");
    let log = store.tenant(&TenantId::DEFAULT).log;
    log.append(Arc::new(append([event("a.Happened", "a-1")])))
        .await
        .expect("and write to it");

    let denied = PostgresOptions::new(&url)
        .expect("an address")
        .schema("other")
        .expect("a name")
        .connect()
        .await;
    denied.expect_err("but not make a schema");
}

#[tokio::test]
async fn a_role_that_may_call_the_functions_writes_through_them_alone() {
    let server = Server::start().expect("a server");
    open(&server.url()).await;
    let grants = "grant execute on all functions in schema eventsourcing to app; \
                  revoke execute on function eventsourcing.keep_epoch from app";
    let url = role(&server, grants).await;
    let store = open(&url).await;
    let own = store.tenant(&TenantId::DEFAULT);
    let sent = Arc::new(append([event("a.Happened", "a-1")]));
    let appended = own.log.append(Arc::clone(&sent)).await.expect("it can write");
    let settled = own.log.settle(sent).await.expect("and settle");
    assert_eq!(settled, Settled::Present(appended));
    let page = own.log.read_feed(&ReadFeed::after(None)).await.expect("a page");
    let checkpoints = own.checkpoints;
    checkpoints
        .save("reader", page.scanned_to)
        .await
        .expect("and save");
    let moved = append([]).moving("reader", Some(page.scanned_to), page.scanned_to);
    own.log.append(Arc::new(moved)).await.expect("and move readers");
    checkpoints.forget("reader").await.expect("and forget");
    let snapshots = own.snapshots;
    snapshots
        .save(&snapshot("a-1", 1), NonZeroU32::MIN)
        .await
        .expect("and take snapshots");
    let of_stream = ForgetSnapshots::OfStream(stream("a-1"));
    snapshots.forget(&of_stream).await.expect("and forget them");
    let log = store.tenant(&tenant("fresh")).log;
    log.append(Arc::new(append([event("a.Happened", "a-1")])))
        .await
        .expect("for any tenant");
    denied(
        &url,
        &[
            "insert into eventsourcing.events select * from eventsourcing.events",
            "select eventsourcing.keep_epoch()",
        ],
    )
    .await;
}

#[tokio::test]
async fn a_role_that_may_only_read_changes_nothing() {
    let server = Server::start().expect("a server");
    let owner = open(&server.url()).await.tenant(&TenantId::DEFAULT);
    let happened = || Arc::new(append([event("a.Happened", "a-1")]));
    owner.log.append(happened()).await.expect("the owner writes");
    let grants = "grant execute on function eventsourcing.open_store, eventsourcing.version_at, eventsourcing.readable to app";
    let url = role(&server, grants).await;
    let tenant = open(&url).await.tenant(&TenantId::DEFAULT);

    let of_stream = FeedFilter {
        streams: Some(vec![stream("a-1")]),
        ..FeedFilter::ALL
    };
    for filter in [FeedFilter::ALL, of_stream] {
        let mut read = ReadFeed::after(None);
        read.filter = filter;
        let page = tenant.log.read_feed(&read).await.expect("a page");
        assert_eq!(page.events.len(), 1);
    }
    let found = tenant.log.read_streams(&read([whole("a-1")])).await;
    assert_eq!(found.expect("the stream").slices[0].head.get(), 1);
    assert_eq!(
        tenant.checkpoints.load("reader").await.expect("it can look"),
        None
    );
    let snapshots = [snapshot_key("a-1")];
    assert_eq!(
        tenant.snapshots.load(&snapshots).await.expect("it can look"),
        [None]
    );
    tenant
        .snapshots
        .save(&snapshot("a-1", 1), NonZeroU32::MIN)
        .await
        .expect_err("no snapshot");
    let people = connect(&url).await;
    people
        .query_one("select payload from eventsourcing.log", &[])
        .await
        .expect("people can look");

    let refused = tenant.log.append(happened()).await.expect_err("no write");
    assert_eq!(
        refused.to_string(),
        "the database refuses: the rights are missing"
    );
    tenant.log.settle(happened()).await.expect_err("no settling");
    let end = tenant
        .log
        .read_feed(&ReadFeed::after(None))
        .await
        .expect("a page")
        .scanned_to;
    tenant
        .checkpoints
        .save("reader", end)
        .await
        .expect_err("no saving");
    tenant
        .checkpoints
        .forget("reader")
        .await
        .expect_err("no forgetting");
    denied(
        &url,
        &[
            "select eventsourcing.keep_epoch()",
            "select eventsourcing.lock_log()",
        ],
    )
    .await;
}

#[tokio::test]
async fn nobody_may_call_anything_unless_the_owner_says_so() {
    let schema = TestSchema::new();
    schema.open().await;
    let granted = "select proname::text from pg_proc \
                   where pronamespace = $1::text::regnamespace and has_function_privilege('public', oid, 'execute')";
    let rows = schema.client().await.query(granted, &[&schema.name]).await;
    let granted: Vec<String> = rows.expect("functions").iter().map(|row| row.get(0)).collect();
    assert_eq!(granted, Vec::<String>::new());
    Setup::remove(&schema).await;
}

#[tokio::test]
async fn events_are_written_by_the_function_alone_and_never_changed() {
    let schema = TestSchema::new();
    let log = schema.open().await.tenant(&TenantId::DEFAULT).log;
    let linked = event("a.Happened", "a-1");
    log.append(Arc::new(append([linked]))).await.expect("an event");
    let client = schema.client().await;
    for statement in [
        "insert into {}.events select * from {}.events",
        "update {}.events set payload = ''",
        "delete from {}.events",
        "truncate {}.events",
        "delete from {}.links",
    ] {
        let refused = client.batch_execute(&statement.replace("{}", &schema.name)).await;
        let refused = refused.expect_err(statement);
        assert_eq!(
            refused.code().map(SqlState::code),
            Some("ES003"),
            "{statement}: {refused:?}"
        );
    }
    Setup::remove(&schema).await;
}

#[tokio::test]
async fn a_read_only_database_is_told_apart_from_a_broken_one() {
    let schema = TestSchema::new();
    schema.open().await;
    let options = "-c default_transaction_read_only=on";
    let url = format!(
        "{}?options={}",
        schema.url,
        options.replace(' ', "%20").replace('=', "%3D")
    );
    let options = PostgresOptions::new(&url)
        .expect("an address")
        .schema(&schema.name)
        .expect("a name");
    let log = options
        .connect()
        .await
        .expect("it can be opened")
        .tenant(&TenantId::DEFAULT)
        .log;
    let refused = log
        .append(Arc::new(append([event("a.Happened", "a-1")])))
        .await
        .expect_err("it is read-only");
    assert_eq!(
        (refused.class(), refused.to_string().as_str()),
        (ErrorClass::Retry, "the database is read-only")
    );
    Setup::remove(&schema).await;
}

/// A role that may read the tables, and what else is granted to `app`. Gives its address.
async fn role(server: &Server, grants: &str) -> String {
    let make = format!(
        "create role app login; grant usage on schema eventsourcing to app; \
         grant select on all tables in schema eventsourcing to app; {grants}"
    );
    let admin = connect(&server.url()).await;
    admin.batch_execute(&make).await.expect("a role");
    server.url().replace("postgres@", "app@")
}

async fn denied(url: &str, statements: &[&str]) {
    let client = connect(url).await;
    for statement in statements {
        let refused = client.batch_execute(statement).await.expect_err(statement);
        assert_eq!(
            refused.code(),
            Some(&SqlState::INSUFFICIENT_PRIVILEGE),
            "{statement}"
        );
    }
}

async fn open(url: &str) -> PostgresStore {
    let options = PostgresOptions::new(url).expect("an address");
    options.connect().await.expect("the store opens")
}
