// What is inside displays and parses.

use eventsourcing::prelude::*;

use std::fmt;

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Iban(String);

impl fmt::Display for Iban {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[derive(StreamKey, Clone, Debug, PartialEq, Eq, Hash)]
#[stream_key(category = "account")]
struct AccountId(Iban);

fn main() {}
