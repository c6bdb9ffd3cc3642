// A projection handles something that can happen.
#![allow(unused_variables)]

#[path = "../../accounts.rs"]
mod accounts;

use accounts::*;
use eventsourcing::prelude::*;

#[derive(Default)]
struct Closed;

#[projection(name = "closed", version = 1, row = BalanceRow)]
impl Closed {
    #[on(AccountEvent::Closed)]
    fn closed(&self, account: &AccountId, rows: &mut Rows<BalanceRow>) {
        rows.remove(account);
    }
}

#[service(commands(Open), projections(Closed))]
struct Bank;

#[module(projections(Closed))]
struct Read;

#[service(commands(Open), modules(Read))]
struct Joined;

fn main() {}
