// An event enum has variants.

use eventsourcing::prelude::*;

#[derive(Event)]
enum AccountEvent {}

fn main() {}
