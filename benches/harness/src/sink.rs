use std::collections::HashSet;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use tokio::sync::Notify;

/// What a subscriber feeds: it counts events, and remembers their markers if it is to.
#[derive(Debug, Default)]
pub struct Sink {
    count: AtomicU64,
    wanted: u64,
    reached: Notify,
    markers: Option<Mutex<HashSet<i64>>>,
}

impl Sink {
    /// One that counts up to a number.
    pub fn counting(wanted: u64) -> Self {
        Self {
            wanted,
            ..Self::default()
        }
    }

    /// One that remembers which markers it has met.
    pub fn remembering() -> Self {
        Self {
            markers: Some(Mutex::default()),
            ..Self::default()
        }
    }

    /// Takes one event, with its marker if it is a deposit or a withdrawal.
    pub fn take(&self, marker: Option<i64>) {
        if let (Some(markers), Some(marker)) = (&self.markers, marker) {
            markers
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .insert(marker);
        }
        if self.count.fetch_add(1, Ordering::Relaxed) + 1 == self.wanted {
            self.reached.notify_one();
        }
    }

    /// How many events it has taken.
    pub fn count(&self) -> u64 {
        self.count.load(Ordering::Relaxed)
    }

    /// Returns when it has taken as many events as it was to count.
    pub(crate) async fn reached(&self) {
        self.reached.notified().await;
    }

    /// How many of these markers it has not met.
    pub(crate) fn missing(&self, stored: &[i64]) -> u64 {
        let Some(markers) = &self.markers else {
            return stored.len() as u64;
        };
        let markers = markers.lock().unwrap_or_else(PoisonError::into_inner);
        stored.iter().filter(|marker| !markers.contains(marker)).count() as u64
    }
}
