//! Futures are dropped wherever they may be: each append is in or out, once, and connections stay clean.

use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;

use eventsourcing_core::TenantId;
use eventsourcing_core::store::{EventStore, ReadFeed, Settled};
use eventsourcing_testkit::conformance::Setup;
use eventsourcing_testkit::fixture::{NewEventExt, append, event, read, whole};

use crate::schema::TestSchema;

/// More than any call is polled.
const POLLS: usize = 24;

#[tokio::test]
async fn dropped_calls_leave_no_transaction_open_and_nothing_half_done() {
    let schema = TestSchema::new();
    let url = format!("{}?application_name={}", schema.url, schema.name);
    let options = eventsourcing_postgres::PostgresOptions::new(&url).expect("an address");
    let options = options.schema(&schema.name).expect("a name").readers(1);
    let log = options
        .connect()
        .await
        .expect("a store")
        .tenant(&TenantId::DEFAULT)
        .log;
    let client = schema.client().await;
    let open = format!(
        "select count(*) from pg_stat_activity \
         where application_name = '{}' and state like 'idle in transaction%'",
        schema.name
    );
    let mut present = 0;
    for polls in 0..POLLS {
        let pair = [event("a.One", "a-1").linked_to("b-1"), event("a.Two", "a-1")];
        let sent = Arc::new(append(pair));
        poll_then_drop(log.append(Arc::clone(&sent)), polls).await;
        poll_then_drop(log.read_streams(&read([whole("a-1")])), polls).await;
        poll_then_drop(log.read_feed(&ReadFeed::after(None)), polls).await;
        if let Settled::Present(_) = log.settle(sent).await.expect("an answer") {
            present += 1;
        }
        let slices = log.read_streams(&read([whole("a-1"), whole("b-1")])).await;
        let heads = slices.expect("the one connection for reads is free").slices;
        assert_eq!(
            [heads[0].head.get(), heads[1].head.get()],
            [2 * present, present],
            "dropped at poll {polls}"
        );
        let open: i64 = client.query_one(&open, &[]).await.expect("a count").get(0);
        assert_eq!(open, 0, "dropped at poll {polls}");
    }
    assert!(
        (1..POLLS as u64).contains(&present),
        "{present} of {POLLS} were written"
    );
    Setup::remove(&schema).await;
}

async fn poll_then_drop(call: impl Future, polls: usize) {
    let mut call = pin!(call);
    let mut left = polls;
    poll_fn(|context| {
        if left == 0 || call.as_mut().poll(context).is_ready() {
            return Poll::Ready(());
        }
        left -= 1;
        match left {
            0 => Poll::Ready(()),
            _ => Poll::Pending,
        }
    })
    .await;
}
