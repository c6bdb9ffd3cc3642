// A command is a struct.

#[path = "../../bank.rs"]
mod bank;

use bank::*;
use eventsourcing::prelude::*;

#[derive(Command)]
enum Pay {
    Now { account: AccountId },
}

fn main() {}
