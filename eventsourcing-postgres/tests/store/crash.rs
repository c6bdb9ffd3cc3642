//! The server is killed and stopped while commands and a subscriber run: nothing that was acknowledged is missing.

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use eventsourcing_core::store::{Append, ErrorClass, EventLog, EventStore, ReadFeed, Settled};
use eventsourcing_core::{EventId, TenantId};
use eventsourcing_postgres::PostgresOptions;
use eventsourcing_testkit::fixture::{NewEventExt, append, event, read, whole};
use postgres_server::Server;
use tokio::task::JoinSet;

use crate::proxy::{Lose, Proxy};
use crate::schema::{TestSchema, waiting_for_the_lock};

const WRITERS: u64 = 8;
const SUBSCRIBERS: u64 = 3;
const CRASHES: u64 = 4;
/// The type of the last event.
const END: &str = "b.End";

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
    let mut subscribers = JoinSet::new();
    for _ in 0..SUBSCRIBERS {
        subscribers.spawn(follow(Arc::clone(&log)));
    }

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

    let mut written: Vec<_> = writers.join_all().await.into_iter().flatten().collect();
    assert!(written.len() as u64 >= CRASHES * 200);
    let end = event(END, "b-1");
    written.push(end.id);
    insist(&*log, Arc::new(append([end]))).await;
    for seen in subscribers.join_all().await {
        let distinct: HashSet<_> = seen.iter().copied().collect();
        assert_eq!(distinct.len(), seen.len(), "no event comes twice");
        assert_eq!(
            written.iter().copied().collect::<HashSet<_>>(),
            distinct,
            "all that was acknowledged, and nothing else"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_append_that_waits_for_the_lock_when_the_server_is_killed_is_absent() {
    let mut server = Server::start().expect("a server");
    let schema = TestSchema::at(server.url());
    let log = schema.open().await.tenant(&TenantId::DEFAULT).log;
    let gate = schema.client().await;
    let hold = format!(
        "begin; set local search_path to {}; select lock_log()",
        schema.name
    );
    gate.batch_execute(&hold).await.expect("the lock");

    let sent = Arc::new(append([event("a.Lost", "a-1")]));
    let mut sending = JoinSet::new();
    let (waiting, lost) = (Arc::clone(&log), Arc::clone(&sent));
    sending.spawn(async move { waiting.append(lost).await });
    waiting_for_the_lock(&schema, 1).await;
    server.kill().expect("an end");
    let error = sending
        .join_all()
        .await
        .remove(0)
        .expect_err("the server has gone");
    assert_eq!(error.class(), ErrorClass::UnknownOutcome, "{error:?}");

    server.restart().expect("a new beginning");
    assert_eq!(settled(&*log, &sent).await, Settled::Absent);
    assert_eq!(head(&*log, "a-1").await, 0);
    insist(&*log, sent).await;
    assert_eq!(head(&*log, "a-1").await, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_append_whose_answer_is_under_way_when_the_server_is_killed_is_present() {
    let mut server = Server::start().expect("a server");
    let proxy = Proxy::start(&server.url()).await;
    let options = PostgresOptions::new(&proxy.url(&server.url())).expect("an address");
    let log = options
        .connect()
        .await
        .expect("a store")
        .tenant(&TenantId::DEFAULT)
        .log;
    insist(&*log, Arc::new(append([event("a.First", "a-1")]))).await;

    proxy.lose(Lose::Answer, "a.Lost");
    let sent = Arc::new(append([event("a.Lost", "a-1")]));
    let error = log
        .append(Arc::clone(&sent))
        .await
        .expect_err("the answer is lost");
    assert_eq!(error.class(), ErrorClass::UnknownOutcome, "{error:?}");
    server.kill().expect("an end");
    server.restart().expect("a new beginning");
    let settled = settled(&*log, &sent).await;
    assert!(matches!(settled, Settled::Present(_)), "{settled:?}");
    assert_eq!(head(&*log, "a-1").await, 2, "once");
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
        assert_eq!(
            head(&*log, &own).await,
            written.len() as u64,
            "reads see all of it"
        );
        acknowledged.fetch_add(1, Ordering::SeqCst);
    }
    written
}

async fn insist(log: &dyn EventLog, append: Arc<Append>) {
    while let Err(failed) = log.append(Arc::clone(&append)).await {
        match failed.class() {
            ErrorClass::Retry => {}
            ErrorClass::UnknownOutcome => {
                if let Settled::Present(_) = settled(log, &append).await {
                    return;
                }
            }
            _ => panic!("a lost server is no more than that: {failed:?}"),
        }
    }
}

/// What became of an append, as soon as the server is there to tell.
async fn settled(log: &dyn EventLog, append: &Arc<Append>) -> Settled {
    loop {
        match log.settle(Arc::clone(append)).await {
            Ok(settled) => return settled,
            Err(error) => assert_eq!(error.class(), ErrorClass::Retry, "{error:?}"),
        }
    }
}

/// The head of a stream, as soon as the server is there to tell.
async fn head(log: &dyn EventLog, stream: &str) -> u64 {
    loop {
        match log.read_streams(&read([whole(stream)])).await {
            Ok(answer) => return answer.slices[0].head.get(),
            Err(error) => assert_eq!(error.class(), ErrorClass::Retry, "{error:?}"),
        }
    }
}

/// Follows the feed to the last event, waiting in between; gives the ids of all events in the order in which they came.
async fn follow(log: Arc<dyn EventLog>) -> Vec<EventId> {
    let mut page = ReadFeed::after(None);
    let mut seen = Vec::new();
    loop {
        match log.read_feed(&page).await {
            Ok(found) => {
                seen.extend(found.events.iter().map(|event| event.id));
                if found
                    .events
                    .last()
                    .is_some_and(|event| event.event_type.as_str() == END)
                {
                    return seen;
                }
                page.after = Some(found.scanned_to);
                if found.is_last() {
                    log.wait_beyond(found.head)
                        .await
                        .expect("waiting outlasts the server");
                }
            }
            Err(error) => assert_eq!(error.class(), ErrorClass::Retry, "{error:?}"),
        }
    }
}
