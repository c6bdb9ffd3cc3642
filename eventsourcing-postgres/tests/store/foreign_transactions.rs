//! Transactions of others, open or prepared, neither hide events from readers nor hold them up.

use std::sync::Arc;
use std::time::Duration;

use eventsourcing_core::store::{EventLog, EventStore, ReadFeed, Settled};
use eventsourcing_core::{Position, TenantId};
use eventsourcing_postgres::PostgresOptions;
use eventsourcing_testkit::conformance::Setup;
use eventsourcing_testkit::fixture::{append, event, read, whole};
use postgres_server::Server;
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::schema::{TestSchema, connect, waiting_for_the_lock};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_skipped_and_nothing_stalls() {
    let server = Server::start_with(&["max_prepared_transactions=2"]).expect("a server");
    let store = PostgresOptions::new(&server.url())
        .expect("an address")
        .connect()
        .await
        .expect("a store");
    let log = store.tenant(&TenantId::DEFAULT).log;

    // Each holds a transaction id, and with it back what other stores take for the horizon of what is certain.
    let begin = "begin; create table foreign_work (id int); insert into foreign_work values (1)";
    let open_here = connect(&server.url()).await;
    open_here
        .batch_execute("create database another")
        .await
        .expect("another database");
    open_here
        .batch_execute(begin)
        .await
        .expect("a transaction in the same database");
    let open_elsewhere = connect(&server.url_of("another")).await;
    open_elsewhere
        .batch_execute(begin)
        .await
        .expect("a transaction in another database");
    let prepared = connect(&server.url()).await;
    let prepare = "begin; create table prepared_work (id int); prepare transaction 'forgotten'";
    prepared
        .batch_execute(prepare)
        .await
        .expect("a prepared transaction");
    drop(prepared);

    let mut after = Position::START;
    for round in 1..=50 {
        let appended = log
            .append(Arc::new(append([event("a.Happened", "a-1")])))
            .await
            .expect("appends go on");
        assert_eq!(
            log.wait_beyond(after).await.expect("it has moved on"),
            appended.position
        );
        assert_eq!(
            followed(&*log).await,
            round,
            "every event is delivered while the transactions are open"
        );
        after = appended.position;
    }

    open_here
        .batch_execute("rollback")
        .await
        .expect("the end of the first");
    open_elsewhere
        .batch_execute("commit")
        .await
        .expect("the end of the second");
    log.append(Arc::new(append([event("a.Happened", "a-1")])))
        .await
        .expect("appends go on");
    assert_eq!(followed(&*log).await, 51);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reading_goes_on_while_somebody_holds_the_lock_of_all_writes() {
    let schema = TestSchema::new();
    let store = schema.open().await;
    let tenant = store.tenant(&TenantId::DEFAULT);
    let happened = || Arc::new(append([event("a.Happened", "a-1")]));
    let first = happened();
    tenant.log.append(Arc::clone(&first)).await.expect("appended");
    let gate = schema.client().await;
    let hold = format!(
        "begin; set local search_path to {}; select lock_log()",
        schema.name
    );
    gate.batch_execute(&hold).await.expect("the lock");

    let mut settling = JoinSet::new();
    let log = Arc::clone(&tenant.log);
    settling.spawn(async move { log.settle(happened()).await });
    waiting_for_the_lock(&schema, 1).await;
    let reading = async {
        let read = tenant.log.read_streams(&read([whole("a-1")])).await;
        assert_eq!(read.expect("the stream").slices[0].head.get(), 1);
        assert_eq!(followed(&*tenant.log).await, 1);
        tenant.log.wait_beyond(Position::START).await.expect("the end");
        tenant.checkpoints.load("reader").await.expect("checkpoints");
        let settled = tenant.log.settle(first).await;
        assert!(matches!(settled, Ok(Settled::Present(_))), "{settled:?}");
    };
    // So that the test fails, and does not hang.
    let read = timeout(Duration::from_secs(20), reading).await;
    read.expect("reads wait for nobody");
    assert!(
        settling.try_join_next().is_none(),
        "the lock is held all the time"
    );

    gate.batch_execute("rollback").await.expect("the lock is free");
    let settled = settling.join_all().await.remove(0);
    assert!(matches!(settled, Ok(Settled::Absent)), "{settled:?}");
    Setup::remove(&schema).await;
}

/// How many events a reader gets that starts at the beginning.
async fn followed(log: &dyn EventLog) -> usize {
    let mut read = ReadFeed::after(None);
    let mut events = 0;
    loop {
        let page = log.read_feed(&read).await.expect("a page");
        events += page.events.len();
        read.after = Some(page.scanned_to);
        if page.is_last() {
            return events;
        }
    }
}
