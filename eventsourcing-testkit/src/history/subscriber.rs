use eventsourcing_core::store::FeedFilter;
use eventsourcing_core::{Position, RecordedEvent};

use super::{Delivered, Recorder};

/// Somebody who was handed events one by one, over any number of restarts.
#[derive(Clone, Debug)]
pub struct Subscriber {
    /// Its name; only for people to read.
    pub name: String,
    /// Which events it wanted.
    pub filter: FeedFilter,
    /// What it was handed: at first, and after each restart.
    pub runs: Vec<SubscriberRun>,
}

/// What a subscriber was handed between two restarts.
#[derive(Clone, Debug, Default)]
pub struct SubscriberRun {
    /// After which position it began.
    pub from: Position,
    /// The events it was handed, in that order.
    pub delivered: Vec<Delivered>,
    /// Up to where it was told to have everything, if it was told anything.
    pub reached: Option<Position>,
}

impl SubscriberRun {
    pub(super) fn starting_after(from: Position) -> Self {
        Self {
            from,
            ..Self::default()
        }
    }
}

/// Records what one subscriber is handed; made by [`Recorder::subscriber`].
#[derive(Debug)]
pub struct SubscriberRecorder {
    recorder: Recorder,
    at: usize,
}

impl SubscriberRecorder {
    pub(super) fn new(recorder: Recorder, at: usize) -> Self {
        Self { recorder, at }
    }

    /// It was handed this event.
    pub fn observed(&self, event: &RecordedEvent) {
        self.change(|runs| {
            if let Some(run) = runs.last_mut() {
                run.delivered.push(event.into());
            }
        });
    }

    /// It was told that it has everything up to here: by a checkpoint, or because somebody waited for it to get there.
    pub fn reached(&self, position: Position) {
        self.change(|runs| {
            if let Some(run) = runs.last_mut() {
                run.reached = run.reached.max(Some(position));
            }
        });
    }

    /// It starts again after this position. What lies behind it is handed to it once more.
    pub fn restarted(&self, from: Position) {
        self.change(|runs| runs.push(SubscriberRun::starting_after(from)));
    }

    fn change(&self, change: impl FnOnce(&mut Vec<SubscriberRun>)) {
        self.recorder
            .with_subscriber(self.at, |subscriber| change(&mut subscriber.runs));
    }
}
