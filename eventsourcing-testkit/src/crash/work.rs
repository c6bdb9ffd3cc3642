use std::io::{Write, stdout};
use std::sync::Arc;

use eventsourcing_core::TenantId;
use eventsourcing_core::store::{Append, ErrorClass, EventLog, EventStore, ReadFeed, TenantStore};
use fastrand::Rng;
use futures_util::future::{join, join_all};
use uuid::Uuid;

use super::Report;
use crate::fixture::{AppendExt, NewEventExt, append, event, new_command, read, whole};

const CLIENTS: usize = 4;
const STREAMS: usize = 8;

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
        let linked = format!("link-{}", rng.usize(..STREAMS));
        let streams = log.read_streams(&read([whole(&stream)])).await;
        let Ok(streams) = passing(streams, eventsourcing_core::store::ReadError::class) else {
            continue;
        };
        let size = rng.usize(1..=3);
        let mark = mark(size);
        let events = (0..size).map(|_| {
            let event = event("kill.Written", &stream).with_binary(mark.clone());
            if rng.bool() {
                event.linked_to(&linked)
            } else {
                event
            }
        });
        let append = append(events.collect::<Vec<_>>()).if_at(&stream, streams.slices[0].head.get());
        let append = if rng.bool() {
            append.under(new_command())
        } else {
            append
        };
        write_once(log, append).await;
    }
}

async fn write_once(log: &dyn EventLog, append: Append) {
    let answer = log.append(Arc::new(append)).await;
    if let Ok(appended) = passing(answer, eventsourcing_core::store::AppendError::class) {
        tell(&Report::Acknowledged {
            position: appended.position,
            events: appended.events.iter().map(|event| event.id).collect(),
        });
    }
}

/// Goes on where the last one that was killed has stopped, or a little before.
async fn follow(tenant: &TenantStore) {
    let name = "follower";
    let checkpoint = tenant
        .checkpoints
        .load(name)
        .await
        .expect("checkpoints should load");
    let mut read = ReadFeed::after(checkpoint);
    loop {
        let Ok(page) = passing(
            tenant.log.read_feed(&read).await,
            eventsourcing_core::store::FeedError::class,
        ) else {
            continue;
        };
        for event in &page.events {
            tell(&Report::Seen {
                position: event.position,
            });
        }
        read.after = Some(page.scanned_to);
        let saved = tenant.checkpoints.save(name, page.scanned_to).await;
        let _ = passing(saved, eventsourcing_core::store::CheckpointError::class);
        let moved = tenant.log.wait_beyond(page.scanned_to.position).await;
        moved.expect("waiting should not fail");
    }
}

/// What tells which events belong together, and how many those are.
fn mark(size: usize) -> String {
    format!("{} {size}", Uuid::now_v7())
}

/// A failure that passes is none; nothing is known of an append of unknown outcome.
fn passing<T, E: std::error::Error>(answer: Result<T, E>, class: impl Fn(&E) -> ErrorClass) -> Result<T, ()> {
    answer.map_err(|error| match class(&error) {
        ErrorClass::Conflict | ErrorClass::Retry | ErrorClass::Overloaded | ErrorClass::UnknownOutcome => {}
        _ => panic!("the store should go on working, not fail with {error:?}"),
    })
}

/// In one piece, past whatever captures the output of tests.
fn tell(report: &Report) {
    let mut out = stdout().lock();
    let told = writeln!(out, "{report}").and_then(|()| out.flush());
    told.expect("whoever started this process listens");
}
