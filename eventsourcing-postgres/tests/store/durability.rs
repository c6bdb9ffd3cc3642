//! When an append is acknowledged, and for how long it waits.

use std::sync::Arc;

use eventsourcing_core::TenantId;
use eventsourcing_core::store::EventStore;
use eventsourcing_postgres::tokio_postgres::Client;
use eventsourcing_postgres::{PostgresOptions, SynchronousCommit};
use eventsourcing_testkit::conformance::Setup;
use eventsourcing_testkit::fixture::{append, event, tenant};
use postgres_server::Server;

use crate::schema::TestSchema;

#[tokio::test]
async fn appends_are_committed_as_synchronously_as_was_asked_for_and_numbers_for_good() {
    let schema = TestSchema::new();
    schema.open().await;
    let client = noting(&schema, "synchronous_commit").await;
    let note_tenants =
        "create trigger note after insert on tenants for each statement execute function note()";
    client.batch_execute(note_tenants).await.expect("a trigger");
    for mode in [SynchronousCommit::Off, SynchronousCommit::RemoteWrite] {
        let store = schema.options().synchronous_commit(mode).connect().await;
        let log = store.expect("a store").tenant(&TenantId::DEFAULT).log;
        for _ in 0..2 {
            log.append(Arc::new(append([event("a.Happened", "a-1")])))
                .await
                .expect("appended");
        }
    }
    // The first of all brings an event type, which gets a number.
    assert_eq!(
        noted(&client).await,
        ["local", "off", "remote_write", "remote_write"]
    );

    let url = format!("{}?options=-c%20synchronous_commit%3Doff", schema.url);
    let options = PostgresOptions::new(&url).expect("an address");
    let store = options.schema(&schema.name).expect("a name").connect().await;
    let fresh = tenant("fresh");
    let log = store.expect("a store").tenant(&fresh).log;
    for _ in 0..2 {
        log.append(Arc::new(append([event("a.Happened", "a-1")])))
            .await
            .expect("appended");
    }
    // A tenant, an event type, and nothing new.
    assert_eq!(noted(&client).await, ["local", "local", "off"]);
    Setup::remove(&schema).await;
}

#[tokio::test]
async fn a_store_is_durable_if_it_waits_for_the_disk() {
    let server = Server::start().expect("a server");
    let options = || PostgresOptions::new(&server.url()).expect("an address");
    let by_default = |setting| {
        let url = format!("{}?options=-c%20synchronous_commit%3D{setting}", server.url());
        PostgresOptions::new(&url).expect("an address")
    };
    for (options, is_durable) in [
        (options(), true),
        (options().synchronous_commit(SynchronousCommit::Local), true),
        (options().synchronous_commit(SynchronousCommit::Off), false),
        (by_default("local"), true),
        (by_default("off"), false),
        (by_default("off").synchronous_commit(SynchronousCommit::On), true),
    ] {
        let store = options.connect().await.expect("a store");
        assert_eq!(store.capabilities().durable, is_durable);
    }
    let careless = Server::start_with(&["fsync=off"]).expect("a server");
    let options = PostgresOptions::new(&careless.url()).expect("an address");
    assert!(!options.connect().await.expect("a store").capabilities().durable);
}

#[tokio::test]
async fn an_append_waits_for_the_lock_of_all_writes_for_half_a_minute_if_nothing_else_is_said() {
    let schema = TestSchema::new();
    schema.open().await;
    let client = noting(&schema, "lock_timeout").await;
    let pooled = schema.options().through_pgbouncer();
    let url = format!("{}?options=-c%20lock_timeout%3D2min", schema.url);
    let patient = PostgresOptions::new(&url).expect("an address");
    let patient = patient.schema(&schema.name).expect("a name");
    for options in [schema.options(), pooled, patient] {
        let log = options
            .connect()
            .await
            .expect("a store")
            .tenant(&TenantId::DEFAULT)
            .log;
        log.append(Arc::new(append([event("a.Happened", "a-1")])))
            .await
            .expect("appended");
    }
    assert_eq!(noted(&client).await, ["30s", "30s", "2min"]);
    let path = format!("set search_path to {}", schema.name);
    client.batch_execute(&path).await.expect("a path");
    for statement in ["select settle('{}', '{}')", "select keep_epoch()"] {
        client
            .batch_execute("begin; set local lock_timeout = 0")
            .await
            .expect("begun");
        client.batch_execute(statement).await.expect(statement);
        let row = client
            .query_one("select current_setting('lock_timeout')", &[])
            .await;
        assert_eq!(row.expect("a setting").get::<_, String>(0), "30s", "{statement}");
        client.batch_execute("rollback").await.expect("the end");
    }
    Setup::remove(&schema).await;
}

/// Has every append note a setting.
async fn noting(schema: &TestSchema, setting: &str) -> Client {
    let client = schema.client().await;
    let note = format!(
        "set search_path to {name}; create table notes (nth serial, note text);
         create function note() returns trigger language plpgsql as $$ begin
             insert into {name}.notes (note) values (current_setting('{setting}')); return null;
         end $$;
         create trigger note after insert on events for each statement execute function note()",
        name = schema.name
    );
    client.batch_execute(&note).await.expect("a trigger");
    client
}

/// What was noted since.
async fn noted(client: &Client) -> Vec<String> {
    let take = "with taken as (delete from notes returning nth, note) select note from taken order by nth";
    let rows = client.query(take, &[]).await.expect("notes");
    rows.iter().map(|row| row.get(0)).collect()
}
