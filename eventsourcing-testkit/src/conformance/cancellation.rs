//! A call that is given up leaves the store usable, and its append whole or absent.

use std::sync::Arc;

use eventsourcing_core::store::{CheckpointStore, ReadFeed, Settled};

use super::poll::poll_then_drop;
use super::{Log, Reader, Subject};
use crate::fixture::{AppendExt, NewEventExt, append, event, new_command, read, whole};

/// How often a call is polled at most before it is dropped.
const POLLS: usize = 20;

pub(super) async fn a_dropped_append_is_whole_or_absent(store: Subject) {
    let log = store.log();
    let mut settled_as = Vec::new();
    for polls in 0..POLLS {
        let stream = format!("a-{polls}");
        let events = [
            event("a.One", &stream).linked_to("b-1"),
            event("b.Two", "b-1"),
            event("a.Three", &stream),
        ];
        let sent = Arc::new(append(events).if_absent(&stream));
        let answer = poll_then_drop(log.raw().append(Arc::clone(&sent)), polls).await;
        let settled = log.settle(&sent).await;
        let present = matches!(settled, Settled::Present(_));
        assert!(
            present || answer.is_none(),
            "an answer was given before poll {polls}"
        );
        assert_eq!(
            log.head(&stream).await,
            if present { 2 } else { 0 },
            "dropped at poll {polls}"
        );
        log.write(append([event("a.After", &format!("after-{polls}"))]))
            .await;
        settled_as.push((stream, present));
    }
    let present = settled_as.iter().filter(|(_, present)| *present).count() as u64;
    assert_eq!(log.head("b-1").await, 2 * present);
    for (stream, present) in settled_as {
        assert_eq!(
            log.head(&stream).await,
            if present { 2 } else { 0 },
            "what was settled stays so"
        );
    }
}

pub(super) async fn a_dropped_command_takes_effect_once_when_it_is_sent_again(store: Subject) {
    let log = store.log();
    for polls in 0..POLLS {
        let stream = format!("a-{polls}");
        let sent = append([event("a.Happened", &stream)])
            .if_absent(&stream)
            .under(new_command());
        poll_then_drop(log.raw().append(Arc::new(sent.clone())), polls).await;
        let done = log.insist(sent).await.expect("the command takes effect");
        assert_eq!(done.events.len(), 1);
        assert_eq!(log.head(&stream).await, 1, "dropped at poll {polls}");
    }
}

pub(super) async fn dropped_reads_leave_the_store_usable(store: Subject) {
    let log = store.log();
    let sent = Arc::new(append([event("a.One", "a-1")]));
    log.write(Arc::clone(&sent)).await;
    for polls in 0..POLLS {
        poll_then_drop(log.raw().read_streams(&read([whole("a-1")])), polls).await;
        poll_then_drop(log.raw().read_feed(&ReadFeed::after(None)), polls).await;
        poll_then_drop(log.raw().settle(Arc::clone(&sent)), polls).await;
        still_usable(&log).await;
    }
}

/// Saving may still be on its way when the next call is made, but never goes back.
pub(super) async fn a_dropped_checkpoint_is_saved_or_not(store: Subject) {
    let log = store.log();
    let checkpoints: &dyn CheckpointStore = &*log.tenant.checkpoints;
    let mut handed_in = vec![None];
    let mut saved = None;
    for polls in 0..POLLS {
        log.write(append([event("a.Happened", "a-1")])).await;
        let end = log.end().await;
        handed_in.push(Some(end));
        poll_then_drop(checkpoints.save("reader", end), polls).await;
        poll_then_drop(checkpoints.load("reader"), polls).await;
        let found = checkpoints
            .load("reader")
            .await
            .expect("checkpoints should be readable");
        assert!(handed_in.contains(&found), "{found:?} was never handed in");
        assert!(
            found.map(|found| found.position) >= saved,
            "{found:?} after {saved:?}"
        );
        saved = found.map(|found| found.position);
    }
}

pub(super) async fn a_dropped_append_moves_the_reader_or_writes_nothing(store: Subject) {
    let reader = Reader::with_three_events(&store).await;
    let mut place = None;
    let mut written = 0;
    for polls in 0..POLLS {
        let events = if polls % 2 == 0 {
            append([event("a.Caused", "caused-1")])
        } else {
            append([])
        };
        let sent = Arc::new(events.moving("reader", place, reader.log.end().await));
        poll_then_drop(reader.log.raw().append(Arc::clone(&sent)), polls).await;
        let moved = match reader.log.settle(&sent).await {
            Settled::Present(_) => sent.progress.as_ref().map(|progress| progress.to),
            Settled::Absent => None,
        };
        if moved.is_some() {
            written += sent.events.len() as u64;
            place = moved;
        }
        assert_eq!(reader.load().await, place, "dropped at poll {polls}");
        assert_eq!(
            reader.log.head("caused-1").await,
            written,
            "dropped at poll {polls}"
        );
        reader.log.write(append([event("a.Happened", "a-1")])).await;
        assert_eq!(reader.load().await, place, "what was settled stays so");
    }
}

pub(super) async fn many_dropped_calls_use_nothing_up(store: Subject) {
    let log = store.log();
    for _ in 0..200 {
        let sent = Arc::new(append([event("a.Dropped", "a-2")]));
        poll_then_drop(log.raw().append(sent), 1).await;
        poll_then_drop(log.raw().read_streams(&read([whole("a-1")])), 1).await;
    }
    still_usable(&log).await;
}

async fn still_usable(log: &Log) {
    let before = log.head("a-1").await;
    log.write(append([event("a.Happened", "a-1")]).if_at("a-1", before))
        .await;
    assert_eq!(log.head("a-1").await, before + 1);
}
