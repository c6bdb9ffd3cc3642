// What is listed is an event.

#[path = "../../bank.rs"]
mod bank;

use bank::*;
use eventsourcing::prelude::*;

enum NoEvent {
    Withdrawn,
}

#[derive(Command)]
#[command(emits(NoEvent::Withdrawn))]
struct Pay {
    #[stream(state = Account)]
    account: AccountId,
}

fn main() {}
