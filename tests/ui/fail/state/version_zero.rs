// The first version of a state is 1.
#[path = "../../bank.rs"]
mod bank;

use bank::{AccountEvent, AccountId};
use eventsourcing::prelude::*;

#[derive(Clone, Default, Serialize, Deserialize)]
struct Tally(u64);

#[state(name = "tally", version = 0)]
impl State for Tally {
    type Key = AccountId;
    type Event = AccountEvent;

    fn apply(&mut self, _: &AccountId, _: &Recorded<AccountEvent>) {
        self.0 += 1;
    }
}

fn main() {
    let _ = Tally::SNAPSHOTS;
}
