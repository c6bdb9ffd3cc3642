use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use super::parked::Parked;
use crate::execute::StoreNumber;

/// What a manager has parked, of the events of each store. An instance may have events in several of them.
#[derive(Debug)]
pub(super) struct Board {
    by_store: Vec<Mutex<Parked>>,
    /// Told whenever something was parked or released.
    pub(super) changed: Notify,
}

impl Board {
    /// Nothing is parked of any of so many stores.
    pub(super) fn new(stores: usize) -> Self {
        Self {
            by_store: (0..stores).map(|_| Mutex::default()).collect(),
            changed: Notify::new(),
        }
    }

    /// What is parked of the events of a store.
    pub(super) fn of(&self, store: StoreNumber) -> MutexGuard<'_, Parked> {
        let parked = &self.by_store[store.get()];
        parked.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The instances that have failed at an event of another store than this, and so hold up their events of this one.
    pub(super) fn failed_elsewhere(&self, store: StoreNumber) -> BTreeSet<String> {
        let others = (0..self.by_store.len()).map(StoreNumber::new);
        others
            .filter(|other| *other != store)
            .flat_map(|other| self.of(other).failed())
            .collect()
    }
}
