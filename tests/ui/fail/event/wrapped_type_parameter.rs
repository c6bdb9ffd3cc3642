// A variant wraps an event that is known.

use eventsourcing::prelude::*;

#[derive(Event)]
enum Either<A, B> {
    Left(A),
    Right(B),
}

fn main() {}
