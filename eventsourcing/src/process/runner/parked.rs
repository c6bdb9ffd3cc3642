use std::collections::{BTreeMap, BTreeSet, VecDeque};

use crate::event::{DecodeFailure, Event};
use crate::stream::StreamKey;
use crate::{EventId, Position, RecordedEvent, StreamId, Timestamp, Version};

/// The events that a manager could not deal with, in a stream of the manager's own: those of an instance stay in their
/// order, and all others go on.
#[derive(Clone, Debug, Default)]
pub(super) struct Parked {
    /// How far the stream has been folded.
    pub(super) version: Version,
    instances: BTreeMap<String, VecDeque<Entry>>,
}

/// One event that is parked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) event: EventId,
    pub(super) position: Position,
    /// Why; `None` if it only waits behind another event of its instance.
    pub(super) reason: Option<String>,
    /// How often it has failed.
    pub(super) attempts: u32,
    /// When it is tried again by itself; `None` if somebody has to say so.
    pub(super) again_at: Option<Timestamp>,
    /// Whether what it waits for may be an event of another store.
    pub(super) early: bool,
}

/// An event that a manager without state has reacted to, by commands that go to another store: its stream, with the record of
/// that, is `process_sent-<name>/<event id>`.
#[derive(StreamKey, Clone, Debug, PartialEq, Eq, Hash)]
#[stream_key(category = "process_sent")]
pub(super) struct ReactedTo(pub(super) String);

/// The name of a manager, whose parked events are in the stream `process_parked-<name>`.
#[derive(StreamKey, Clone, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[stream_key(category = "process_parked")]
#[serde(transparent)]
pub(super) struct ManagerName(pub(super) String);

/// What happens to events that are parked.
#[derive(Event, Clone, Debug, PartialEq)]
#[event(prefix = "process")]
pub(super) enum ParkingEvent {
    /// An event could not be dealt with, or waits behind one that could not.
    Parked {
        #[stream]
        manager: ManagerName,
        instance: String,
        event: EventId,
        position: Position,
        reason: Option<String>,
        again_at: Option<Timestamp>,
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        early: bool,
    },
    /// It was tried again, in vain.
    ParkedAgain {
        #[stream]
        manager: ManagerName,
        event: EventId,
        reason: String,
        again_at: Option<Timestamp>,
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        early: bool,
    },
    /// It has been dealt with, or is passed over for good.
    Released {
        #[stream]
        manager: ManagerName,
        event: EventId,
        skipped: bool,
    },
}

impl ManagerName {
    /// The stream of the manager's parked events.
    pub(super) fn stream(&self) -> Result<StreamId, crate::InvalidStreamId> {
        self.to_stream_id()
    }
}

impl Parked {
    /// Adds an event of the stream, if it is new.
    pub(super) fn apply(&mut self, stream: &StreamId, event: &RecordedEvent) -> Result<(), DecodeFailure> {
        let Some(version) = event.version_in(stream) else {
            return Ok(());
        };
        if version <= self.version {
            return Ok(());
        }
        match ParkingEvent::decode(event.into())? {
            ParkingEvent::Parked {
                instance,
                event,
                position,
                reason,
                again_at,
                early,
                ..
            } => {
                let attempts = u32::from(reason.is_some());
                let entry = Entry {
                    event,
                    position,
                    reason,
                    attempts,
                    again_at,
                    early,
                };
                self.instances.entry(instance).or_default().push_back(entry);
            }
            ParkingEvent::ParkedAgain {
                event,
                reason,
                again_at,
                early,
                ..
            } => {
                if let Some(entry) = self.entry(event) {
                    entry.attempts = entry.attempts.saturating_add(1);
                    entry.reason = Some(reason);
                    entry.again_at = again_at;
                    entry.early = early;
                }
            }
            ParkingEvent::Released { event, .. } => {
                for entries in self.instances.values_mut() {
                    entries.retain(|entry| entry.event != event);
                }
                self.instances.retain(|_, entries| !entries.is_empty());
            }
        }
        // Not before it was read: what cannot be read is not to be passed over.
        self.version = version;
        Ok(())
    }

    fn entry(&mut self, event: EventId) -> Option<&mut Entry> {
        let mut entries = self.instances.values_mut().flatten();
        entries.find(|entry| entry.event == event)
    }

    /// How many events of its instance an event waits behind; `None` if it is not parked.
    pub(super) fn place_of(&self, event: EventId) -> Option<usize> {
        let mut instances = self.instances.values();
        instances.find_map(|entries| entries.iter().position(|entry| entry.event == event))
    }

    /// Whether an instance has anything parked.
    pub(super) fn holds(&self, instance: &str) -> bool {
        self.instances.contains_key(instance)
    }

    /// What an instance has parked, in its order.
    pub(super) fn of(&self, instance: &str) -> impl Iterator<Item = &Entry> {
        self.instances.get(instance).into_iter().flatten()
    }

    /// Every instance that has something parked.
    pub(super) fn instances(&self) -> impl Iterator<Item = (&str, &VecDeque<Entry>)> {
        self.instances
            .iter()
            .map(|(instance, entries)| (&**instance, entries))
    }

    /// The instances whose first event has failed, and not because it came too early.
    pub(super) fn failed(&self) -> Vec<String> {
        let failed = self.instances.iter().filter(|(_, entries)| {
            let first = entries.front();
            first.is_some_and(|first| first.reason.is_some() && !first.early)
        });
        failed.map(|(instance, _)| instance.clone()).collect()
    }

    /// Whether anything is to be tried again without anybody saying so. Instances that are held up wait for something else.
    pub(super) fn is_tried_again(&self, held_up: &BTreeSet<String>) -> bool {
        let mut instances = self.instances.iter();
        instances.any(|(instance, entries)| match entries.front() {
            Some(first) if first.reason.is_none() => !held_up.contains(instance),
            Some(first) => first.again_at.is_some(),
            None => false,
        })
    }

    /// The instances whose first event is to be tried again by now, and when the next of the others is. Instances that are
    /// held up wait for something else.
    pub(super) fn due(&self, now: Timestamp, held_up: &BTreeSet<String>) -> (Vec<String>, Option<Timestamp>) {
        let mut due = Vec::new();
        let mut next: Option<Timestamp> = None;
        for (instance, entries) in &self.instances {
            let Some(first) = entries.front() else { continue };
            match first.when(now, held_up.contains(instance)) {
                Some(when) if when <= now => due.push(instance.clone()),
                Some(when) => next = Some(next.map_or(when, |next| next.min(when))),
                None => {}
            }
        }
        (due, next)
    }
}

impl Entry {
    /// What only waited behind another event is tried as soon as it is the first.
    fn when(&self, now: Timestamp, is_held_up: bool) -> Option<Timestamp> {
        match self.reason {
            None => (!is_held_up).then_some(now),
            Some(_) => self.again_at,
        }
    }
}
