// A command that names further streams says of which kind.

#[path = "../../bank.rs"]
mod bank;

use bank::*;
use eventsourcing::prelude::*;

#[derive(Command)]
struct Pay {
    #[stream(state = Account)]
    account: AccountId,
}

impl StreamResolver for Pay {
    fn discover(&self, _: &PayState, _: &mut ()) {}
}

fn main() {}
