use std::num::NonZeroU32;
use std::sync::Arc;

use tokio::sync::mpsc::Sender;

use super::super::ids;
use super::lane::Work;
use super::parked::ParkingEvent;
use super::shared::Shared;
use super::trouble::Trouble;
use crate::bus::BusSubscription;
use crate::event::Event as _;
use crate::store::{DictionarySize, FeedError, FeedFilter};
use crate::{EventTypeName, RecordedEvent, TypeFilter, TypeSet};

/// How many lanes each manager has. It never changes, since each has a checkpoint of its own.
pub(super) const LANES: NonZeroU32 = NonZeroU32::new(8).unwrap();

/// The events that a manager reads: those that it waits for, and what is recorded of parked ones.
pub(super) fn filter(shared: &Shared) -> FeedFilter {
    let mut types: Vec<EventTypeName> = TypeSet::of(const { &ParkingEvent::TYPES }).names();
    for listened in shared.manager.on {
        types.extend(TypeSet::of(listened.types).names());
    }
    FeedFilter {
        types: TypeFilter::Only(types.into_iter().collect()),
        ..FeedFilter::ALL
    }
}

/// Hands the events of the log to the lanes of a manager until everything is to stop, or there is no use in going on.
pub(super) async fn read(
    shared: &Arc<Shared>,
    mut subscription: BusSubscription,
    lanes: Vec<Sender<Work>>,
) -> Result<(), Trouble> {
    let mut failures = 0;
    loop {
        let page = tokio::select! {
            biased;
            () = shared.stopped() => return Ok(()),
            page = subscription.next() => page,
        };
        let page = match page {
            Ok(page) => page,
            Err(error) if error.class().may_pass() => {
                failures += 1;
                shared.pause_after(&error.into(), failures).await;
                continue;
            }
            Err(error) => return Err(error.into()),
        };
        failures = 0;
        if !types_are_known(shared, page.dictionary).await? {
            return Ok(());
        }
        for event in &page.events {
            if event.home.stream == shared.parked_stream {
                if event.home.version > shared.parked().version {
                    shared.catch_up_with_parked().await.map_err(FeedError::from)?;
                }
            } else if !hand_over(shared, event, &lanes).await {
                return Ok(());
            }
        }
        for lane in &lanes {
            if lane.send(Work::UpTo(page.scanned_to)).await.is_err() {
                return Ok(());
            }
        }
    }
}

/// Checks that everything is known that the dictionary of this size holds, and that may concern the manager. Otherwise, that is an
/// error, unless nobody can tell before everything is to stop.
async fn types_are_known(shared: &Shared, size: DictionarySize) -> Result<bool, Trouble> {
    let mut failures = 0;
    while let Err(error) = shared.types.check(&*shared.tenant.log, size).await {
        if !error.class().may_pass() {
            return Err(error.into());
        }
        failures += 1;
        shared.pause_after(&error.into(), failures).await;
        if shared.stopping() {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Hands an event to the lane of its instance; tells whether there still is one.
async fn hand_over(shared: &Shared, event: &Arc<RecordedEvent>, lanes: &[Sender<Work>]) -> bool {
    let (work, instance) = match shared.behaviour().instance(event) {
        Ok(None) => return true,
        Ok(Some(instance)) => (Work::Event(Arc::clone(event), instance.clone()), instance),
        Err(failure) => (
            Work::Unreadable(Arc::clone(event), failure.into()),
            event.home.stream.clone(),
        ),
    };
    let number = ids::lane(&instance, LANES);
    match usize::try_from(number).ok().and_then(|number| lanes.get(number)) {
        Some(lane) => lane.send(work).await.is_ok(),
        None => false,
    }
}
