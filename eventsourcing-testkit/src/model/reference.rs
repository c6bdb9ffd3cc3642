use std::collections::BTreeMap;
use std::sync::Arc;

use eventsourcing_core::store::{
    Append, AppendError, Appended, Checkpoint, CheckpointRefused, CommandKey, Conflict, Dictionary,
    FeedFilter, IdReused, Overtaken, Progress, ReadStream, ReadStreams, StoreIdentity, StreamSlice,
    StreamsRead,
};
use eventsourcing_core::{
    Category, NewEvent, Position, RecordedEvent, StreamId, StreamVersion, TenantId, Timestamp, Version,
};

/// A store so simple that it is obviously right: one list of events, looked through for every answer.
///
/// Where the contract leaves something to the store, which is the positions and the time, the model takes it over.
#[derive(Debug)]
pub struct Model {
    identity: StoreIdentity,
    beginning: Position,
    log: Vec<Arc<RecordedEvent>>,
    commands: Vec<(TenantId, CommandKey, Appended)>,
    checkpoints: BTreeMap<(TenantId, String), Checkpoint>,
}

/// What an append has to lead to.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// It is written: these events, but for position and time.
    Written(Vec<RecordedEvent>),
    /// The command has run before.
    Repeated(Appended),
    /// The command id belongs to another command.
    IdReused(IdReused),
    /// The reader is elsewhere.
    Overtaken(Overtaken),
    /// The reader cannot be moved there.
    Refused(CheckpointRefused),
    /// A condition fails.
    Conflict(Conflict),
}

impl Model {
    /// The model of a store whose log ends here, and of whose events so far none belongs to the tenants in question.
    pub fn new(identity: StoreIdentity, end: Position) -> Self {
        Self {
            identity,
            beginning: end,
            log: Vec::new(),
            commands: Vec::new(),
            checkpoints: BTreeMap::new(),
        }
    }

    /// Every event, of all tenants.
    pub fn log(&self) -> &[Arc<RecordedEvent>] {
        &self.log
    }

    /// The end of the log.
    pub fn end(&self) -> Position {
        self.log.last().map_or(self.beginning, |event| event.position)
    }

    /// A checkpoint after so many events of the log; past its end it starts again.
    pub fn checkpoint_after(&self, events: usize) -> Checkpoint {
        let position = match events % (self.log.len() + 1) {
            0 => Position::START,
            events => self.log[events - 1].position,
        };
        Checkpoint {
            store: self.identity,
            position,
        }
    }

    /// The head of a stream.
    pub fn head(&self, tenant: &TenantId, stream: &StreamId) -> Version {
        Version::new(self.in_stream(tenant, stream).count() as u64)
    }

    /// What an append has to lead to. Changes nothing.
    pub fn append(&self, tenant: &TenantId, append: &Append) -> Outcome {
        let first = match self.first_outcome(tenant, append.command) {
            Err(reused) => return Outcome::IdReused(reused),
            Ok(first) => first,
        };
        if let Some(progress) = &append.progress
            && let Some(failed) = self.why_not(tenant, progress)
        {
            return failed;
        }
        if let Some(first) = first {
            return Outcome::Repeated(first);
        }
        for condition in &append.conditions {
            let unseen =
                |event: &Arc<RecordedEvent>| event.version_in(&condition.stream) > Some(condition.seen);
            let counts = |event: &Arc<RecordedEvent>| condition.types.matches(event.event_type.as_str());
            if self
                .in_stream(tenant, &condition.stream)
                .any(|event| unseen(event) && counts(event))
            {
                return Outcome::Conflict(Conflict {
                    stream: condition.stream.clone(),
                    seen: condition.seen,
                    head: self.head(tenant, &condition.stream),
                });
            }
        }
        let mut written: Vec<RecordedEvent> = Vec::new();
        for event in &append.events {
            let place = |stream: &StreamId| {
                let earlier = written
                    .iter()
                    .filter(|event| event.version_in(stream).is_some())
                    .count();
                StreamVersion {
                    stream: stream.clone(),
                    version: Version::new(self.head(tenant, stream).get() + earlier as u64 + 1),
                }
            };
            let recorded = record(tenant, event, place);
            written.push(recorded);
        }
        Outcome::Written(written)
    }

    /// Moves a reader with an append that has succeeded.
    pub fn move_reader(&mut self, tenant: &TenantId, append: &Append) {
        if let Some(Progress { reader, to, .. }) = &append.progress {
            self.checkpoints.insert((tenant.clone(), reader.to_string()), *to);
        }
    }

    /// Takes over what the store has written.
    pub fn take_over(&mut self, tenant: &TenantId, append: &Append, appended: &Appended) {
        self.log.extend(appended.events.iter().cloned());
        if let Some(command) = append.command {
            self.commands.push((tenant.clone(), command, appended.clone()));
        }
    }

    /// What became of an append, if it took effect.
    pub fn settle(&self, tenant: &TenantId, append: &Append) -> Option<Appended> {
        let is_of = |event: &&Arc<RecordedEvent>| append.events.iter().any(|new| new.id == event.id);
        let events: Vec<_> = self.of_tenant(tenant).filter(is_of).cloned().collect();
        let found = |events, position| {
            Some(Appended {
                events,
                position,
                repeated: false,
            })
        };
        if let Some(position) = events.last().map(|event| event.position) {
            return found(events, position);
        }
        let progress = append.progress.as_ref();
        let is_reached = progress.is_none_or(|progress| {
            let saved = self.load(tenant, &progress.reader);
            saved.is_some_and(|saved| saved.position >= progress.to.position)
        });
        match append.command {
            _ if !is_reached => None,
            None if progress.is_some() && append.events.is_empty() => found(Vec::new(), self.end()),
            command => self.first_outcome(tenant, command).unwrap_or(None),
        }
    }

