//! Few rights are enough, and even many do not make it easy to break the log.

use std::sync::Arc;

use eventsourcing_core::TenantId;
use eventsourcing_core::store::{ErrorClass, EventStore};
use eventsourcing_postgres::PostgresOptions;
use eventsourcing_postgres::tokio_postgres::error::SqlState;
use eventsourcing_testkit::conformance::Setup;
use eventsourcing_testkit::fixture::{append, event};
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
async fn a_role_that_may_only_select_can_still_append_through_the_function() {
    let server = Server::start().expect("a server");
    let owner = PostgresOptions::new(&server.url()).expect("an address");
    owner.connect().await.expect("the owner makes the store");
    let grants = "create role app login; \
                  grant usage on schema eventsourcing to app; \
                  grant select on all tables in schema eventsourcing to app";
    connect(&server.url())
        .await
        .batch_execute(grants)
        .await
        .expect("a role");
    let url = server.url().replace("postgres@", "app@");
    let store = PostgresOptions::new(&url)
        .expect("an address")
        .connect()
        .await
        .expect("the store opens");
    let log = store.tenant(&TenantId::DEFAULT).log;
    log.append(Arc::new(append([event("a.Happened", "a-1")])))
        .await
        .expect("it can write");
    let insert = "insert into eventsourcing.events select * from eventsourcing.events";
    connect(&url)
        .await
        .batch_execute(insert)
        .await
        .expect_err("but not past the function");
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
