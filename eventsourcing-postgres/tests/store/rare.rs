//! A page of a feed costs what is on it: however long the log is, however rare what is looked for, and however far the reader is.

use std::num::NonZeroUsize;
use std::sync::Arc;

use eventsourcing_core::store::{EventLog, EventStore, FeedFilter, FeedPage, ReadFeed};
use eventsourcing_core::{Position, TenantId};
use eventsourcing_postgres::PostgresOptions;
use eventsourcing_testkit::fixture::{append, event, only};
use postgres_server::Server;

use crate::schema::connect;

const EVENTS: u64 = 1_000_000;
/// In pages of the database: the way down several indexes, and ten events.
const MOST: u64 = 150;

#[tokio::test]
async fn a_page_costs_what_is_on_it_among_a_million_events() {
    let server = Server::start_with(&[
        "autovacuum=off",
        "session_preload_libraries=auto_explain",
        "auto_explain.log_min_duration=0",
        "auto_explain.log_analyze=on",
        "auto_explain.log_buffers=on",
        "auto_explain.log_timing=off",
    ])
    .expect("a server");
    let options = PostgresOptions::new(&server.url()).expect("an address");
    let store = options.readers(1).connect().await.expect("a store");
    let log = store.tenant(&TenantId::DEFAULT).log;
    let first = append([event("a.Rare", "a-1"), event("a.Common", "a-2")]);
    log.append(Arc::new(first)).await.expect("appended");
    // Each statement is planned now, while there is nothing.
    let begin = page(&*log, 0, &["a.Rare"]).await;
    page(&*log, 0, &["a.Common"]).await;
    page(&*log, 0, &["a.Common", "a.Rare"]).await;
    let client = connect(&server.url()).await;
    let many = format!(
        "set auto_explain.log_min_duration = -1; \
         set eventsourcing.writer = 'append'; \
         insert into eventsourcing.events \
         select n, n, recorded_at, schema_version, tenant, type, gen_random_uuid(), 'a-many', content_type, payload, metadata, \
                link_streams, link_versions, by_id \
           from eventsourcing.events, generate_series(3, {EVENTS}) n where position = 2"
    );
    client.batch_execute(&many).await.expect("a million events");
    let last = append([event("a.Rare", "a-1")]);
    log.append(Arc::new(last)).await.expect("appended");

    let before = server.log().expect("a log").len();
    let rare = page(&*log, 0, &["a.Rare"]).await;
    assert_eq!(positions(&rare), [1, EVENTS + 1]);
    for after in [0, EVENTS / 2, EVENTS - 20] {
        let common = page(&*log, after, &["a.Common"]).await;
        assert_eq!(common.events.len(), 10);
        let both = page(&*log, after, &["a.Common", "a.Rare"]).await;
        assert_eq!(both.events.len(), 10);
    }
    let plans = server.log().expect("a log").split_off(before);
    let costs: Vec<u64> = plans.lines().filter_map(buffers).collect();
    assert!(costs.len() > 10, "plans are logged: {plans}");
    assert!(costs.iter().all(|&cost| cost <= MOST), "{costs:?} in {plans}");
    assert!(begin.scanned_to.position < rare.scanned_to.position);
}

/// Ten events of these types.
async fn page(log: &dyn EventLog, after: u64, types: &[&str]) -> FeedPage {
    let mut read = ReadFeed::after(None);
    read.max_events = NonZeroUsize::MIN;
    let mut place = log.read_feed(&read).await.expect("a page").scanned_to;
    place.position = Position::new(after);
    let read = ReadFeed {
        after: (after > 0).then_some(place),
        filter: FeedFilter {
            types: only(types),
            ..FeedFilter::ALL
        },
        max_events: NonZeroUsize::new(10).expect("not zero"),
        ..ReadFeed::after(None)
    };
    log.read_feed(&read).await.expect("a page")
}

fn positions(page: &FeedPage) -> Vec<u64> {
    page.events.iter().map(|event| event.position.get()).collect()
}

/// How many pages of the database a node of a plan has looked at, those below it included.
fn buffers(line: &str) -> Option<u64> {
    let shared = line.trim_start().strip_prefix("Buffers: shared ")?;
    let counted = shared.split([' ', ',']).filter_map(|part| {
        let looked_at = part.strip_prefix("hit=").or_else(|| part.strip_prefix("read="));
        looked_at?.parse::<u64>().ok()
    });
    Some(counted.sum())
}
