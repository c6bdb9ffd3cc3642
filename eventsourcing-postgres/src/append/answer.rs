use std::collections::HashMap;
use std::sync::Arc;

use eventsourcing_core::store::{
    Append, AppendError, Appended, Checkpoint, Conflict, Fingerprint, IdReused, StoreEpoch, StoreError,
    StoreId, StoreIdentity,
};
use eventsourcing_core::{NewEvent, Position, RecordedEvent, StreamVersion, TenantId, Timestamp, Version};
use uuid::Uuid;

use super::Command;
use super::parameters::Parameters;
use crate::history::Outcome;
use crate::row::{Columns, ServerTime, unsigned};

/// What the function `append()` has answered; see there.
pub(super) struct Answer {
    base: u64,
    recorded_at: Timestamp,
    heads: Vec<u64>,
    /// By the number of the command.
    known: HashMap<i32, (Fingerprint, Outcome)>,
    /// By the number of the command: the number of the condition.
    failed: HashMap<i32, usize>,
    /// By the number of the command: the checkpoint that is saved for its reader, which was not moved.
    stayed: HashMap<i32, Option<Checkpoint>>,
}

/// What is to be done about one command.
pub(super) enum Verdict {
    Done(Result<Appended, AppendError>),
    /// It has run before, and what it wrote then is to be read.
    Repeated(Outcome),
}

/// The verdicts if the answer cannot be read: the batch was committed all the same.
pub(super) fn illegible(batch: &[Command], error: StoreError) -> Vec<Verdict> {
    let error = Arc::new(error);
    let unknown = || AppendError::UnknownOutcome(Arc::clone(&error).into());
    batch.iter().map(|_| Verdict::Done(Err(unknown()))).collect()
}

impl Answer {
    pub(super) fn of_row(row: &impl Columns) -> Result<Self, StoreError> {
        let heads: Vec<i64> = row.column(2)?;
        let failed: Vec<i32> = list(row, 7)?;
        let failed_condition: Vec<i64> = list(row, 8)?;
        let number = |condition| usize::try_from(condition).unwrap_or_default();
        Ok(Self {
            base: unsigned(row.column(0)?),
            recorded_at: row.column::<ServerTime>(1)?.0,
            heads: heads.into_iter().map(unsigned).collect(),
            known: known(row)?,
            failed: failed
                .into_iter()
                .zip(failed_condition.into_iter().map(number))
                .collect(),
            stayed: stayed(row)?,
        })
    }

    /// The end of the log after the batch, as far as is known.
    pub(super) fn end(&self, verdicts: &[Verdict]) -> Position {
        let written = verdicts.iter().filter_map(|verdict| match verdict {
            Verdict::Done(Ok(appended)) => Some(appended.position),
            _ => None,
        });
        written.fold(Position::new(self.base), Position::max)
    }

    /// One verdict for each command. Follows the function in how it numbers events and gives out versions.
    pub(super) fn verdicts(
        &self,
        batch: &[Command],
        parameters: &Parameters<'_>,
        store: StoreIdentity,
    ) -> Vec<Verdict> {
        let mut places = Places {
            heads: self.heads.clone(),
            parameters,
            event: 0,
            link: 0,
        };
        let mut conditions = 0;
        let verdict = |(command, number): (&Command, i32)| {
            let append = &*command.append;
            let before = conditions;
            conditions += append.conditions.len();
            let conflict = |condition: usize| {
                let head = self.head(parameters.head_of_condition(condition));
                conflict(append, condition - 1 - before, head)
            };
            if let Some(verdict) = self.without_writing(append, number, store, conflict) {
                places.skip(append);
                return verdict;
            }
            Verdict::Done(Ok(self.appended(append, &command.tenant.id, &mut places)))
        };
        batch.iter().zip(1..).map(verdict).collect()
    }

    /// The verdict about a command of which no events were written, in the order of the contract.
    fn without_writing(
        &self,
        append: &Append,
        number: i32,
        store: StoreIdentity,
        conflict: impl Fn(usize) -> AppendError,
    ) -> Option<Verdict> {
        let known = self.known.get(&number);
        let stayed = self.stayed.get(&number);
        if let (Some(key), Some((fingerprint, _))) = (append.command, known)
            && key.fingerprint != *fingerprint
        {
            return Some(refused(IdReused { id: key.id }));
        }
        if let (Some(progress), Some(saved)) = (&append.progress, stayed)
            && let Err(error) = progress.check(*saved, store, Position::new(self.base))
        {
            return Some(refused(error));
        }
        if let Some(condition) = self.failed.get(&number) {
            return Some(refused(conflict(*condition)));
        }
        if stayed.is_some() {
            return Some(refused(StoreError::unavailable(
                "the checkpoint was changed by somebody else at the same time",
            )));
        }
        known.map(|(_, outcome)| Verdict::Repeated(*outcome))
    }

