// The attribute stands where the state is folded, and not on its methods.
use eventsourcing::prelude::*;

#[derive(Clone, Default, Serialize, Deserialize)]
struct Tally(u64);

#[state(name = "tally", version = 1)]
impl Tally {
    fn count(&self) -> u64 {
        self.0
    }
}

fn main() {
    let _ = Tally(1).count();
}