    /// What a read of streams has to answer.
    ///
    /// # Errors
    /// If the command id belongs to another command.
    pub fn read_streams(&self, tenant: &TenantId, read: &ReadStreams) -> Result<StreamsRead, IdReused> {
        Ok(StreamsRead {
            repeated: self.first_outcome(tenant, read.command)?,
            slices: read
                .streams
                .iter()
                .map(|stream| self.slice(tenant, stream))
                .collect(),
            dictionary: self.dictionary(tenant).size(),
        })
    }

    /// Everything that passes a filter after a position.
    pub fn feed(&self, tenant: &TenantId, after: Position, filter: &FeedFilter) -> Vec<Arc<RecordedEvent>> {
        let wanted = |event: &&Arc<RecordedEvent>| event.position > after && filter.matches(event);
        self.of_tenant(tenant).filter(wanted).cloned().collect()
    }

    /// The dictionary.
    pub fn dictionary(&self, tenant: &TenantId) -> Dictionary {
        let pairs_of = |event: &Arc<RecordedEvent>| -> Vec<_> {
            let categories = event.streams().map(|place| place.stream.category());
            categories
                // The category of a stream id is one, so nothing is left out here.
                .filter_map(|category| Some((Category::new(category).ok()?, event.event_type.clone())))
                .collect()
        };
        self.of_tenant(tenant).flat_map(pairs_of).collect()
    }

    /// The checkpoint saved last.
    pub fn load(&self, tenant: &TenantId, name: &str) -> Option<Checkpoint> {
        self.checkpoints.get(&(tenant.clone(), name.to_owned())).copied()
    }

    /// Saves a checkpoint.
    ///
    /// # Errors
    /// If it is not one of this log, or goes backwards.
    pub fn save(
        &mut self,
        tenant: &TenantId,
        name: &str,
        checkpoint: Checkpoint,
    ) -> Result<(), CheckpointRefused> {
        let position = checkpoint.check(self.identity, self.end())?;
        match self.load(tenant, name).map(|saved| saved.position) {
            Some(saved) if saved > position => Err(CheckpointRefused::Backwards { position, saved }),
            _ => {
                self.checkpoints
                    .insert((tenant.clone(), name.to_owned()), checkpoint);
                Ok(())
            }
        }
    }

    /// Forgets a checkpoint.
    pub fn forget(&mut self, tenant: &TenantId, name: &str) {
        self.checkpoints.remove(&(tenant.clone(), name.to_owned()));
    }

    /// Why a reader cannot be moved, if it cannot.
    fn why_not(&self, tenant: &TenantId, progress: &Progress) -> Option<Outcome> {
        let saved = self.load(tenant, &progress.reader);
        match progress.check(saved, self.identity, self.end()) {
            Err(AppendError::Overtaken(overtaken)) => Some(Outcome::Overtaken(overtaken)),
            Err(AppendError::Checkpoint(refused)) => Some(Outcome::Refused(refused)),
            _ => None,
        }
    }

    fn of_tenant(&self, tenant: &TenantId) -> impl Iterator<Item = &Arc<RecordedEvent>> {
        self.log.iter().filter(move |event| event.tenant == *tenant)
    }

    fn in_stream(&self, tenant: &TenantId, stream: &StreamId) -> impl Iterator<Item = &Arc<RecordedEvent>> {
        self.of_tenant(tenant)
            .filter(move |event| event.version_in(stream).is_some())
    }

    fn slice(&self, tenant: &TenantId, read: &ReadStream) -> StreamSlice {
        let wanted = |event: &&Arc<RecordedEvent>| {
            let version = event.version_in(&read.stream);
            version > Some(read.after)
                && version <= Some(read.up_to)
                && read.types.matches(event.event_type.as_str())
        };
        StreamSlice {
            head: self.head(tenant, &read.stream),
            events: self
                .in_stream(tenant, &read.stream)
                .filter(wanted)
                .cloned()
                .collect(),
        }
    }

    fn first_outcome(
        &self,
        tenant: &TenantId,
        command: Option<CommandKey>,
    ) -> Result<Option<Appended>, IdReused> {
        let Some(command) = command else {
            return Ok(None);
        };
        let known = self
            .commands
            .iter()
            .find(|(owner, key, _)| owner == tenant && key.id == command.id);
        match known {
            None => Ok(None),
            Some((_, key, _)) if *key != command => Err(IdReused { id: command.id }),
            Some((_, _, first)) => Ok(Some(Appended {
                repeated: true,
                ..first.clone()
            })),
        }
    }
}

fn record(tenant: &TenantId, event: &NewEvent, place: impl Fn(&StreamId) -> StreamVersion) -> RecordedEvent {
    RecordedEvent {
        id: event.id,
        tenant: tenant.clone(),
        position: Position::START,
        event_type: event.event_type.clone(),
        schema_version: event.schema_version,
        content_type: event.content_type.clone(),
        payload: event.payload.clone(),
        metadata: event.metadata.clone(),
        recorded_at: Timestamp::UNIX_EPOCH,
        home: place(&event.home),
        links: event.links.iter().map(place).collect(),
    }
}
