//! The server is killed and stopped while commands and a subscriber run: nothing that was acknowledged is missing.

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use eventsourcing_core::store::{Append, ErrorClass, EventLog, EventStore, ReadFeed, Settled};
use eventsourcing_core::{EventId, TenantId};
use eventsourcing_postgres::PostgresOptions;
use eventsourcing_testkit::fixture::{NewEventExt, append, event};
use postgres_server::Server;
use tokio::task::JoinSet;

const WRITERS: u64 = 8;
const CRASHES: u64 = 4;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_acknowledged_is_lost_when_the_server_is_killed() {
    let mut server = Server::start().expect("a server");
    let store = PostgresOptions::new(&server.url())
        .expect("an address")
        .connect()
        .await
        .expect("a store");
    let log = store.tenant(&TenantId::DEFAULT).log;
    let acknowledged = Arc::new(AtomicU64::new(0));
    let stop = Arc::new(AtomicBool::new(false));

    let mut writers = JoinSet::new();
    for writer in 0..WRITERS {
        writers.spawn(write(
            Arc::clone(&log),
            writer,
            Arc::clone(&acknowledged),
            Arc::clone(&stop),
        ));
    }
    let mut subscriber = JoinSet::new();
    let all_is_written = Arc::new(AtomicBool::new(false));
    subscriber.spawn(follow(Arc::clone(&log), Arc::clone(&all_is_written)));

    for crash in 0..CRASHES {
        let before = acknowledged.load(Ordering::SeqCst);
        while acknowledged.load(Ordering::SeqCst) < before + 200 {
            tokio::task::yield_now().await;
        }
        server = tokio::task::spawn_blocking(move || {
            let ended = if crash % 2 == 0 {
                server.kill()
            } else {
                server.stop()
            };
            ended.expect("the server should end");
            server.restart().expect("the server should start again");
            server
        })
        .await
        .expect("no panic");
    }
    stop.store(true, Ordering::SeqCst);

    let written: Vec<_> = writers.join_all().await.into_iter().flatten().collect();
    all_is_written.store(true, Ordering::SeqCst);
    let seen = subscriber.join_all().await.remove(0);
    let distinct: HashSet<_> = seen.iter().copied().collect();
    assert_eq!(distinct.len(), seen.len(), "no event comes twice");
    assert!(written.len() as u64 >= CRASHES * 200);
    assert_eq!(
        written.into_iter().collect::<HashSet<_>>(),
        distinct,
        "all that was acknowledged, and nothing else"
    );
}

/// Appends pairs of events, each until it is known to have taken effect; gives the ids of all.
async fn write(
    log: Arc<dyn EventLog>,
    writer: u64,
    acknowledged: Arc<AtomicU64>,
    stop: Arc<AtomicBool>,
) -> Vec<EventId> {
    let mut written = Vec::new();
    while !stop.load(Ordering::SeqCst) {
        let own = format!("a-{writer}");
        let pair = [event("a.One", &own).linked_to("b-1"), event("a.Two", &own)];
        written.extend(pair.iter().map(|event| event.id));
        insist(&*log, Arc::new(append(pair))).await;
        acknowledged.fetch_add(1, Ordering::SeqCst);
    }
    written
}

async fn insist(log: &dyn EventLog, append: Arc<Append>) {
    while let Err(failed) = log.append(Arc::clone(&append)).await {
        match failed.class() {
            ErrorClass::Retry => {}
            ErrorClass::UnknownOutcome => loop {
                match log.settle(Arc::clone(&append)).await {
                    Ok(Settled::Present(_)) => return,
                    Ok(Settled::Absent) => break,
                    Err(error) => assert_eq!(error.class(), ErrorClass::Retry, "{error:?}"),
                }
            },
            _ => panic!("a lost server is no more than that: {failed:?}"),
        }
    }
}

/// Follows the feed to its end; gives the ids of all events in the order in which they came.
async fn follow(log: Arc<dyn EventLog>, all_is_written: Arc<AtomicBool>) -> Vec<EventId> {
    let mut read = ReadFeed::after(None);
    let mut seen = Vec::new();
    loop {
        let is_end = all_is_written.load(Ordering::SeqCst);
        match log.read_feed(&read).await {
            Ok(page) => {
                seen.extend(page.events.iter().map(|event| event.id));
                read.after = Some(page.scanned_to);
                if page.is_last() && is_end {
                    return seen;
                }
            }
            Err(error) => assert_eq!(error.class(), ErrorClass::Retry, "{error:?}"),
        }
    }
}
