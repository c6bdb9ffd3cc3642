use std::sync::Arc;

use eventsourcing_core::store::{Fingerprint, StoreError, StreamSlice};
use eventsourcing_core::{StreamId, Version};
use tokio_postgres::Row;
use uuid::Uuid;

use super::Request;
use super::parameters::Parameters;
use crate::classify::store_error;
use crate::history::Outcome;
use crate::row::{EventColumns, unsigned};

/// Gives the rows of the query back to the requests.
pub(super) struct Slices<'a> {
    batch: &'a [Request],
    parameters: &'a Parameters<'a>,
    /// Of each stream that was asked for: which request, and which of its streams.
    streams: Vec<(usize, usize)>,
    /// Of each command that was asked for: which request.
    commands: Vec<usize>,
}

/// What the rows of a query come to.
pub(super) enum Answer {
    /// Of each request, what was found for it.
    Found(Vec<Found>),
    /// A dictionary has grown since the query was written.
    UnknownTypes,
    /// A stream has more events than were wanted, so its head has to be asked for.
    HeadsMissing,
}

/// What was found for one request.
#[derive(Default)]
pub(super) struct Found {
    pub(super) slices: Vec<StreamSlice>,
    pub(super) command: Option<(Fingerprint, Outcome)>,
    pub(super) dictionary: u64,
}

impl<'a> Slices<'a> {
    pub(super) fn new(batch: &'a [Request], parameters: &'a Parameters<'a>) -> Self {
        let requests = batch.iter().enumerate();
        let streams = requests
            .clone()
            .flat_map(|(nth, request)| (0..request.read.streams.len()).map(move |at| (nth, at)));
        let commands = requests
            .filter(|(_, request)| request.read.command.is_some())
            .map(|(nth, _)| nth);
        Self {
            batch,
            parameters,
            streams: streams.collect(),
            commands: commands.collect(),
        }
    }

    pub(super) fn of_rows(&self, rows: &[Row]) -> Result<Answer, StoreError> {
        let empty = |request: &Request| Found {
            slices: vec![StreamSlice::default(); request.read.streams.len()],
            ..Found::default()
        };
        let mut found: Vec<_> = self.batch.iter().map(empty).collect();
        // Events cannot be read before it is certain that their types are known, whatever order the rows come in.
        for row in rows {
            if item(row)? == 0 && !self.dictionary(row, &mut found)? {
                return Ok(Answer::UnknownTypes);
            }
        }
        for row in rows {
            let item = item(row)?;
            let nth = item.unsigned_abs() as usize;
            match item {
                0 => {}
                1.. => self.event(row, self.streams[nth - 1], &mut found)?,
                _ => found[self.commands[nth - 1]].command = Some(command(row)?),
            }
        }
        found
            .iter_mut()
            .zip(self.batch)
            .for_each(|(found, request)| sort(found, request));
        let mut all = found.iter().zip(self.batch);
        if all.any(|(found, request)| goes_beyond(found, request)) {
            return Ok(Answer::HeadsMissing);
        }
        Ok(Answer::Found(found))
    }

    /// Takes the size of a dictionary, and tells whether what the query was written with is as large.
    fn dictionary(&self, row: &Row, found: &mut [Found]) -> Result<bool, StoreError> {
        let size = unsigned(row.try_get(1).map_err(store_error)?);
        let tenant: i64 = row.try_get(2).map_err(store_error)?;
        let mut complete = true;
        for (nth, request) in self.batch.iter().enumerate() {
            if i64::from(request.key) == tenant {
                found[nth].dictionary = size;
                complete &= self.parameters.dictionary(nth).size() >= size;
            }
        }
        Ok(complete)
    }

    fn event(&self, row: &Row, (nth, at): (usize, usize), found: &mut [Found]) -> Result<(), StoreError> {
        let request = &self.batch[nth];
        let slice = &mut found[nth].slices[at];
        if let Some(head) = row.try_get::<_, Option<i64>>(1).map_err(store_error)? {
            slice.head = Version::new(unsigned(head));
        }
        let event = EventColumns {
            row,
            first: 2,
            tenant: &request.tenant.id,
            dictionary: self.parameters.dictionary(nth),
        };
        slice
            .events
            .extend(event.read(Some(&request.read.streams[at].stream))?.map(Arc::new));
        Ok(())
    }
}

/// What a row is about; see the query.
fn item(row: &Row) -> Result<i32, StoreError> {
    row.try_get(0).map_err(store_error)
}

fn command(row: &Row) -> Result<(Fingerprint, Outcome), StoreError> {
    let fingerprint: Uuid = row.try_get(7).map_err(store_error)?;
    let first = row.try_get(2).map_err(store_error)?;
    let last = row.try_get(1).map_err(store_error)?;
    Ok((
        Fingerprint::from_bytes(fingerprint.into_bytes()),
        Outcome::new(first, last),
    ))
}

/// Events at home come before linked ones. The last one is the head, where that was left out.
fn sort(found: &mut Found, request: &Request) {
    for (slice, read) in found.slices.iter_mut().zip(&request.read.streams) {
        let version = |event: &Arc<_>| version_in(event, &read.stream);
        if !slice.events.is_sorted_by_key(version) {
            slice.events.sort_by_key(version);
        }
        slice.head = slice
            .head
            .max(slice.events.last().and_then(version).unwrap_or_default());
    }
}

fn version_in(event: &eventsourcing_core::RecordedEvent, stream: &StreamId) -> Option<Version> {
    event.version_in(stream)
}

/// Whether there is an event that was not wanted: then there may be more of that stream than that.
fn goes_beyond(found: &Found, request: &Request) -> bool {
    let mut slices = found.slices.iter().zip(&request.read.streams);
    slices.any(|(slice, read)| {
        let last = slice.events.last();
        last.and_then(|event| version_in(event, &read.stream)) > Some(read.up_to)
    })
}
