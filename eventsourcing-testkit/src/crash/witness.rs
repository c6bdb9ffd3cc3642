use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use eventsourcing_core::{EventId, Position, RecordedEvent, StreamId, Version};

use super::{Loss, Report};
use crate::history::{History, HistoryDigest};

/// Keeps what victims have told, and compares it with what is left.
#[derive(Debug, Default)]
pub struct Witness {
    acknowledged: Vec<(Position, Vec<EventId>)>,
    seen: Vec<Position>,
    stopped: usize,
}

/// How much work was found to be whole.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Survived {
    /// The appends that were acknowledged.
    pub acknowledged: usize,
    /// The events in the log, of appends that nobody was told of as well.
    pub events: usize,
    /// How often readers of the feed were handed an event.
    pub seen: usize,
    /// How often a victim has stopped at a [`Point`](super::Point), to be killed there.
    pub stopped: usize,
    /// Of the log in the end, where the end was looked at.
    pub digest: Option<HistoryDigest>,
}

impl Witness {
    /// Nobody has told anything yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes down what was told.
    pub fn note(&mut self, report: Report) {
        match report {
            Report::Acknowledged { position, events } => self.acknowledged.push((position, events)),
            Report::Seen { position } => self.seen.push(position),
            Report::Stopped { .. } => self.stopped += 1,
        }
    }

    /// Compares it with the whole log. The reader of the feed need not have come to its end.
    ///
    /// # Errors
    /// Everything that was lost.
    pub fn check(&self, log: &[Arc<RecordedEvent>]) -> Result<Survived, Vec<Loss>> {
        let (losses, _) = self.losses(log);
        self.survived(log, losses)
    }

    /// Compares it with the whole log, which the reader of the feed has followed to its end.
    ///
    /// # Errors
    /// Everything that was lost.
    pub fn check_to_the_end(&self, log: &[Arc<RecordedEvent>]) -> Result<Survived, Vec<Loss>> {
        let (mut losses, seen) = self.losses(log);
        losses.extend(skipped(&log[seen..]));
        Ok(Survived {
            digest: Some(HistoryDigest::of(&History::default(), log)),
            ..self.survived(log, losses)?
        })
    }

    fn survived(&self, log: &[Arc<RecordedEvent>], losses: Vec<Loss>) -> Result<Survived, Vec<Loss>> {
        if losses.is_empty() {
            Ok(Survived {
                acknowledged: self.acknowledged.len(),
                events: log.len(),
                seen: self.seen.len(),
                stopped: self.stopped,
                digest: None,
            })
        } else {
            Err(losses)
        }
    }

    /// What is lost, and how many events the reader of the feed has seen.
    fn losses(&self, log: &[Arc<RecordedEvent>]) -> (Vec<Loss>, usize) {
        let mut losses = self.gone(log);
        losses.extend(doubled(log));
        losses.extend(torn(log));
        losses.extend(gaps(log));
        let seen = self.follow(log, &mut losses);
        (losses, seen)
    }

    /// Events of one append follow each other.
    fn gone(&self, log: &[Arc<RecordedEvent>]) -> Vec<Loss> {
        let mut losses = Vec::new();
        for (position, events) in &self.acknowledged {
            let end = log.partition_point(|event| event.position <= *position);
            let there = &log[end.saturating_sub(events.len())..end];
            let missing = events
                .iter()
                .filter(|id| there.iter().all(|event| event.id != **id));
            losses.extend(missing.map(|event| Loss::Gone {
                event: *event,
                position: *position,
            }));
        }
        losses
    }

    /// Readers may be handed an event again after they were killed, but none may be passed over.
    fn follow(&self, log: &[Arc<RecordedEvent>], losses: &mut Vec<Loss>) -> usize {
        let mut next = 0;
        for position in &self.seen {
            match log.binary_search_by_key(position, |event| event.position) {
                Ok(at) => {
                    losses.extend(skipped(log.get(next..at).unwrap_or_default()));
                    next = next.max(at + 1);
                }
                Err(_) => losses.push(Loss::SeenAndGone { position: *position }),
            }
        }
        next
    }
}

fn skipped(events: &[Arc<RecordedEvent>]) -> impl Iterator<Item = Loss> {
    events.iter().map(|event| Loss::Skipped {
        position: event.position,
    })
}

fn doubled(log: &[Arc<RecordedEvent>]) -> Vec<Loss> {
    let mut ids = HashSet::new();
    let doubled = log.iter().filter(|event| !ids.insert(event.id));
    doubled.map(|event| Loss::Doubled { event: event.id }).collect()
}

/// The payload of each event is a mark of its append, and how many events that has.
fn torn(log: &[Arc<RecordedEvent>]) -> Vec<Loss> {
    let mut found: HashMap<_, usize> = HashMap::new();
    for event in log {
        *found.entry(&event.payload).or_default() += 1;
    }
    let size = |mark: &[u8]| -> Option<usize> {
        let (_, size) = std::str::from_utf8(mark).ok()?.split_once(' ')?;
        size.parse().ok()
    };
    let torn = found.into_iter().filter_map(|(mark, found)| {
        let size = size(mark)?;
        (size != found).then(|| Loss::Torn {
            mark: String::from_utf8_lossy(mark).into_owned(),
            size,
            found,
        })
    });
    torn.collect()
}

fn gaps(log: &[Arc<RecordedEvent>]) -> Vec<Loss> {
    let mut losses = Vec::new();
    let mut heads: HashMap<&StreamId, Version> = HashMap::new();
    for place in log.iter().flat_map(|event| event.streams()) {
        let after = heads.insert(&place.stream, place.version).unwrap_or_default();
        if place.version != after.next() {
            losses.push(Loss::Gap {
                stream: place.stream.clone(),
                after,
                found: place.version,
            });
        }
    }
    losses
}
