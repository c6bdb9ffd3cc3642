use std::sync::Arc;
use std::time::Duration;

use eventsourcing::execute::RetryPolicy;
use eventsourcing::memory::MemoryStore;
use eventsourcing::postgres::{ConnectError, PostgresOptions, SynchronousCommit};
use eventsourcing::prelude::*;
use eventsourcing::sqlite::{SqliteOptions, SqliteStore, Synchronous};
use eventsourcing::store::{CheckpointRefused, EventStore, FeedError, FeedFilter};
use eventsourcing::subscription::Subscription;
use eventsourcing::{StoreAddress, TenantId};

use super::commands::AccountId;
use super::executing::Deposit;

fn deposit() -> Deposit {
    Deposit {
        account: AccountId("alice".into()),
        cents: 100,
    }
}

fn reader(store: &dyn EventStore) -> Subscription {
    Subscription::new(&store.tenant(&TenantId::DEFAULT), None, FeedFilter::ALL)
}

#[derive(Deserialize)]
struct Settings {
    store: StoreAddress, // for instance `sqlite:bank.db`
}

#[tokio::test]
async fn the_configuration_says_where_events_are_kept() -> Result<(), Box<dyn std::error::Error>> {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("bank.db");
    for address in ["memory".to_owned(), format!("sqlite:{}", file.display())] {
        let configuration = serde_json::json!({ "store": address }).to_string();

        let settings: Settings = serde_json::from_str(&configuration)?;
        let store = settings.store.open().await?;
        let executor = Executor::new(Arc::clone(&store));

        executor.execute(deposit()).await?;
        let page = reader(&*store).next().await?;
        assert_eq!(page.events.len(), 1, "{address}");
    }

    let kept = SqliteStore::open(&file).await?;
    let page = reader(&kept).next().await?;
    assert_eq!(page.events.len(), 1, "what is in the file is still there");
    Ok(())
}

#[tokio::test]
async fn a_store_that_does_not_wait_for_the_disk_is_not_durable() -> Result<(), Box<dyn std::error::Error>> {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("bank.db");

    let store = SqliteOptions::new()
        .synchronous(Synchronous::Normal)
        .open(&file)
        .await?;
    assert!(!store.capabilities().durable);
    Ok(())
}

#[test]
fn options_do_not_show_the_address() -> Result<(), Box<dyn std::error::Error>> {
    let options = PostgresOptions::new("postgres://app@db.example.org/bank")?
        .schema("bank_events")?
        .synchronous_commit(SynchronousCommit::RemoteApply);
    let shown = format!("{options:?}");
    assert!(
        shown.contains("bank_events") && !shown.contains("example.org"),
        "{shown}"
    );

    let options = PostgresOptions::new("postgres://app@pool.example.org:6432/bank")?.through_pgbouncer();
    let shown = format!("{options:?}");
    assert!(!shown.contains("example.org"), "{shown}");
    Ok(())
}

async fn dry_run(options: &PostgresOptions) -> Result<(), ConnectError> {
    let pending = options.pending_migrations().await?;
    println!("{pending}");
    Ok(())
}

#[tokio::test]
async fn a_dry_run_asks_the_server() -> Result<(), Box<dyn std::error::Error>> {
    let nowhere = PostgresOptions::new("postgres://app@%2Fno-such-folder/bank")?;
    let failed = dry_run(&nowhere).await;
    assert!(matches!(failed, Err(ConnectError::Unreachable(_))), "{failed:?}");
    Ok(())
}

#[tokio::test]
async fn after_a_restore_checkpoints_of_before_are_refused() -> Result<(), Box<dyn std::error::Error>> {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("bank.db");
    let store = SqliteStore::open(&file).await?;
    Executor::new(store.clone()).execute(deposit()).await?;
    let before = reader(&store).next().await?.scanned_to;
    drop(store);

    let store = SqliteOptions::new().restored_from_backup().open(&file).await?;

    let tenant = store.tenant(&TenantId::DEFAULT);
    let refused = Subscription::new(&tenant, Some(before), FeedFilter::ALL)
        .next()
        .await;
    assert!(
        matches!(
            refused,
            Err(FeedError::Checkpoint(CheckpointRefused::OtherStore { .. }))
        ),
        "{refused:?}"
    );
    Ok(())
}

#[tokio::test]
async fn patience_is_a_choice() -> Result<(), Box<dyn std::error::Error>> {
    let store = MemoryStore::new();

    let patient = RetryPolicy::default().with_deadline(Duration::from_mins(1));
    let executor = Executor::builder(store).retry(patient).build();
    executor
        .execute(deposit())
        .deadline(Duration::from_secs(2))
        .await?;
    Ok(())
}
