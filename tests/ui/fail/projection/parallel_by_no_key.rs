// The field that tells sequences apart is of a type that can be a key.
#![allow(unused_variables)]

#[path = "../../accounts.rs"]
mod accounts;

use accounts::*;
use eventsourcing::prelude::*;

#[derive(Event, Clone, Debug, PartialEq)]
#[event(prefix = "room")]
enum RoomEvent {
    Heated { #[stream] account: AccountId, degrees: f64 },
}

#[derive(Default)]
struct Rooms;

#[projection(name = "rooms", version = 1, row = BalanceRow, parallel_by = degrees)]
impl Rooms {
    #[on(RoomEvent::Heated)]
    fn heated(&self, account: &AccountId, rows: &mut Rows<BalanceRow>) {}
}

fn main() {}