    fn head(&self, number: usize) -> Version {
        Version::new(self.heads[number - 1])
    }

    fn appended(&self, append: &Append, tenant: &TenantId, places: &mut Places<'_, '_>) -> Appended {
        let record = |event| Arc::new(self.recorded(event, tenant, places));
        let events: Vec<_> = append.events.iter().map(record).collect();
        let position = events
            .last()
            .map_or_else(|| Position::new(self.base), |event| event.position);
        Appended {
            events,
            position,
            repeated: false,
        }
    }

    fn recorded(&self, event: &NewEvent, tenant: &TenantId, places: &mut Places<'_, '_>) -> RecordedEvent {
        let version = places.home();
        RecordedEvent {
            id: event.id,
            tenant: tenant.clone(),
            position: Position::new(self.base + places.event as u64),
            event_type: event.event_type.clone(),
            schema_version: event.schema_version,
            content_type: event.content_type.clone(),
            payload: event.payload.clone(),
            metadata: event.metadata.clone(),
            recorded_at: self.recorded_at,
            home: StreamVersion {
                stream: event.home.clone(),
                version,
            },
            links: event
                .links
                .iter()
                .map(|link| StreamVersion {
                    stream: link.clone(),
                    version: places.link(),
                })
                .collect(),
        }
    }
}

/// Gives out versions in the order of the events.
struct Places<'a, 'b> {
    heads: Vec<u64>,
    parameters: &'a Parameters<'b>,
    /// How many events and links have had their turn.
    event: usize,
    link: usize,
}

impl Places<'_, '_> {
    fn home(&mut self) -> Version {
        let head = self.parameters.head_of_event(self.event);
        self.event += 1;
        self.next(head)
    }

    fn link(&mut self) -> Version {
        let head = self.parameters.head_of_link(self.link);
        self.link += 1;
        self.next(head)
    }

    fn next(&mut self, number: usize) -> Version {
        let head = &mut self.heads[number - 1];
        *head += 1;
        Version::new(*head)
    }

    /// Passes over what was not written.
    fn skip(&mut self, append: &Append) {
        self.event += append.events.len();
        self.link += append.events.iter().map(|event| event.links.len()).sum::<usize>();
    }
}

fn refused(error: impl Into<AppendError>) -> Verdict {
    Verdict::Done(Err(error.into()))
}

fn conflict(append: &Append, condition: usize, head: Version) -> AppendError {
    let condition = &append.conditions[condition];
    Conflict {
        stream: condition.stream.clone(),
        seen: condition.seen,
        head,
    }
    .into()
}

fn known(row: &impl Columns) -> Result<HashMap<i32, (Fingerprint, Outcome)>, StoreError> {
    let commands: Vec<i32> = list(row, 3)?;
    let fingerprints: Vec<Uuid> = list(row, 4)?;
    let first: Vec<Option<i64>> = list(row, 5)?;
    let last: Vec<i64> = list(row, 6)?;
    let known = commands
        .into_iter()
        .zip(fingerprints)
        .zip(first.into_iter().zip(last));
    Ok(known
        .map(|((command, fingerprint), (first, last))| {
            (
                command,
                (
                    Fingerprint::from_bytes(fingerprint.into_bytes()),
                    Outcome::new(first, last),
                ),
            )
        })
        .collect())
}

fn stayed(row: &impl Columns) -> Result<HashMap<i32, Option<Checkpoint>>, StoreError> {
    let commands: Vec<i32> = list(row, 9)?;
    let stores: Vec<Option<Uuid>> = list(row, 10)?;
    let epochs: Vec<Option<Uuid>> = list(row, 11)?;
    let positions: Vec<Option<i64>> = list(row, 12)?;
    let saved = stores
        .into_iter()
        .zip(epochs)
        .zip(positions)
        .map(|((id, epoch), position)| {
            Some(Checkpoint {
                store: StoreIdentity {
                    id: StoreId::new(id?),
                    epoch: StoreEpoch::new(epoch?),
                },
                position: Position::new(unsigned(position?)),
            })
        });
    Ok(commands.into_iter().zip(saved).collect())
}

/// A list that is null when it is empty.
fn list<T>(row: &impl Columns, column: usize) -> Result<Vec<T>, StoreError>
where
    Vec<T>: for<'r> tokio_postgres::types::FromSql<'r>,
{
    Ok(row.column::<Option<Vec<T>>>(column)?.unwrap_or_default())
}
