//! The executor on a server that is killed and started again.

use std::time::Duration;

use eventsourcing::TenantId;
use eventsourcing::execute::RetryPolicy;
use eventsourcing::postgres::PostgresStore;
use eventsourcing::prelude::*;
use eventsourcing::store::{ErrorClass, EventStore, FeedFilter};
use eventsourcing::subscription::Subscription;
use postgres_server::Server;
use tokio::task::JoinSet;

use super::bank::{balance, deposit};

const CLIENTS: usize = 8;
const DEPOSITS: usize = 60;
const OUTAGES: usize = 2;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn commands_and_subscriptions_outlast_a_server_that_is_killed() {
    let mut server = Server::start().unwrap();
    let store = PostgresStore::connect(&server.url()).await.unwrap();
    let patient = RetryPolicy::default().with_deadline(Duration::from_mins(2));
    let executor = Executor::builder(store.clone()).retry(patient).build();

    let mut clients = JoinSet::new();
    for client in 0..CLIENTS {
        let executor = executor.clone();
        clients.spawn(async move {
            for _ in 0..DEPOSITS {
                // Neighbours share an account.
                let name = format!("account {}", client / 2);
                executor.execute(deposit(&name, 1)).await.unwrap();
            }
        });
    }
    let mut readers = JoinSet::new();
    readers.spawn(read(store.clone(), CLIENTS * DEPOSITS));

    for outage in 1..=OUTAGES {
        read(store.clone(), outage * CLIENTS * DEPOSITS / (OUTAGES + 1)).await;
        server = tokio::task::spawn_blocking(move || {
            server.kill().unwrap();
            server.restart().unwrap();
            server
        })
        .await
        .unwrap();
    }
    while let Some(client) = clients.join_next().await {
        client.unwrap();
    }

    for account in 0..CLIENTS / 2 {
        let name = format!("account {account}");
        assert_eq!(
            balance(&store, &name).await,
            2 * i64::try_from(DEPOSITS).unwrap(),
            "each deposit happened once"
        );
    }
    assert_eq!(
        readers.join_next().await.unwrap().unwrap(),
        CLIENTS * DEPOSITS,
        "and was met once"
    );
}

/// Reads on, whatever happens to the server, until so many events have come.
async fn read(store: PostgresStore, events: usize) -> usize {
    let mut subscription = Subscription::new(&store.tenant(&TenantId::DEFAULT), None, FeedFilter::ALL);
    let mut met = 0;
    while met < events {
        match subscription.next().await {
            Ok(page) => met += page.events.len(),
            Err(error) => assert_eq!(error.class(), ErrorClass::Retry, "{error:?}"),
        }
    }
    met
}
