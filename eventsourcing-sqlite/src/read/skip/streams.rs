use eventsourcing_core::{Position, StreamId, TenantId};
use rusqlite::{Connection, OptionalExtension};

use crate::SqliteError;
use crate::read::head::head_of_stream;
use crate::row::{self, signed};

/// The places of certain streams. Within a stream, positions grow with versions.
pub(in crate::read) struct Streams<'a> {
    tenant: &'a TenantId,
    places: Vec<Place<'a>>,
}

struct Place<'a> {
    stream: &'a StreamId,
    version: u64,
    position: Position,
}

impl<'a> Streams<'a> {
    pub(super) fn new(
        connection: &Connection,
        tenant: &'a TenantId,
        streams: &'a [StreamId],
        after: Position,
    ) -> Result<Self, SqliteError> {
        let mut places = Vec::new();
        for stream in streams {
            places.extend(first_after(connection, tenant, stream, after)?);
        }
        Ok(Self { tenant, places })
    }

    /// The next position after this one that is in one of the streams.
    pub(super) fn next(
        &mut self,
        connection: &Connection,
        after: Position,
    ) -> Result<Option<Position>, SqliteError> {
        for place in &mut self.places {
            while place.position <= after {
                place.version += 1;
                let next = position(connection, self.tenant, place.stream, place.version)?;
                place.position = next.unwrap_or(Position::new(u64::MAX));
            }
        }
        self.places
            .retain(|place| place.position < Position::new(u64::MAX));
        Ok(self.places.iter().map(|place| place.position).min())
    }
}

/// The first place of a stream after a position, found by halving.
fn first_after<'a>(
    connection: &Connection,
    tenant: &TenantId,
    stream: &'a StreamId,
    after: Position,
) -> Result<Option<Place<'a>>, SqliteError> {
    let (mut low, mut high) = (1, head_of_stream(connection, tenant, stream)?.get() + 1);
    while low < high {
        let middle = low.midpoint(high);
        match position(connection, tenant, stream, middle)? {
            Some(position) if position <= after => low = middle + 1,
            _ => high = middle,
        }
    }
    let position = position(connection, tenant, stream, low)?;
    Ok(position.map(|position| Place {
        stream,
        version: low,
        position,
    }))
}

fn position(
    connection: &Connection,
    tenant: &TenantId,
    stream: &StreamId,
    version: u64,
) -> Result<Option<Position>, SqliteError> {
    let mut find = connection.prepare_cached(
        "select position from es_places where tenant = ?1 and stream = ?2 and version = ?3",
    )?;
    let found = find.query_row((tenant.as_str(), stream.as_str(), signed(version)), |row| {
        row::position(row, 0)
    });
    Ok(found.optional()?)
}
