// The attribute stands where the state is folded.
use eventsourcing::prelude::*;

#[state(name = "tally", version = 1)]
#[derive(Clone, Default, Serialize, Deserialize)]
struct Tally(u64);

fn main() {
    let _ = Tally(1);
}
