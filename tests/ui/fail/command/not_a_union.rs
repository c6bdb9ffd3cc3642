// A command is a struct.

#[path = "../../bank.rs"]
mod bank;

use bank::*;
use eventsourcing::prelude::*;

#[derive(Command)]
union Pay {
    account: std::mem::ManuallyDrop<AccountId>,
}

fn main() {}
