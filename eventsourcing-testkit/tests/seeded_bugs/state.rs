use std::collections::HashMap;
use std::sync::Arc;

use eventsourcing_core::store::{Append, AppendError, Appended, CommandKey, Condition, Conflict, IdReused};
use eventsourcing_core::uuid::Uuid;
use eventsourcing_core::{
    CommandId, EventId, NewEvent, Position, RecordedEvent, StreamId, StreamVersion, TenantId, Timestamp,
    Version,
};

use crate::bug::Bug;

/// What happens "now and then" happens every so many times.
const NOW_AND_THEN: u64 = 5;

/// Everything that is stored.
#[derive(Clone, Debug)]
pub(crate) struct State {
    pub(crate) bug: Option<Bug>,
    /// By position.
    pub(crate) log: Vec<Arc<RecordedEvent>>,
    pub(crate) streams: HashMap<StreamId, Vec<Arc<RecordedEvent>>>,
    heads: HashMap<StreamId, Version>,
    commands: HashMap<CommandId, (CommandKey, Appended)>,
    last_position: Position,
    /// Appends that are still on their way.
    late: Vec<Append>,
    turns: u64,
}

impl State {
    pub(crate) fn new(bug: Option<Bug>) -> Self {
        Self {
            bug,
            log: Vec::new(),
            streams: HashMap::new(),
            heads: HashMap::new(),
            commands: HashMap::new(),
            last_position: Position::START,
            late: Vec::new(),
            turns: 0,
        }
    }

    pub(crate) fn has(&self, bug: Bug) -> bool {
        self.bug == Some(bug)
    }

    /// Whether the bug shows this time.
    pub(crate) fn has_now(&mut self, bug: Bug) -> bool {
        if !self.has(bug) {
            return false;
        }
        self.turns += 1;
        self.turns.is_multiple_of(NOW_AND_THEN)
    }

    /// The end of the log.
    pub(crate) fn head(&self) -> Position {
        self.log.last().map_or(Position::START, |last| last.position)
    }

    pub(crate) fn head_of(&self, stream: &StreamId) -> Version {
        self.heads.get(stream).copied().unwrap_or_default()
    }

    /// Positions that are taken before the append is written.
    pub(crate) fn reserve_early(&mut self, positions: usize) -> Option<Position> {
        self.has_now(Bug::TakesPositionsBeforeCommitting)
            .then(|| self.reserve(positions))
    }

    /// Takes so many positions, and returns the one before them.
    fn reserve(&mut self, positions: usize) -> Position {
        let before = self.last_position;
        self.last_position = Position::new(before.get() + positions as u64);
        before
    }

    pub(crate) fn first_outcome(&self, command: Option<CommandKey>) -> Result<Option<Appended>, IdReused> {
        let Some((key, (first, outcome))) = command.and_then(|key| Some((key, self.commands.get(&key.id)?)))
        else {
            return Ok(None);
        };
        if *first != key {
            return Err(IdReused { id: key.id });
        }
        Ok(Some(Appended {
            repeated: true,
            ..outcome.clone()
        }))
    }

    /// The append as a whole: under the lock, at positions that were reserved, or the next ones.
    pub(crate) fn append(
        &mut self,
        append: &Append,
        after: Option<Position>,
    ) -> Result<Appended, AppendError> {
        for late in std::mem::take(&mut self.late) {
            self.write(&late.events, None);
        }
        if let Some(first) = self.first_outcome(append.command)? {
            return Ok(first);
        }
        if !self.has(Bug::ChecksConditionsBeforeLocking)
            && let Err(conflict) = self.check_conditions(append)
        {
            if self.has_now(Bug::WritesDespiteConflicts) {
                self.write(&append.events, None);
            }
            return Err(conflict.into());
        }
        let written = self.write_or_not(append, after)?;
        if let Some(command) = append.command
            && !self.has(Bug::ForgetsCommandIds)
        {
            self.commands.insert(command.id, (command, written.clone()));
        }
        Ok(self.acknowledgement(written))
    }

    pub(crate) fn check_conditions(&self, append: &Append) -> Result<(), Conflict> {
        let is_written = |stream: &StreamId| {
            append
                .events
                .iter()
                .any(|event| event.streams().any(|id| id == stream))
        };
        let is_checked = |condition: &&Condition| match self.bug {
            Some(Bug::DropsConditions) => false,
            Some(Bug::DropsConditionsOnUnwrittenStreams) => is_written(&condition.stream),
            Some(Bug::DropsConditionsOfEmptyAppends) => !append.events.is_empty(),
            Some(Bug::DropsTypedConditions) => condition.types == eventsourcing_core::TypeFilter::All,
            _ => true,
        };
        match append
            .conditions
            .iter()
            .filter(is_checked)
            .find(|condition| !self.holds(condition))
        {
            None => Ok(()),
            Some(failed) => Err(Conflict {
                stream: failed.stream.clone(),
                seen: failed.seen,
                head: self.head_of(&failed.stream),
            }),
        }
    }

