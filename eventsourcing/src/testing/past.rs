use std::collections::HashMap;
use std::sync::Arc;

use uuid::Uuid;

use crate::event::{Encoded, Event};
use crate::store::{DictionarySize, ReadStreams, StreamSlice, StreamsRead};
use crate::{
    CommandId, EventId, EventTypeName, Metadata, Position, RecordedEvent, StreamId, StreamVersion, TenantId,
    Timestamp, Version,
};

/// An event as bytes, with the streams it names.
#[derive(Debug)]
pub struct Written {
    pub(super) encoded: Encoded,
    pub(super) streams: Vec<StreamId>,
}

impl Written {
    #[track_caller]
    #[expect(clippy::panic, reason = "a test that cannot even write its events has failed")]
    pub(super) fn of<E: Event>(event: &E, unless_it_says: Option<&StreamId>) -> Self {
        let encoded = event
            .encode()
            .unwrap_or_else(|error| panic!("{error}: {}", error.source));
        let name = encoded.event_type.name;
        let streams = event
            .streams()
            .unwrap_or_else(|error| panic!("the key of a `{name}` names no stream: {error}"));
        let mut distinct: Vec<StreamId> = Vec::with_capacity(streams.len());
        for stream in streams {
            if !distinct.contains(&stream) {
                distinct.push(stream);
            }
        }
        if distinct.is_empty() {
            distinct.extend(unless_it_says.cloned());
        }
        assert!(
            !distinct.is_empty(),
            "a `{name}` has no `#[stream]` field, so a scenario cannot tell where it belongs; write `given_in(&id, [..])`"
        );
        Self {
            encoded,
            streams: distinct,
        }
    }
}

/// The events before the command, in commit order.
#[derive(Debug, Default)]
pub(super) struct Past {
    events: Vec<Arc<RecordedEvent>>,
    heads: HashMap<StreamId, Version>,
}

impl Past {
    pub(super) fn add(&mut self, event: Written, recorded_at: Timestamp) {
        let mut places = event.streams.into_iter().map(|stream| {
            let head = self.heads.entry(stream.clone()).or_default();
            *head = head.next();
            StreamVersion {
                stream,
                version: *head,
            }
        });
        let Some(home) = places.next() else { return };
        let links = places.collect();
        let position = Position::new(self.events.len() as u64 + 1);
        let id = Uuid::from_u128(u128::from(u64::MAX) + u128::from(position.get()));
        self.events.push(Arc::new(RecordedEvent {
            id: EventId::new(id),
            tenant: TenantId::DEFAULT,
            position,
            event_type: EventTypeName::from_static(event.encoded.event_type.name),
            schema_version: event.encoded.event_type.version,
            content_type: event.encoded.content_type,
            payload: event.encoded.payload,
            metadata: Metadata::of_command(CommandId::new(id)).to_bytes(),
            recorded_at,
            home,
            links,
        }));
    }

    /// All of them, in commit order.
    pub(super) fn events(&self) -> &[Arc<RecordedEvent>] {
        &self.events
    }

    /// What a store would answer.
    pub(super) fn read(&self, read: &ReadStreams) -> StreamsRead {
        let slices = read.streams.iter().map(|wanted| {
            let counts = |event: &&Arc<RecordedEvent>| {
                event
                    .version_in(&wanted.stream)
                    .is_some_and(|version| version > wanted.after)
                    && wanted.types.matches(event.event_type.as_str())
            };
            StreamSlice {
                head: self.heads.get(&wanted.stream).copied().unwrap_or_default(),
                events: self.events.iter().filter(counts).cloned().collect(),
            }
        });
        StreamsRead {
            slices: slices.collect(),
            repeated: None,
            dictionary: DictionarySize::default(),
        }
    }
}
