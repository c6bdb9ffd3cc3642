use std::ops::RangeInclusive;

use eventsourcing_core::bytes::Bytes;
use eventsourcing_core::store::{CommandKey, FeedFilter, Fingerprint};
use eventsourcing_core::uuid::Uuid;
use eventsourcing_core::{
    Category, CommandId, ContentType, EventId, EventTypeName, Metadata, NewEvent, StreamId, TypeFilter,
    TypeSet,
};
use fastrand::Rng;

use crate::fixture;

const TYPES: [EventTypeName; 3] = [
    EventTypeName::from_static("workload.Added"),
    EventTypeName::from_static("workload.Removed"),
    EventTypeName::from_static("workload.Renamed"),
];
const CATEGORIES: [Category; 2] = [Category::from_static("left"), Category::from_static("right")];

/// The streams that everybody reads and writes.
#[derive(Debug)]
pub(super) struct Scene {
    pub(super) streams: Vec<StreamId>,
}

impl Scene {
    pub(super) fn new(streams: usize) -> Self {
        let name = |number| fixture::stream(&format!("{}-{number}", CATEGORIES[number % CATEGORIES.len()]));
        Self {
            streams: (0..streams).map(name).collect(),
        }
    }

    /// What is followed, by name.
    pub(super) fn feeds(&self) -> [(&'static str, FeedFilter); 4] {
        let [left, _] = CATEGORIES;
        let of_type = TypeFilter::Only(TYPES[..1].iter().cloned().collect());
        let of_stream = self.streams.iter().take(1).cloned().collect();
        [
            ("everything", FeedFilter::ALL),
            (
                "a type",
                FeedFilter {
                    types: of_type,
                    ..FeedFilter::ALL
                },
            ),
            (
                "a category",
                FeedFilter {
                    categories: Some(vec![left]),
                    ..FeedFilter::ALL
                },
            ),
            (
                "a stream",
                FeedFilter {
                    streams: Some(of_stream),
                    ..FeedFilter::ALL
                },
            ),
        ]
    }

    /// Some streams, each once, in any order.
    fn choose(&self, rng: &mut Rng, range: RangeInclusive<usize>) -> Vec<StreamId> {
        let count = rng.usize(range).min(self.streams.len());
        let mut chosen = Vec::with_capacity(count);
        while chosen.len() < count {
            let stream = &self.streams[rng.usize(..self.streams.len())];
            if !chosen.contains(stream) {
                chosen.push(stream.clone());
            }
        }
        chosen
    }
}

/// A command: what it reads, and what it writes if that has not changed.
#[derive(Debug)]
pub(super) struct Plan {
    pub(super) reads: Vec<(StreamId, TypeFilter)>,
    /// The same ones at each attempt after a conflict.
    pub(super) events: Vec<NewEvent>,
    pub(super) command: Option<CommandKey>,
    /// Whether it is sent again after it was acknowledged.
    pub(super) is_sent_twice: bool,
}

impl Plan {
    pub(super) fn random(rng: &mut Rng, scene: &Scene) -> Self {
        let id = CommandId::new(random_uuid(rng));
        let key = CommandKey {
            id,
            fingerprint: Fingerprint::of("workload.Command", id.get().as_bytes()),
        };
        let command = one_in(rng, 4).then_some(key);
        let reads = scene.choose(rng, 0..=3);
        let events = if one_in(rng, 6) { 0 } else { rng.usize(1..=3) };
        Self {
            events: (0..events)
                .map(|_| random_event(rng, scene, &reads, id))
                .collect(),
            reads: reads
                .into_iter()
                .map(|stream| (stream, random_types(rng)))
                .collect(),
            command,
            is_sent_twice: command.is_some() && one_in(rng, 3),
        }
    }

    /// As if another process, which does not know the first one's events, received the same command.
    pub(super) fn decide_anew(&mut self, rng: &mut Rng) {
        for event in &mut self.events {
            event.id = EventId::new(random_uuid(rng));
        }
    }
}

/// Mostly at home in a stream that was read, and linked to any.
fn random_event(rng: &mut Rng, scene: &Scene, reads: &[StreamId], command: CommandId) -> NewEvent {
    let mut streams = scene.choose(rng, 1..=3);
    if let Some(read) = rng.choice(reads)
        && !streams.contains(read)
        && !one_in(rng, 3)
    {
        streams[0] = read.clone();
    }
    let home = streams.swap_remove(0);
    NewEvent {
        id: EventId::new(random_uuid(rng)),
        event_type: TYPES[rng.usize(..TYPES.len())].clone(),
        schema_version: rng.u32(1..=3),
        content_type: ContentType::JSON,
        payload: Bytes::from(format!("{{\"text\": \"{}\"}}", "x".repeat(rng.usize(..64)))),
        metadata: Metadata::of_command(command).to_bytes(),
        home,
        links: streams,
    }
}

fn random_types(rng: &mut Rng) -> TypeFilter {
    if rng.bool() {
        return TypeFilter::All;
    }
    let some = rng.usize(..TYPES.len());
    TypeFilter::Only(
        rng.choose_multiple(&TYPES, some)
            .into_iter()
            .cloned()
            .collect::<TypeSet>(),
    )
}

/// Uuids of the seed's making: those of the machine would differ each time.
fn random_uuid(rng: &mut Rng) -> Uuid {
    Uuid::from_u128(rng.u128(..))
}

/// One time in so many.
pub(super) fn one_in(rng: &mut Rng, times: u32) -> bool {
    rng.u32(..times) == 0
}
