use std::error::Error;

use bytes::Bytes;
use eventsourcing_core::store::StoreError;
use eventsourcing_core::{
    ContentType, EventId, Position, RecordedEvent, StreamId, StreamVersion, TenantId, Timestamp, Version,
};
use tokio_postgres::Row;
use tokio_postgres::types::{FromSql, Type};
use uuid::Uuid;

use crate::classify::store_error;
use crate::dictionary::Dictionary;

/// A row of an answer, of whichever driver.
pub(crate) trait Columns {
    /// A value of it.
    fn column<'r, T: FromSql<'r>>(&'r self, nth: usize) -> Result<T, StoreError>;
}

impl Columns for Row {
    fn column<'r, T: FromSql<'r>>(&'r self, nth: usize) -> Result<T, StoreError> {
        self.try_get(nth).map_err(store_error)
    }
}

/// The columns of an event, which come one after the other in every query.
pub(crate) struct EventColumns<'a> {
    pub(crate) row: &'a Row,
    /// Which column comes first.
    pub(crate) first: usize,
    pub(crate) tenant: &'a TenantId,
    pub(crate) dictionary: &'a Dictionary,
}

impl EventColumns<'_> {
    /// The event, or `None` if there is none in the row. `home` is its home stream where that column is null.
    pub(crate) fn read(&self, home: Option<&StreamId>) -> Result<Option<RecordedEvent>, StoreError> {
        let Some(position) = self.column::<Option<i64>>(0)? else {
            return Ok(None);
        };
        let number = self.column(4)?;
        let event_type = self.dictionary.name(number);
        let event_type = event_type.ok_or_else(|| broken(format!("there is no event type {number}")))?;
        let stream = match (self.column::<Option<&str>>(6)?, home) {
            (Some(text), _) => stream(text)?,
            (None, Some(home)) => home.clone(),
            (None, None) => return Err(broken("there is an event without a stream")),
        };
        Ok(Some(RecordedEvent {
            id: EventId::new(self.column::<Uuid>(5)?),
            tenant: self.tenant.clone(),
            position: Position::new(unsigned(position)),
            event_type: event_type.clone(),
            schema_version: u32::try_from(self.column::<i64>(3)?)
                .map_err(|error| broken("a schema version is out of range").caused_by(error))?,
            content_type: content_type(self.column(7)?)?,
            payload: Bytes::copy_from_slice(self.column(8)?),
            metadata: Bytes::copy_from_slice(self.column(9)?),
            recorded_at: self.column::<ServerTime>(2)?.0,
            home: StreamVersion {
                stream,
                version: Version::new(unsigned(self.column(1)?)),
            },
            links: self.links()?,
        }))
    }

    fn links(&self) -> Result<Vec<StreamVersion>, StoreError> {
        let Some(streams) = self.column::<Option<Vec<&str>>>(10)? else {
            return Ok(Vec::new());
        };
        let versions: Vec<i64> = self.column(11)?;
        let place = |(text, version)| {
            Ok(StreamVersion {
                stream: stream(text)?,
                version: Version::new(unsigned(version)),
            })
        };
        streams.into_iter().zip(versions).map(place).collect()
    }

    fn column<'r, T: FromSql<'r>>(&'r self, nth: usize) -> Result<T, StoreError> {
        self.row.try_get(self.first + nth).map_err(store_error)
    }
}

/// A number of the database that counts something, and is never below 0.
pub(crate) fn unsigned(number: i64) -> u64 {
    u64::try_from(number).unwrap_or_default()
}

/// A number as the database has them; what is too large for it is larger than anything there.
pub(crate) fn bigint(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// A time of the server, which counts microseconds from the year 2000 on.
pub(crate) struct ServerTime(pub(crate) Timestamp);

impl<'a> FromSql<'a> for ServerTime {
    fn from_sql(_: &Type, raw: &'a [u8]) -> Result<Self, Box<dyn Error + Sync + Send>> {
        const YEAR_2000: i64 = 946_684_800_000_000;
        let micros = i64::from_be_bytes(raw.try_into()?).saturating_add(YEAR_2000);
        Ok(Self(Timestamp::from_micros(u64::try_from(micros).unwrap_or(0))))
    }

    fn accepts(ty: &Type) -> bool {
        *ty == Type::TIMESTAMPTZ
    }
}

fn stream(text: &str) -> Result<StreamId, StoreError> {
    StreamId::new(text).map_err(|error| broken(format!("`{text}` is stored as a stream id")).caused_by(error))
}

pub(crate) fn content_type(text: Option<&str>) -> Result<ContentType, StoreError> {
    text.map_or(Ok(ContentType::JSON), |text| {
        ContentType::new(text)
            .map_err(|error| broken(format!("`{text}` is stored as a content type")).caused_by(error))
    })
}

fn broken(message: impl Into<String>) -> StoreError {
    StoreError::broken(message)
}
