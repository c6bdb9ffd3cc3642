use std::collections::HashMap;
use std::sync::Arc;

use eventsourcing_core::store::rows::Place;
use eventsourcing_core::store::{
    Append, AppendError, Appended, Checkpoint, CheckpointRefused, CommandKey, Dictionary, FeedPage, IdReused,
    InvalidAppend, Progress, ReadFeed, ReadStreams, StoreIdentity, StreamsRead,
};
use eventsourcing_core::{
    EventId, NewEvent, Position, RecordedEvent, StreamId, TenantId, Timestamp, Version,
};

use crate::commands::Commands;
use crate::dictionary::Names;
use crate::feed;
use crate::leases::Leases;
use crate::rows::Rows;
use crate::snapshots::Snapshots;
use crate::streams::Streams;

/// Everything that belongs to one tenant.
#[derive(Default)]
pub(crate) struct Tenant {
    /// In commit order.
    log: Vec<Arc<RecordedEvent>>,
    /// Where in the log each event is.
    places: HashMap<EventId, usize>,
    streams: Streams,
    commands: Commands,
    dictionary: Names,
    /// Of each reader, by its name.
    pub(crate) readers: HashMap<String, Place>,
    pub(crate) rows: Rows,
    pub(crate) leases: Leases,
    pub(crate) snapshots: Snapshots,
}

impl Tenant {
    pub(crate) fn first_outcome(&self, command: Option<CommandKey>) -> Result<Option<Appended>, IdReused> {
        command.map_or(Ok(None), |command| self.commands.first_outcome(command))
    }

    /// Whether the events may be written now.
    pub(crate) fn check(&self, append: &Append) -> Result<(), AppendError> {
        self.streams.check(&append.conditions)?;
        match append
            .events
            .iter()
            .find(|event| self.places.contains_key(&event.id))
        {
            Some(event) => Err(InvalidAppend::EventTwice { event: event.id }.into()),
            None => Ok(()),
        }
    }

    pub(crate) fn record(
        &mut self,
        tenant: &TenantId,
        event: &NewEvent,
        position: Position,
        recorded_at: Timestamp,
    ) -> Arc<RecordedEvent> {
        let recorded = Arc::new(RecordedEvent {
            id: event.id,
            tenant: tenant.clone(),
            position,
            event_type: event.event_type.clone(),
            schema_version: event.schema_version,
            content_type: event.content_type.clone(),
            payload: event.payload.clone(),
            metadata: event.metadata.clone(),
            recorded_at,
            home: self.streams.next_place(&event.home),
            links: event
                .links
                .iter()
                .map(|link| self.streams.next_place(link))
                .collect(),
        });
        self.streams.push(&recorded);
        self.dictionary.add(&recorded);
        self.places.insert(recorded.id, self.log.len());
        self.log.push(Arc::clone(&recorded));
        recorded
    }

    pub(crate) fn record_command(&mut self, command: CommandKey, outcome: Appended) {
        self.commands.record(command, outcome);
    }

    /// The checkpoint that is saved under the name of a reader.
    pub(crate) fn saved(&self, reader: &str) -> Option<Checkpoint> {
        self.readers.get(reader)?.checkpoint
    }

    pub(crate) fn place(&self, reader: &str) -> Place {
        self.readers.get(reader).copied().unwrap_or_default()
    }

    /// Saves a checkpoint as it has been checked.
    pub(crate) fn save(&mut self, reader: &str, checkpoint: Checkpoint) {
        match self.readers.get_mut(reader) {
            Some(place) => place.checkpoint = Some(checkpoint),
            None => drop(self.readers.insert(
                reader.to_owned(),
                Place {
                    checkpoint: Some(checkpoint),
                    writes: 0,
                },
            )),
        }
    }

    /// Moves a reader as it has been checked, if one is to be moved.
    pub(crate) fn move_reader(&mut self, progress: Option<&Progress>) {
        if let Some(Progress { reader, to, .. }) = progress {
            self.save(reader, *to);
        }
    }

    /// What an append has written, if it took effect. `head` is the end of the log.
    pub(crate) fn settle(&self, append: &Append, head: Position) -> Option<Appended> {
        if let Some(written) = self.written(&append.events) {
            return Some(written);
        }
        let progress = append.progress.as_ref();
        if progress.is_some_and(|progress| !progress.is_reached(self.saved(&progress.reader))) {
            return None;
        }
        if append.command.is_some() {
            // Under another fingerprint the id belongs to another command, and this append would be refused.
            return self.first_outcome(append.command).unwrap_or(None);
        }
        let only_moves = progress.is_some() && append.events.is_empty();
        only_moves.then_some(Appended {
            events: Vec::new(),
            position: head,
            repeated: false,
        })
    }

    fn written(&self, events: &[NewEvent]) -> Option<Appended> {
        let written: Option<Vec<_>> = events
            .iter()
            .map(|event| self.places.get(&event.id).map(|&at| Arc::clone(&self.log[at])))
            .collect();
        let events = written?;
        let position = events.last()?.position;
        Some(Appended {
            events,
            position,
            repeated: false,
        })
    }

    pub(crate) fn read_streams(&self, read: &ReadStreams) -> Result<StreamsRead, IdReused> {
        let repeated = self.first_outcome(read.command)?;
        let slices = match repeated {
            Some(_) => Vec::new(),
            None => read
                .streams
                .iter()
                .map(|stream| self.streams.read(stream))
                .collect(),
        };
        Ok(StreamsRead {
            slices,
            repeated,
            dictionary: self.dictionary.size(),
        })
    }

    pub(crate) fn head(&self, stream: &StreamId) -> Version {
        self.streams.head(stream)
    }

    pub(crate) fn read_feed(
        &self,
        read: &ReadFeed,
        store: StoreIdentity,
        head: Position,
    ) -> Result<FeedPage, CheckpointRefused> {
        feed::read(&self.log, read, store, head, self.dictionary.size())
    }

    pub(crate) fn dictionary(&self) -> Dictionary {
        self.dictionary.all()
    }
}
