//! Rows as values of the vocabulary. What cannot be read was not written by this crate.

use std::error::Error;
use std::sync::Arc;

use bytes::Bytes;
use eventsourcing_core::{
    ContentType, EventId, EventTypeName, Position, RecordedEvent, StreamId, StreamVersion, TenantId,
    Timestamp, Version,
};
use rusqlite::Row;
use rusqlite::types::Type;
use uuid::Uuid;

/// The columns that [`Decoder::event`] reads, in its order, of `es_events as e`.
macro_rules! event_columns {
    () => {
        "e.position, e.stream, e.version, e.links, e.id, e.type, e.schema_version, e.content_type, e.recorded_at, \
         e.payload, e.metadata"
    };
}
pub(crate) use event_columns;

type Result<T> = rusqlite::Result<T>;

/// Makes events out of rows. Names of types come up again and again; they are shared.
pub(crate) struct Decoder<'a> {
    tenant: &'a TenantId,
    types: Vec<EventTypeName>,
}

impl<'a> Decoder<'a> {
    pub(crate) fn new(tenant: &'a TenantId) -> Self {
        Self {
            tenant,
            types: Vec::new(),
        }
    }

    /// The event of a row that starts with the [`event_columns`].
    pub(crate) fn event(&mut self, row: &Row<'_>) -> Result<Arc<RecordedEvent>> {
        let stream = text(row, 1)?;
        Ok(Arc::new(RecordedEvent {
            id: EventId::new(uuid_blob(row, 4)?),
            tenant: self.tenant.clone(),
            position: position(row, 0)?,
            event_type: self.event_type(row)?,
            schema_version: row.get(6)?,
            content_type: ContentType::new(text(row, 7)?).map_err(unreadable(7))?,
            payload: bytes(row, 9)?,
            metadata: bytes(row, 10)?,
            recorded_at: Timestamp::from_micros(unsigned(row, 8)?),
            home: StreamVersion {
                stream: StreamId::new(stream).map_err(unreadable(1))?,
                version: version(row, 2)?,
            },
            links: links(row, 3)?,
        }))
    }

    fn event_type(&mut self, row: &Row<'_>) -> Result<EventTypeName> {
        let name = text(row, 5)?;
        if let Some(known) = self.types.iter().find(|known| known.as_str() == name) {
            return Ok(known.clone());
        }
        let name = EventTypeName::new(name).map_err(unreadable(5))?;
        self.types.push(name.clone());
        Ok(name)
    }
}

/// Links as they are stored, or nothing if there are none.
pub(crate) fn links_to_text(links: &[StreamVersion]) -> Result<Option<String>> {
    if links.is_empty() {
        return Ok(None);
    }
    let places: Vec<_> = links.iter().map(|place| (&place.stream, place.version)).collect();
    let text = serde_json::to_string(&places);
    text.map(Some)
        .map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()))
}

fn links(row: &Row<'_>, column: usize) -> Result<Vec<StreamVersion>> {
    let Some(text) = row.get_ref(column)?.as_str_or_null()? else {
        return Ok(Vec::new());
    };
    let places: Vec<(StreamId, Version)> = serde_json::from_str(text).map_err(unreadable(column))?;
    Ok(places
        .into_iter()
        .map(|(stream, version)| StreamVersion { stream, version })
        .collect())
}

pub(crate) fn text<'a>(row: &'a Row<'_>, column: usize) -> Result<&'a str> {
    Ok(row.get_ref(column)?.as_str()?)
}

pub(crate) fn bytes(row: &Row<'_>, column: usize) -> Result<Bytes> {
    Ok(Bytes::copy_from_slice(row.get_ref(column)?.as_blob()?))
}

pub(crate) fn position(row: &Row<'_>, column: usize) -> Result<Position> {
    Ok(Position::new(unsigned(row, column)?))
}

pub(crate) fn version(row: &Row<'_>, column: usize) -> Result<Version> {
    Ok(Version::new(unsigned(row, column)?))
}

pub(crate) fn unsigned(row: &Row<'_>, column: usize) -> Result<u64> {
    let number: i64 = row.get(column)?;
    u64::try_from(number).map_err(|_| rusqlite::Error::IntegralValueOutOfRange(column, number))
}

pub(crate) fn uuid_blob(row: &Row<'_>, column: usize) -> Result<Uuid> {
    Uuid::from_slice(row.get_ref(column)?.as_blob()?).map_err(unreadable(column))
}

pub(crate) fn uuid_text(row: &Row<'_>, column: usize) -> Result<Uuid> {
    text(row, column)?.parse().map_err(unreadable(column))
}

pub(crate) fn unreadable<E: Error + Send + Sync + 'static>(
    column: usize,
) -> impl FnOnce(E) -> rusqlite::Error {
    move |error| rusqlite::Error::FromSqlConversionFailure(column, Type::Text, Box::new(error))
}

/// A number as SQLite holds it. No store has more events than fit.
pub(crate) fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
