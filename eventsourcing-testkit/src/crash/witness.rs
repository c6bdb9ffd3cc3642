use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use eventsourcing_core::{EventId, Position, RecordedEvent, StreamId, Version};

use super::Report;

/// Keeps what victims have told, and compares it with what is left.
#[derive(Debug, Default)]
pub struct Witness {
    acknowledged: Vec<(Position, Vec<EventId>)>,
    seen: Vec<Position>,
}

/// What must not have become of somebody's work.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Loss {
    /// An event that was acknowledged is not where it was.
    #[error("event {event} was acknowledged at position {position}, and is not there")]
    Gone {
        /// The event.
        event: EventId,
        /// Where it was.
        position: Position,
    },
    /// An event is there twice.
    #[error("event {event} is there twice")]
    Doubled {
        /// The event.
        event: EventId,
    },
    /// An append is there in parts.
    #[error("of {size} events that were appended together, {found} are there: {mark}")]
    Torn {
        /// What those have in common.
        mark: String,
        /// How many there were.
        size: usize,
        /// How many there are.
        found: usize,
    },
    /// The versions of a stream do not count up.
    #[error("after version {after} of `{stream}` comes {found}")]
    Gap {
        /// The stream.
        stream: StreamId,
        /// The last version that is as it should be.
        after: Version,
        /// The one that comes next.
        found: Version,
    },
    /// A reader of the feed has passed over an event.
    #[error("the event at position {position} was not handed to the reader of the feed")]
    Skipped {
        /// Where it lies.
        position: Position,
    },
    /// A reader of the feed has seen an event that is not there.
    #[error("the reader of the feed has seen an event at position {position}, and there is none")]
    SeenAndGone {
        /// Where it was.
        position: Position,
    },
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
        }
    }

    /// Compares it with the whole log.
    ///
    /// # Errors
    /// Everything that was lost.
    pub fn check(&self, log: &[Arc<RecordedEvent>]) -> Result<Survived, Vec<Loss>> {
        let mut losses = Vec::new();
        losses.extend(self.gone(log));
        losses.extend(doubled(log));
        losses.extend(torn(log));
        losses.extend(gaps(log));
        losses.extend(self.skipped(log));
        if losses.is_empty() {
            Ok(Survived {
                acknowledged: self.acknowledged.len(),
                events: log.len(),
                seen: self.seen.len(),
            })
        } else {
            Err(losses)
        }
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
    fn skipped(&self, log: &[Arc<RecordedEvent>]) -> Vec<Loss> {
        let mut losses = Vec::new();
        let mut next = 0;
        for position in &self.seen {
            match log.binary_search_by_key(position, |event| event.position) {
                Ok(at) if at > next => {
                    let skipped = log[next..at].iter().map(|event| event.position);
                    losses.extend(skipped.map(|position| Loss::Skipped { position }));
                    next = at + 1;
                }
                Ok(at) => next = next.max(at + 1),
                Err(_) => losses.push(Loss::SeenAndGone { position: *position }),
            }
        }
        losses
    }
}

fn doubled(log: &[Arc<RecordedEvent>]) -> Vec<Loss> {
    let mut ids = HashSet::new();
    let doubled = log.iter().filter(|event| !ids.insert(event.id));
    doubled.map(|event| Loss::Doubled { event: event.id }).collect()
}

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
