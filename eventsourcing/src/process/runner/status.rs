use serde::{Deserialize, Serialize};

use super::parked::{Entry, Parked};
use crate::{Category, EventId, Position, TenantId, Timestamp};

/// What a process manager has come to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ManagerStatus {
    /// Its name.
    pub manager: String,
    /// Whose events it takes.
    pub tenant: TenantId,
    /// Which store the events are of: that of the streams of these categories, or the main one if there are none. A manager
    /// has come so far in each store.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub categories: Vec<Category>,
    /// Everything up to here has been dealt with, or is parked.
    pub position: Position,
    /// Why it does not go on, if it does not: a person has to look.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// What it could not deal with.
    pub parked: Vec<ParkedInstance>,
}

/// An instance with events that could not be dealt with. All others go on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ParkedInstance {
    /// Its stream; of a manager without state, the home of the event.
    pub instance: String,
    /// Its events, in their order. The first has failed, the others wait behind it.
    pub events: Vec<ParkedEvent>,
}

/// An event that is parked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ParkedEvent {
    /// Its id.
    pub event: EventId,
    /// Its place in the store.
    pub position: Position,
    /// Why it is parked; `None` if it only waits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// How often it has failed since it was first parked, that time included.
    pub attempts: u32,
    /// When it is tried again by itself; `None` if somebody has to say so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub again_at: Option<Timestamp>,
}

pub(super) fn parked(parked: &Parked) -> Vec<ParkedInstance> {
    let instances = parked.instances();
    instances
        .map(|(instance, entries)| ParkedInstance {
            instance: instance.to_owned(),
            events: entries.iter().cloned().map(ParkedEvent::from).collect(),
        })
        .collect()
}

impl From<Entry> for ParkedEvent {
    fn from(entry: Entry) -> Self {
        let Entry {
            event,
            position,
            reason,
            attempts,
            again_at,
            ..
        } = entry;
        Self {
            event,
            position,
            reason,
            attempts,
            again_at,
        }
    }
}
