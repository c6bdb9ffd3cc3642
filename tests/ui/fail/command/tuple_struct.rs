// The fields of a command have names.

#[path = "../../bank.rs"]
mod bank;

use bank::*;
use eventsourcing::prelude::*;

#[derive(Command)]
struct Pay(#[stream(state = Account)] AccountId);

fn main() {}
