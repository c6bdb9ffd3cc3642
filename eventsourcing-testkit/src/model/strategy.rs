use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

use super::{Command, Event, If, Move, Read, Step, Tenant, Types};

const STREAMS: [&str; 5] = ["a-1", "a-2", "b-1", "b-2", "c"];
const CATEGORIES: [&str; 4] = ["a", "b", "c", "unheard"];
const NAMES: [&str; 3] = ["x.One", "x.Two", "x.Three"];
const READERS: [&str; 2] = ["reader", "other"];

/// Makes up at most so many steps, over few enough names that they get in each other's way.
pub fn steps(at_most: usize) -> impl Strategy<Value = Vec<Step>> {
    vec(step(), 1..=at_most)
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        10 => append(),
        2 => place().prop_map(|append| Step::Settle { append }),
        5 => (tenant(), vec(read(), 0..4), option::of(command()))
            .prop_map(|(tenant, streams, command)| Step::ReadStreams { tenant, streams, command }),
        5 => feed(),
        1 => tenant().prop_map(|tenant| Step::Dictionary { tenant }),
        2 => (tenant(), select(&READERS[..]), place())
            .prop_map(|(tenant, name, at)| Step::Save { tenant, name, at }),
        1 => (tenant(), select(&READERS[..])).prop_map(|(tenant, name)| Step::Load { tenant, name }),
        1 => (tenant(), select(&READERS[..])).prop_map(|(tenant, name)| Step::Forget { tenant, name }),
    ]
}

fn append() -> impl Strategy<Value = Step> {
    let command = option::weighted(0.3, command());
    let progress = option::weighted(0.3, progress());
    (
        tenant(),
        vec(event(), 0..4),
        vec(condition(), 0..3),
        command,
        progress,
    )
        .prop_map(|(tenant, events, conditions, command, progress)| Step::Append {
            tenant,
            events,
            conditions,
            command,
            progress,
        })
}

/// Mostly from where the reader is, and often backwards.
fn progress() -> impl Strategy<Value = Move> {
    (select(&READERS[..]), option::weighted(0.2, place()), place()).prop_map(|(reader, from, to)| Move {
        reader,
        from,
        to,
    })
}

fn feed() -> impl Strategy<Value = Step> {
    let categories = option::of(subsequence(&CATEGORIES[..], 0..=2));
    let streams = option::of(subsequence(&STREAMS[..], 0..=3));
    (
        tenant(),
        place(),
        types(),
        categories,
        streams,
        1..6_usize,
        0..200_usize,
    )
        .prop_map(
            |(tenant, after, types, categories, streams, max_events, max_bytes)| Step::ReadFeed {
                tenant,
                after,
                types,
                categories,
                streams,
                max_events,
                max_bytes,
            },
        )
}

/// A place in a list of any length.
fn place() -> impl Strategy<Value = usize> {
    0..100_usize
}

fn tenant() -> impl Strategy<Value = Tenant> {
    prop_oneof![3 => Just(Tenant::Ours), 1 => Just(Tenant::Theirs)]
}

/// A home and perhaps links, all distinct.
fn event() -> impl Strategy<Value = Event> {
    let streams = prop_oneof![3 => Just(1_usize), 2 => Just(2), 1 => Just(3)]
        .prop_flat_map(|count| subsequence(&STREAMS[..], count).prop_shuffle());
    (select(&NAMES[..]), streams).prop_map(|(name, streams)| Event {
        name,
        home: streams[0],
        links: streams[1..].to_vec(),
    })
}

/// Mostly up to date, sometimes a little behind.
fn condition() -> impl Strategy<Value = If> {
    let behind = prop_oneof![3 => Just(0_u64), 1 => 1..4_u64];
    (select(&STREAMS[..]), behind, types()).prop_map(|(stream, behind, types)| If {
        stream,
        behind,
        types,
    })
}

fn read() -> impl Strategy<Value = Read> {
    let up_to = prop_oneof![3 => Just(u64::MAX), 1 => 0..8_u64];
    (select(&STREAMS[..]), 0..5_u64, up_to, types()).prop_map(|(stream, after, up_to, types)| Read {
        stream,
        after,
        up_to,
        types,
    })
}

fn types() -> impl Strategy<Value = Types> {
    prop_oneof![
        1 => Just(Types::All),
        1 => subsequence(&NAMES[..], 0..=2).prop_map(Types::Only),
    ]
}

fn command() -> impl Strategy<Value = Command> {
    (0..3_u8, prop_oneof![4 => Just(0_u8), 1 => Just(1)]).prop_map(|(id, payload)| Command { id, payload })
}
