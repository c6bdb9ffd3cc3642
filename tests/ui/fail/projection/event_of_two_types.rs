// The event itself is of one type.
#![allow(unused_variables)]

#[path = "../../accounts.rs"]
mod accounts;

use accounts::*;
use eventsourcing::prelude::*;

#[derive(Event, Serialize, Deserialize)]
#[event(name = "note")]
struct Note {
    #[stream]
    account: AccountId,
}

#[derive(Default)]
struct Owners;

#[projection(name = "owners", version = 1, row = BalanceRow)]
impl Owners {
    #[on([AccountEvent::Opened, Note])]
    fn opened(&self, event: &Recorded<AccountEvent>, rows: &mut Rows<BalanceRow>) {}
}

fn main() {}