    fn holds(&self, condition: &Condition) -> bool {
        let counts = |event: &Arc<RecordedEvent>| {
            let is_above = event.version_in(&condition.stream) > Some(condition.seen);
            let is_hidden = self.has(Bug::DropsLinksFromConditions) && event.home.stream != condition.stream;
            let matches =
                self.has(Bug::IgnoresTypesOfConditions) || condition.types.matches(event.event_type.as_str());
            is_above && !is_hidden && matches
        };
        self.streams
            .get(&condition.stream)
            .is_none_or(|events| !events.iter().any(counts))
    }

    fn write_or_not(&mut self, append: &Append, after: Option<Position>) -> Result<Appended, AppendError> {
        let events = append.events.as_slice();
        let but_one = &events[..events.len().saturating_sub(1)];
        if !but_one.is_empty() && self.has_now(Bug::TearsUnknownAppends) {
            self.write(but_one, None);
            return Err(unknown());
        }
        if !but_one.is_empty() && self.has_now(Bug::TearsAppends) {
            let whole = self.clone().write(events, None);
            self.write(but_one, None);
            return Ok(whole);
        }
        if !events.is_empty() && self.has_now(Bug::LosesAppends) {
            return Ok(self.clone().write(events, None));
        }
        if self.has_now(Bug::SettlesTooEarly) {
            self.late.push(append.clone());
            return Err(unknown());
        }
        let written = self.write(events, after);
        if self.has_now(Bug::DoublesUnknownAppends) {
            self.write(events, None);
            return Err(unknown());
        }
        if self.has_now(Bug::RedoesUnknownAppends) {
            let anew = events.iter().cloned().map(with_other_id).collect::<Vec<_>>();
            self.write(&anew, None);
            return Err(unknown());
        }
        Ok(written)
    }

    fn write(&mut self, events: &[NewEvent], after: Option<Position>) -> Appended {
        let mut position = after.unwrap_or_else(|| self.reserve(events.len()));
        let mut written = Vec::new();
        for event in events {
            position = position.next();
            let event = Arc::new(self.record(event, position));
            for place in event.streams() {
                self.streams
                    .entry(place.stream.clone())
                    .or_default()
                    .push(Arc::clone(&event));
            }
            self.log.push(Arc::clone(&event));
            written.push(event);
        }
        self.log.sort_by_key(|event| event.position);
        Appended {
            position: if events.is_empty() { self.head() } else { position },
            events: written,
            repeated: false,
        }
    }

    fn record(&mut self, event: &NewEvent, position: Position) -> RecordedEvent {
        let home = self.next_place(&event.home);
        let links = event.links.iter().map(|link| {
            let next = self.next_place(link);
            let version = if self.has(Bug::GivesLinksTheHomeVersion) {
                home.version
            } else {
                next.version
            };
            StreamVersion { version, ..next }
        });
        let links = links.collect();
        let mut payload = event.payload.clone();
        if self.has(Bug::ReformatsPayloads) {
            payload = String::from_utf8_lossy(&payload).replace(' ', "").into();
        }
        RecordedEvent {
            id: event.id,
            tenant: TenantId::DEFAULT,
            position,
            event_type: event.event_type.clone(),
            schema_version: event.schema_version,
            content_type: event.content_type.clone(),
            payload,
            metadata: event.metadata.clone(),
            recorded_at: Timestamp::UNIX_EPOCH,
            home,
            links,
        }
    }

    /// Takes the next version of a stream.
    fn next_place(&mut self, stream: &StreamId) -> StreamVersion {
        let mut version = self.head_of(stream).next();
        if self.has_now(Bug::SkipsVersions) {
            version = version.next();
        }
        if !self.has_now(Bug::ReusesVersions) {
            self.heads.insert(stream.clone(), version);
        }
        StreamVersion {
            stream: stream.clone(),
            version,
        }
    }

    fn acknowledgement(&mut self, mut written: Appended) -> Appended {
        if self.has_now(Bug::AcknowledgesOtherPosition) {
            written.position = written.position.next();
        }
        if let Some(first) = written.events.first_mut()
            && self.has_now(Bug::AcknowledgesOtherVersions)
        {
            let mut other = RecordedEvent::clone(first);
            other.home.version = other.home.version.next();
            *first = Arc::new(other);
        }
        written
    }

    pub(crate) fn settle(&self, append: &Append) -> Option<Appended> {
        let is_one = |event: &&Arc<RecordedEvent>| append.events.iter().any(|new| new.id == event.id);
        let events: Vec<_> = self.log.iter().filter(is_one).cloned().collect();
        if let Some(last) = events.last() {
            return Some(Appended {
                position: last.position,
                events,
                repeated: false,
            });
        }
        let (_, outcome) = self.commands.get(&append.command?.id)?;
        Some(outcome.clone())
    }
}

fn unknown() -> AppendError {
    AppendError::UnknownOutcome("the connection was lost".into())
}

fn with_other_id(event: NewEvent) -> NewEvent {
    NewEvent {
        id: EventId::new(Uuid::from_u128(!event.id.get().as_u128())),
        ..event
    }
}
