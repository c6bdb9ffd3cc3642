// An event owns what it holds.

use eventsourcing::prelude::*;

#[derive(Event)]
enum AccountEvent<'a> {
    Opened { owner: &'a str },
}

fn main() {}
