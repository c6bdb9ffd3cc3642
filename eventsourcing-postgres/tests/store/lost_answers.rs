//! Requests and answers get lost on the way, at each point once: what became of them is found out.

use std::sync::Arc;

use eventsourcing_core::TenantId;
use eventsourcing_core::store::{Append, ErrorClass, EventLog, EventStore, Settled};
use eventsourcing_postgres::PostgresOptions;
use eventsourcing_testkit::conformance::Setup;
use eventsourcing_testkit::fixture::{AppendExt, NewEventExt, append, event, new_command, read, whole};

use crate::proxy::{Lose, Proxy};
use crate::schema::TestSchema;

#[tokio::test]
async fn an_append_whose_answer_is_lost_is_found_present() {
    let (schema, proxy, log) = through_a_proxy().await;
    for sent in [plain("a-1"), plain("a-1").under(new_command())] {
        warm_up(&*log).await;
        let before = head(&*log, "a-1").await;
        let sent = Arc::new(sent);
        lost(&*log, &proxy, Lose::Answer, &sent).await;
        let settled = log.settle(Arc::clone(&sent)).await.expect("an answer");
        let Settled::Present(appended) = settled else {
            panic!("it took effect: {settled:?}");
        };
        let ids = |append: &Append| append.events.iter().map(|event| event.id).collect::<Vec<_>>();
        assert_eq!(
            appended.events.iter().map(|event| event.id).collect::<Vec<_>>(),
            ids(&sent)
        );
        assert_eq!(head(&*log, "a-1").await, before + 2, "once, and whole");
    }
    Setup::remove(&schema).await;
}

#[tokio::test]
async fn an_append_that_is_lost_on_the_way_is_found_absent_and_can_be_sent_again() {
    let (schema, proxy, log) = through_a_proxy().await;
    let sent = Arc::new(plain("a-1"));
    lost(&*log, &proxy, Lose::Request, &sent).await;
    let settled = log.settle(Arc::clone(&sent)).await.expect("an answer");
    assert_eq!(settled, Settled::Absent);
    assert_eq!(head(&*log, "a-1").await, 0);
    log.append(sent).await.expect("it is sent again");
    assert_eq!(head(&*log, "a-1").await, 2);
    Setup::remove(&schema).await;
}

#[tokio::test]
async fn a_command_whose_answer_is_lost_takes_effect_once_when_it_is_sent_again() {
    let (schema, proxy, log) = through_a_proxy().await;
    let sent = Arc::new(plain("a-1").under(new_command()));
    lost(&*log, &proxy, Lose::Answer, &sent).await;
    let again = log.append(sent).await.expect("it has run");
    assert!(again.repeated);
    assert_eq!(head(&*log, "a-1").await, 2);
    Setup::remove(&schema).await;
}

#[tokio::test]
async fn a_read_that_is_lost_may_be_tried_again() {
    let (schema, proxy, log) = through_a_proxy().await;
    log.append(Arc::new(plain("a-1"))).await.expect("appended");
    head(&*log, "a-1").await;
    for what in [Lose::Request, Lose::Answer] {
        proxy.lose(what, "a-1");
        let error = log.read_streams(&read([whole("a-1")])).await;
        let error = error.expect_err("the connection was lost");
        assert_eq!(error.class(), ErrorClass::Retry, "{error:?}");
        assert_eq!(head(&*log, "a-1").await, 2, "there is a new connection");
    }
    Setup::remove(&schema).await;
}

/// A store whose statements are prepared, so that an append and a read are one request each.
async fn through_a_proxy() -> (TestSchema, Proxy, Arc<dyn EventLog>) {
    let schema = TestSchema::new();
    schema.open().await;
    let proxy = Proxy::start(&schema.url).await;
    let options = PostgresOptions::new(&proxy.url(&schema.url)).expect("an address");
    let store = options
        .schema(&schema.name)
        .expect("a name")
        .readers(1)
        .without_notify()
        .connect()
        .await
        .expect("a store");
    let log = store.tenant(&TenantId::DEFAULT).log;
    warm_up(&*log).await;
    (schema, proxy, log)
}

async fn warm_up(log: &dyn EventLog) {
    log.append(Arc::new(plain("warm-1")))
        .await
        .expect("the store works");
    head(log, "warm-1").await;
}

fn plain(stream: &str) -> Append {
    append([event("a.One", stream).linked_to("b-1"), event("a.Two", stream)])
}

async fn lost(log: &dyn EventLog, proxy: &Proxy, what: Lose, sent: &Arc<Append>) {
    proxy.lose(what, "a-1");
    let error = log
        .append(Arc::clone(sent))
        .await
        .expect_err("the connection is lost");
    assert_eq!(error.class(), ErrorClass::UnknownOutcome, "{error:?}");
}

async fn head(log: &dyn EventLog, stream: &str) -> u64 {
    let read = log.read_streams(&read([whole(stream)])).await;
    read.expect("the stream is readable").slices[0].head.get()
}
