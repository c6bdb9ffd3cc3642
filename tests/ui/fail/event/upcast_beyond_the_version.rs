// An upcast leads at most to the version of the event.

use eventsourcing::prelude::*;

#[derive(Event, Serialize, Deserialize)]
#[event(version = 2, upcast(1 -> 2 = same, 2 -> 3 = same))]
struct Opened {}

fn same(payload: serde_json::Value) -> serde_json::Value {
    payload
}

fn main() {}
