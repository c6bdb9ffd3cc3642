use std::error::Error;
use std::sync::Arc;

use eventsourcing_core::store::{
    Append, AppendError, CheckpointError, ErrorClass, EventLog, EventStore, FeedError, ReadError, ReadFeed,
    ReadStream, StoreError, TenantStore,
};
use eventsourcing_core::{TenantId, TypeFilter};
use fastrand::Rng;
use futures_util::future::{join, join_all};
use tokio::task::yield_now;
use uuid::Uuid;

use super::{Point, Report};
use crate::fixture::{AppendExt, NewEventExt, append, event, new_command, read, whole};

const CLIENTS: usize = 4;
const STREAMS: usize = 8;

/// Under which name the reader of the feed saves its checkpoints.
pub(super) const FOLLOWER: &str = "follower";

/// Writes to the store and follows its feed, with some clients at once, and reports on the standard output. Does not end
/// by itself.
///
/// # Panics
/// If the store fails in a way that does not pass.
pub async fn work_until_killed(store: Arc<dyn EventStore>) {
    let tenant = store.tenant(&TenantId::DEFAULT);
    let clients = (0..CLIENTS).map(|_| write(&*tenant.log, Rng::new()));
    join(join_all(clients), follow(&tenant)).await;
}

/// Appends one to three events at a time to streams that were read, under a command id or without.
async fn write(log: &dyn EventLog, mut rng: Rng) {
    loop {
        let stream = format!("kill-{}", rng.usize(..STREAMS));
        let only_its_head = ReadStream {
            types: TypeFilter::NONE,
            ..whole(&stream)
        };
        let Some(streams) = passing(log.read_streams(&read([only_its_head])).await, ReadError::class).await
        else {
            continue;
        };
        Point::Decided.pass().await;
        let decided = decide(&mut rng, &stream).if_at(&stream, streams.slices[0].head.get());
        write_once(log, decided).await;
    }
}

fn decide(rng: &mut Rng, stream: &str) -> Append {
    let linked = format!("link-{}", rng.usize(..STREAMS));
    let size = rng.usize(1..=3);
    let mark = mark(size);
    let events = (0..size).map(|_| {
        let event = event("kill.Written", stream).with_binary(mark.clone());
        if rng.bool() {
            event.linked_to(&linked)
        } else {
            event
        }
    });
    let append = append(events.collect::<Vec<_>>());
    if rng.bool() {
        append.under(new_command())
    } else {
        append
    }
}

async fn write_once(log: &dyn EventLog, append: Append) {
    let answer = log.append(Arc::new(append)).await;
    if let Some(appended) = passing(answer, AppendError::class).await {
        Point::Appended.pass().await;
        let acknowledged = Report::Acknowledged {
            position: appended.position,
            events: appended.events.iter().map(|event| event.id).collect(),
        };
        acknowledged.tell();
    }
}

/// Goes on where the last one that was killed has stopped, or a little before.
async fn follow(tenant: &TenantStore) {
    let checkpoint = loop {
        if let Some(saved) = passing(tenant.checkpoints.load(FOLLOWER).await, StoreError::class).await {
            break saved;
        }
    };
    let mut read = ReadFeed::after(checkpoint);
    loop {
        let Some(page) = passing(tenant.log.read_feed(&read).await, FeedError::class).await else {
            continue;
        };
        Point::PageRead.pass().await;
        for event in &page.events {
            let position = event.position;
            Report::Seen { position }.tell();
        }
        Point::Handled.pass().await;
        read.after = Some(page.scanned_to);
        let saved = tenant.checkpoints.save(FOLLOWER, page.scanned_to).await;
        passing(saved, CheckpointError::class).await;
        Point::CheckpointSaved.pass().await;
        let moved = tenant.log.wait_beyond(page.scanned_to.position).await;
        passing(moved, StoreError::class).await;
    }
}

/// What tells which events belong together, and how many those are.
fn mark(size: usize) -> String {
    format!("{} {size}", Uuid::now_v7())
}

/// A failure that passes is none; nothing is known of an append of unknown outcome.
async fn passing<T, E: Error>(answer: Result<T, E>, class: impl Fn(&E) -> ErrorClass) -> Option<T> {
    match answer {
        Ok(answer) => Some(answer),
        Err(error) => {
            let class = class(&error);
            assert!(
                !matches!(class, ErrorClass::Rejected | ErrorClass::Bug),
                "the store should go on working, not fail with {error:?}"
            );
            yield_now().await;
            None
        }
    }
}
