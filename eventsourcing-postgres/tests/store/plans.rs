//! Plans that were made when the store was empty still fit when it has grown: whatever is asked for costs what it gives.

use std::num::{NonZeroU32, NonZeroUsize};
use std::sync::Arc;

use eventsourcing_core::store::{
    Append, AppendError, EventLog, EventStore, FeedFilter, ForgetSnapshots, ReadFeed, Settled, TenantStore,
};
use eventsourcing_core::{TenantId, Version};
use eventsourcing_postgres::PostgresOptions;
use eventsourcing_testkit::fixture::{
    AppendExt, NewEventExt, append, category, event, new_command, only, read, snapshot, snapshot_key, stream,
    tenant, whole,
};
use postgres_server::Server;

use crate::schema::connect;

/// Far less than there are events, and more than any call here has to do with.
const MOST: u64 = 300;

#[tokio::test]
async fn no_call_looks_at_more_rows_than_it_is_about() {
    let server = Server::start_with(&[
        "autovacuum=off",
        "session_preload_libraries=auto_explain",
        "auto_explain.log_min_duration=0",
        "auto_explain.log_nested_statements=on",
        "auto_explain.log_analyze=on",
        "auto_explain.log_timing=off",
    ])
    .expect("a server");
    let options = PostgresOptions::new(&server.url()).expect("an address");
    let store = options.readers(1).connect().await.expect("a store");
    let own = store.tenant(&TenantId::DEFAULT);
    let fresh = store.tenant(&tenant("fresh")).log;
    // Each statement is planned now, while there is nothing.
    everything(&own, &*fresh, 0).await;
    for batch in 0..100 {
        let events = (0..100).map(|nth| {
            let rare = batch == 99 && nth == 0;
            let name = if rare { "a.Rare" } else { "a.Common" };
            event(name, &format!("a-{batch}")).linked_to(&format!("b-{batch}"))
        });
        own.log.append(Arc::new(append(events))).await.expect("appended");
        for _ in 0..5 {
            let command = append([]).under(new_command());
            own.log.append(Arc::new(command)).await.expect("recorded");
            let found_by_id = append([event("a.Common", "a-long")]);
            own.log.append(Arc::new(found_by_id)).await.expect("appended");
        }
    }
    let readers = "insert into eventsourcing.checkpoints (tenant, name, store, epoch, position) \
                   select 1, n::text, s.id, s.epoch, 1 from eventsourcing.store s, generate_series(1, 5000) n";
    let client = connect(&server.url()).await;
    client.batch_execute(readers).await.expect("readers");
    let snapshots = "insert into eventsourcing.snapshots \
                     select 1, 'a-' || n, 'test', 1, 1, 32343, s.epoch, 'application/json', '{}', gen_random_uuid(), now() \
                       from eventsourcing.store s, generate_series(1000, 6000) n";
    client.batch_execute(snapshots).await.expect("snapshots");
    check(&server, &own, &*fresh).await;
    client.batch_execute("analyze").await.expect("statistics");
    check(&server, &own, &*fresh).await;
}

/// Makes all calls, and looks at how they were answered.
async fn check(server: &Server, own: &TenantStore, fresh: &dyn EventLog) {
    let before = server.log().expect("a log").len();
    everything(own, fresh, 5_000).await;
    let plans = server.log().expect("a log").split_off(before);
    assert!(plans.matches("Index Scan").count() > 10, "plans are logged");
    let too_much: Vec<&str> = plans.lines().filter(|line| rows(line) > MOST).collect();
    assert!(too_much.is_empty(), "{too_much:#?} in {plans}");
    for bad in [
        "Seq Scan on events",
        "Seq Scan on links",
        "Seq Scan on commands",
        "Seq Scan on checkpoints",
        "Seq Scan on snapshots",
        "Seq Scan on tenants",
        "Gather",
    ] {
        assert!(!plans.contains(bad), "{bad} in {plans}");
    }
}

/// How many rows a line of a plan speaks of: those that it gives each time, or those that it passes over.
fn rows(line: &str) -> u64 {
    let number = |after: &str| {
        let (_, rest) = line.split_once(after)?;
        rest.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
    };
    number("(actual rows=")
        .max(number("Rows Removed by Filter: "))
        .unwrap_or(0)
}

