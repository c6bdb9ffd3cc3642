use eventsourcing_core::store::{IdReused, ReadStream, ReadStreams, StreamSlice, StreamsRead};
use eventsourcing_core::{TenantId, TypeFilter};
use rusqlite::Connection;

use super::budget::{Budget, Stop};
use super::command::first_outcome;
use super::dictionary;
use super::head::head_of_stream;
use crate::row::{Decoder, event_columns, signed, text};

/// Reads streams, and looks up a command, within one transaction.
pub(crate) fn read_streams(
    connection: &Connection,
    tenant: &TenantId,
    read: &ReadStreams,
    budget: &mut Budget,
) -> Result<Result<StreamsRead, IdReused>, Stop> {
    let first_outcome = match read.command {
        Some(command) => first_outcome(connection, tenant, command, budget)?,
        None => Ok(None),
    };
    let repeated = match first_outcome {
        Ok(repeated) => repeated,
        Err(reused) => return Ok(Err(reused)),
    };
    let mut slices = Vec::new();
    if repeated.is_none() {
        let mut decoder = Decoder::new(tenant);
        slices.reserve(read.streams.len());
        for stream in &read.streams {
            slices.push(slice(connection, tenant, stream, &mut decoder, budget)?);
        }
    }
    Ok(Ok(StreamsRead {
        slices,
        repeated,
        dictionary: dictionary::size(connection, tenant)?,
    }))
}

fn wants_nothing(types: &TypeFilter) -> bool {
    matches!(types, TypeFilter::Only(types) if types.is_empty())
}

fn slice(
    connection: &Connection,
    tenant: &TenantId,
    read: &ReadStream,
    decoder: &mut Decoder<'_>,
    budget: &mut Budget,
) -> Result<StreamSlice, Stop> {
    let head = head_of_stream(connection, tenant, &read.stream)?;
    budget.spend_rows(1)?;
    let last = head.min(read.up_to);
    if last <= read.after || wants_nothing(&read.types) {
        return Ok(StreamSlice {
            head,
            events: Vec::new(),
        });
    }
    budget.spend_rows(last.get() - read.after.get())?;
    let mut select = connection.prepare_cached(concat!(
        "select ",
        event_columns!(),
        " from es_places p join es_events e on e.position = p.position
          where p.tenant = ?1 and p.stream = ?2 and p.version > ?3 and p.version <= ?4 order by p.version"
    ))?;
    let (after, last) = (signed(read.after.get()), signed(last.get()));
    let mut rows = select.query((tenant.as_str(), read.stream.as_str(), after, last))?;
    let mut events = Vec::new();
    while let Some(row) = rows.next()? {
        if read.types.matches(text(row, 5)?) {
            let event = decoder.event(row)?;
            budget.spend_bytes(event.payload.len() + event.metadata.len())?;
            events.push(event);
        }
    }
    Ok(StreamSlice { head, events })
}
