// A command has fields.

use eventsourcing::prelude::*;

#[derive(Command)]
struct Pay;

fn main() {}
