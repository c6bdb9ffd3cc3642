// `found` has a method for each name in `discovers(..)`.

#[path = "../../bank.rs"]
mod bank;

use bank::*;
use eventsourcing::prelude::*;

#[derive(Command)]
#[command(discovers(fees: AccountId, state = Account))]
struct Pay {
    #[stream(state = Account)]
    account: AccountId,
}

impl StreamResolver for Pay {
    fn discover(&self, _: &PayState, found: &mut PayFound) {
        found.fee(self.account.clone());
    }
}

fn main() {}