/// Makes each call of the store once, about few events; `fresh` is of a tenant that has never written.
async fn everything(tenant: &TenantStore, fresh: &dyn EventLog, after: u64) {
    let log = &*tenant.log;
    move_readers(tenant).await;
    take_snapshots(tenant).await;
    settle(log).await;
    let own = format!("own-{after}");
    let sent = append([event("a.Own", &own).linked_to("b-7")]);
    let filtered = sent.if_none_of(only(&["a.Rare"]), "a-3", 50).under(new_command());
    let sent = Arc::new(filtered);
    log.append(Arc::clone(&sent)).await.expect("appended");
    assert!(matches!(log.settle(sent).await, Ok(Settled::Present(_))));
    let mut end_of_stream = whole("a-5");
    end_of_stream.after = Version::new(90);
    log.read_streams(&read([end_of_stream, whole("b-5"), whole(&own)]))
        .await
        .expect("streams");
    let mut whole_streams = read([whole("a-6"), whole("b-6"), whole(&own)]);
    whole_streams.command = Some(new_command());
    for log in [log, fresh] {
        log.read_streams(&whole_streams).await.expect("whole streams");
    }

    let mut page = ReadFeed::after(None);
    page.max_events = NonZeroUsize::new(10).expect("not zero");
    let start = log.read_feed(&page).await.expect("a page");
    let mut middle = start.scanned_to;
    middle.position = eventsourcing_core::Position::new(after);
    page.after = Some(middle);
    for filter in [
        FeedFilter::ALL,
        FeedFilter {
            types: only(&["a.Rare"]),
            ..FeedFilter::ALL
        },
        FeedFilter {
            categories: Some(vec![category("b")]),
            ..FeedFilter::ALL
        },
        FeedFilter {
            streams: Some(vec![stream("a-80"), stream("b-81")]),
            ..FeedFilter::ALL
        },
    ] {
        page.filter = filter;
        log.read_feed(&page).await.expect("a page");
    }
    log.dictionary().await.expect("a dictionary");
}

/// Settles appends to a long stream, of each kind that is found in a way of its own, and such as were never sent.
async fn settle(log: &dyn EventLog) {
    let happened = || append([event("a.Own", "a-long")]);
    let appended = log.append(Arc::new(happened())).await.expect("appended");
    let head = appended.events[0].home.version.get();
    for sent in [
        happened(),
        happened().if_at("a-long", head + 1),
        happened().if_none_of(only(&["a.Rare"]), "a-long", head),
        happened().if_at("a-long", head + 1_000),
    ] {
        let unsent = Arc::new(Append {
            events: happened().events,
            ..sent.clone()
        });
        let sent = Arc::new(sent);
        log.append(Arc::clone(&sent)).await.expect("appended");
        assert!(matches!(log.settle(sent).await, Ok(Settled::Present(_))));
        assert!(matches!(log.settle(unsent).await, Ok(Settled::Absent)));
    }
}

/// Saves, replaces, loads and forgets snapshots of a long stream.
async fn take_snapshots(tenant: &TenantStore) {
    let happened = append([event("a.Own", "a-long")]);
    tenant.log.append(Arc::new(happened)).await.expect("appended");
    let snapshots = &tenant.snapshots;
    for _ in 0..2 {
        let taken = snapshot("a-long", 1);
        snapshots.save(&taken, NonZeroU32::MIN).await.expect("saved");
    }
    let keys = [snapshot_key("a-long"), snapshot_key("a-7")];
    let found = snapshots.load(&keys).await.expect("snapshots");
    assert_eq!(found.iter().flatten().count(), 1);
    let forgotten = ForgetSnapshots::OfStream(stream("a-long"));
    snapshots.forget(&forgotten).await.expect("forgotten");
}

/// Moves a reader for the first time, moves it on, and does not move it when it was overtaken.
async fn move_readers(tenant: &TenantStore) {
    let name = new_command().id.to_string();
    let begin = append([event("a.Own", "own-readers")]);
    tenant.log.append(Arc::new(begin)).await.expect("appended");
    let mut read = ReadFeed::after(None);
    read.max_events = NonZeroUsize::MIN;
    let place = tenant.log.read_feed(&read).await.expect("a page").scanned_to;
    for from in [None, Some(place)] {
        let moved = append([event("a.Own", "own-readers")]).moving(&name, from, place);
        tenant.log.append(Arc::new(moved)).await.expect("moved");
    }
    let late = append([]).moving(&name, None, place);
    let overtaken = tenant.log.append(Arc::new(late)).await;
    assert!(
        matches!(overtaken, Err(AppendError::Overtaken(_))),
        "{overtaken:?}"
    );
}
