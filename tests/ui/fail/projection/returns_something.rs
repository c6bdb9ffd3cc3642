// A handler has nothing to say but that it failed.
#![allow(unused_variables)]

#[path = "../../accounts.rs"]
mod accounts;

use accounts::*;
use eventsourcing::prelude::*;

#[derive(Default)]
struct Owners;

#[projection(name = "owners", version = 1, row = BalanceRow)]
impl Owners {
    #[on(AccountEvent::Opened)]
    fn opened(&self, rows: &mut Rows<BalanceRow>) -> u32 {
        1
    }

    #[on(AccountEvent::Closed)]
    fn closed(&self, rows: &mut Rows<BalanceRow>) -> Result<(), u32> {
        Ok(())
    }
}

fn main() {}
