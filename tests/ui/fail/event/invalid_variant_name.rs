// A variant whose name cannot be stored is given one that can.

use eventsourcing::prelude::*;

#[derive(Event)]
#[event(prefix = "konto")]
enum Kontoereignis {
    Eröffnet { inhaber: String },
}

fn main() {}
