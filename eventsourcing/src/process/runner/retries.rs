use std::num::NonZeroUsize;
use std::sync::Arc;

use super::parked::{Entry, ParkingEvent};
use super::shared::Shared;
use super::step::End;
use super::trouble::{Remedy, Trouble};
use crate::store::{AppendError, ReadFeed, StoreError};
use crate::{EventId, Position, RecordedEvent};

/// Tries parked instances again when it is time.
pub(super) async fn retry_when_due(shared: Arc<Shared>) {
    let mut failures = 0;
    while !shared.stopping() {
        let changed = shared.parked_changed().notified();
        let (due, next) = shared.due();
        for instance in &due {
            match retry(&shared, instance).await {
                // That it has failed could not be recorded.
                Err(trouble) if is_due(&shared, instance) => {
                    failures += 1;
                    shared.pause_after(&trouble, failures).await;
                }
                // What has failed otherwise is tried again later, or is for people to look at.
                _ => failures = 0,
            }
        }
        if !due.is_empty() {
            continue;
        }
        tokio::select! {
            () = changed => {}
            () = shared.stopped() => {}
            () = shared.pause_until(next) => {}
        }
    }
}

fn is_due(shared: &Shared, instance: &String) -> bool {
    let (due, _) = shared.due();
    due.contains(instance)
}

/// Deals with the parked events of an instance, in their order, up to one that fails once more.
pub(super) async fn retry(shared: &Arc<Shared>, instance: &str) -> Result<(), Trouble> {
    while let Some(entry) = first_of(shared, instance) {
        match retry_once(shared, &entry).await {
            Ok(()) => record(shared, &shared.released(entry.event, false)).await?,
            Err(trouble) if trouble.remedy() == Remedy::Wait => return Err(trouble),
            Err(trouble) => {
                let attempts = entry.attempts.saturating_add(1);
                record(shared, &shared.parked_again(entry.event, &trouble, attempts)).await?;
                return Err(trouble);
            }
        }
    }
    Ok(())
}

/// Passes over a parked event; those behind it are taken up.
pub(super) async fn skip(shared: &Arc<Shared>, event: EventId) -> Result<(), Trouble> {
    record(shared, &shared.released(event, true)).await
}

fn first_of(shared: &Shared, instance: &str) -> Option<Entry> {
    shared.parked().of(instance).next().cloned()
}

async fn retry_once(shared: &Arc<Shared>, entry: &Entry) -> Result<(), Trouble> {
    let event = event_at(shared, entry.position).await?;
    let Some(instance) = shared.behaviour().instance(&event)? else {
        // Another process may run a version of the program that waits for it.
        return Err(Trouble::NotAwaited);
    };
    let course = shared.course(&event, &instance, None)?;
    match shared.run(course, &event).await {
        End::Settled | End::Nothing | End::Overtaken => Ok(()),
        End::Failed(trouble) => Err(trouble),
    }
}

async fn event_at(shared: &Shared, position: Position) -> Result<Arc<RecordedEvent>, Trouble> {
    let before = Position::new(position.get().saturating_sub(1));
    let read = ReadFeed {
        max_events: NonZeroUsize::MIN,
        ..ReadFeed::after(Some(shared.checkpoint(before)))
    };
    let page = shared.tenant.log.read_feed(&read).await?;
    let event = page
        .events
        .into_iter()
        .next()
        .filter(|event| event.position == position);
    let gone = || StoreError::broken(format!("there is no event at position {position}"));
    event.ok_or_else(|| Trouble::Feed(gone().into()))
}

/// Records something, and reads it: whoever goes on without having read it would do the same again, for ever.
async fn record(shared: &Arc<Shared>, event: &ParkingEvent) -> Result<(), Trouble> {
    let append = shared.parking(event, None)?;
    shared.append(append).await?;
    shared.reload_parked().await.map_err(AppendError::from)?;
    Ok(())
}
