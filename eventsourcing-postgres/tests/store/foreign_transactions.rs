//! Transactions of others, open or prepared, neither hide events from readers nor hold them up.

use std::sync::Arc;

use eventsourcing_core::store::{EventLog, EventStore, ReadFeed};
use eventsourcing_core::{Position, TenantId};
use eventsourcing_postgres::PostgresOptions;
use eventsourcing_testkit::fixture::{append, event};
use postgres_server::Server;

use crate::schema::connect;

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
