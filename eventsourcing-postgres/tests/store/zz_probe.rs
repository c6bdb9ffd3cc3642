use std::num::NonZeroUsize;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use eventsourcing_core::TenantId;
use eventsourcing_core::store::{EventStore, FeedFilter, ReadFeed};
use eventsourcing_testkit::fixture::{NewEventExt, append, category, event};
use tokio::task::JoinSet;
use crate::schema::TestSchema;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn probe() {
    let schema = TestSchema::new();
    let store = schema.open().await;
    let log = store.tenant(&TenantId::DEFAULT).log;
    let done = Arc::new(AtomicBool::new(false));
    let mut writers = JoinSet::new();
    for w in 0..32 {
        let log = Arc::clone(&log);
        writers.spawn(async move {
            for i in 0..600 {
                let home = format!("right-{}", (w * 7 + i) % 50);
                let left = format!("left-{}", (w + i) % 50);
                let events = match i % 3 {
                    0 => vec![event("x.A", &home).linked_to(&left)],
                    1 => vec![event("x.B", &left), event("x.A", &left).linked_to(&home)],
                    _ => vec![event("x.C", &home)],
                };
                let _ = log.append(Arc::new(append(events))).await;
            }
        });
    }
    let mut followers = JoinSet::new();
    for f in 0..4u64 {
        let (log, done) = (Arc::clone(&log), Arc::clone(&done));
        followers.spawn(async move {
            let mut pages = Vec::new();
            let mut rng = f;
            let mut read = ReadFeed::after(None);
            read.filter = FeedFilter { categories: Some(vec![category("left")]), ..FeedFilter::ALL };
            loop {
                rng = rng.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
                read.max_events = NonZeroUsize::new(1 + (rng >> 40) as usize % 20).unwrap();
                read.max_bytes = (rng >> 33) as usize % 1000;
                let d = done.load(Ordering::SeqCst);
                let page = log.read_feed(&read).await.unwrap();
                let last = page.is_last();
                let after = read.after.map_or(0, |c| c.position.get());
                read.after = Some(page.scanned_to);
                pages.push((after, read.max_events, read.max_bytes, page));
                if last && d { return pages; }
            }
        });
    }
    while writers.join_next().await.is_some() {}
    done.store(true, Ordering::SeqCst);
    let all = followers.join_all().await;
    let mut read = ReadFeed::after(None);
    let mut log_all = Vec::new();
    loop {
        let page = log.read_feed(&read).await.unwrap();
        let last = page.is_last();
        read.after = Some(page.scanned_to);
        log_all.extend(page.events);
        if last { break; }
    }
    println!("{} events", log_all.len());
    let left = FeedFilter { categories: Some(vec![category("left")]), ..FeedFilter::ALL };
    let mut bad = 0;
    for pages in all {
        println!("{} pages", pages.len());
        for (after, n, b, page) in pages {
            let want: Vec<_> = log_all.iter().filter(|e| e.position.get() > after && e.position <= page.scanned_to.position && left.matches(e)).map(|e| e.position.get()).collect();
            let got: Vec<_> = page.events.iter().map(|e| e.position.get()).collect();
            if want != got { bad += 1; println!("BAD after {after} n {n} b {b} scanned {} head {} want {want:?} got {got:?} sizes {:?}", page.scanned_to.position, page.head, page.events.iter().map(|e| e.payload.len() + e.metadata.len()).collect::<Vec<_>>()); }
        }
    }
    assert_eq!(bad, 0);
}
