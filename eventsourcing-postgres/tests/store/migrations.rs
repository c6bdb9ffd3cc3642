//! The schema is made once, by whoever comes first, and never by an old program over a new one.

use eventsourcing_core::store::EventStore;
use eventsourcing_postgres::ConnectError;
use eventsourcing_testkit::conformance::Setup;
use tokio::task::JoinSet;

use crate::schema::TestSchema;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sixteen_that_start_at_the_same_time_make_one_store() {
    let schema = TestSchema::new();
    let mut starting = JoinSet::new();
    for _ in 0..16 {
        let options = schema.options();
        starting.spawn(async move { options.connect().await.expect("the store should open").identity() });
    }
    let identities = starting.join_all().await;
    assert!(
        identities.iter().all(|identity| *identity == identities[0]),
        "{identities:?}"
    );
    Setup::remove(&schema).await;
}

#[tokio::test]
async fn a_dry_run_prints_the_sql_and_changes_nothing() {
    let schema = TestSchema::new();
    let pending = schema.options().pending_migrations().await.expect("a dry run");
    let again = schema.options().pending_migrations().await.expect("a dry run");
    assert!(!again.is_empty(), "nothing was made");
    assert_eq!(pending.steps().collect::<Vec<_>>(), [(1, "store")]);

    let by_hand = pending.to_string();
    schema
        .client()
        .await
        .batch_execute(&by_hand)
        .await
        .expect("the SQL is complete");
    let store = schema.options().without_migration().connect().await;
    store.expect("what an administrator has run is what the program needs");
    let pending = schema.options().pending_migrations().await.expect("a dry run");
    assert!(pending.is_empty() && pending.to_string().starts_with("--"));
    Setup::remove(&schema).await;
}

#[tokio::test]
async fn a_missing_schema_is_not_made_unasked() {
    let schema = TestSchema::new();
    let refused = schema.options().without_migration().connect().await;
    assert!(
        matches!(refused, Err(ConnectError::OlderSchema { found: 0, known: 1 })),
        "{refused:?}"
    );
}

#[tokio::test]
async fn a_newer_schema_is_left_alone() {
    let schema = TestSchema::new();
    schema.open().await;
    let newer = format!(
        "insert into \"{}\".migrations (version, name) values (1000, 'future')",
        schema.name
    );
    schema
        .client()
        .await
        .batch_execute(&newer)
        .await
        .expect("a later version");
    let refused = schema.options().connect().await;
    assert!(
        matches!(
            refused,
            Err(ConnectError::NewerSchema {
                found: 1000,
                known: 1
            })
        ),
        "{refused:?}"
    );
    Setup::remove(&schema).await;
}

#[tokio::test]
async fn a_schema_that_is_there_but_empty_is_filled() {
    let schema = TestSchema::new();
    let make = format!("create schema \"{}\"", schema.name);
    schema
        .client()
        .await
        .batch_execute(&make)
        .await
        .expect("a schema");
    schema.open().await;
    Setup::remove(&schema).await;
}
