// A service is a struct without fields and generics.

use eventsourcing::prelude::*;

#[service(commands(Pay))]
struct Named {
    name: String,
}

#[service(commands(Pay))]
struct Tuple(String);

#[service(commands(Pay))]
enum Enum {}

#[module(commands(Pay))]
struct Generic<const N: usize>;

#[module(commands(Pay))]
fn function() {}

#[module(commands(Pay))]
mod inner {}

fn main() {}
