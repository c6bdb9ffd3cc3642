// Only a state has snapshots.
use eventsourcing::prelude::*;

#[derive(Clone, Serialize, Deserialize)]
struct Tally(u64);

#[state(name = "tally", version = 1)]
impl Default for Tally {
    fn default() -> Self {
        Self(1)
    }
}

fn main() {
    let _ = Tally::default();
}
