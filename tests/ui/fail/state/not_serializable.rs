// A state that has snapshots can be written.
#[path = "../../bank.rs"]
mod bank;

use bank::{AccountEvent, AccountId};
use eventsourcing::prelude::*;

#[derive(Clone, Default, Deserialize)]
struct Tally(u64);

#[state(name = "tally", version = 1)]
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
