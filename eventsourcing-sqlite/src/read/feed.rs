use std::sync::Arc;

use eventsourcing_core::store::{Checkpoint, CheckpointRefused, FeedPage, ReadFeed, StoreIdentity};
use eventsourcing_core::{Position, RecordedEvent, TenantId};
use rusqlite::{Connection, Row};

use super::budget::{Budget, Stop};
use super::dictionary;
use super::head::head_of_log;
use super::skip::Skip;
use crate::row::{Decoder, event_columns, position, signed, text};

/// How many rows one read looks at: it must not hold a connection for as long as a filter finds nothing.
const LOOK_AT: usize = 10_000;

/// Reads the next page of a tenant's log, within one transaction.
pub(crate) fn read_feed(
    connection: &Connection,
    tenant: &TenantId,
    store: StoreIdentity,
    read: &ReadFeed,
    budget: &mut Budget,
) -> Result<Result<FeedPage, CheckpointRefused>, Stop> {
    let head = head_of_log(connection)?;
    let after = match read.after.map(|checkpoint| checkpoint.check(store, head)) {
        None => Position::START,
        Some(Ok(position)) => position,
        Some(Err(refused)) => return Ok(Err(refused)),
    };
    budget.spend_rows(head.get() - after.get())?;
    let mut page = Page {
        tenant,
        read,
        budget,
        decoder: Decoder::new(tenant),
        looked_at: 0,
        bytes: 0,
        events: Vec::new(),
    };
    let position = page.fill(connection, after)?.unwrap_or(head);
    Ok(Ok(FeedPage {
        events: page.events,
        scanned_to: Checkpoint { store, position },
        head,
        dictionary: dictionary::size(connection, tenant)?,
    }))
}

/// A page that is being filled.
struct Page<'a> {
    tenant: &'a TenantId,
    read: &'a ReadFeed,
    budget: &'a mut Budget,
    decoder: Decoder<'a>,
    looked_at: usize,
    bytes: usize,
    events: Vec<Arc<RecordedEvent>>,
}

/// Where a scan of consecutive rows has ended.
enum Scanned {
    /// At the end of the log.
    Out,
    /// After this position, since the page is full.
    Full(Position),
    /// After this position, since nothing has matched for a while.
    Barren(Position),
}

impl Page<'_> {
    /// How far the log was looked through, or `None` if to its end.
    fn fill(&mut self, connection: &Connection, after: Position) -> Result<Option<Position>, Stop> {
        let mut after = after;
        let mut skip = None;
        loop {
            let barren = match self.scan(connection, after)? {
                Scanned::Out => return Ok(None),
                Scanned::Full(position) => return Ok(Some(position)),
                Scanned::Barren(position) => position,
            };
            let skip = match &mut skip {
                Some(skip) => skip,
                None => skip.insert(Skip::new(connection, self.tenant, &self.read.filter, barren)?),
            };
            match skip.last_before_next(connection, barren)? {
                None => return Ok(None),
                Some(position) => after = position,
            }
        }
    }

    fn scan(&mut self, connection: &Connection, after: Position) -> Result<Scanned, Stop> {
        let mut select = connection.prepare_cached(concat!(
            "select ",
            event_columns!(),
            ", e.tenant from es_events e where e.position > ?1 order by e.position"
        ))?;
        let mut rows = select.query([signed(after.get())])?;
        let mut reached = after;
        let (mut misses, patience) = (0, Skip::patience(&self.read.filter));
        while let Some(row) = rows.next()? {
            if self.looked_at == LOOK_AT || self.events.len() == self.read.max_events.get() {
                return Ok(Scanned::Full(reached));
            }
            self.looked_at += 1;
            match self.matching(row)? {
                None => misses += 1,
                Some(event) => {
                    let bytes = event.payload.len() + event.metadata.len();
                    if self.bytes + bytes > self.read.max_bytes && !self.events.is_empty() {
                        return Ok(Scanned::Full(reached));
                    }
                    self.bytes += bytes;
                    self.budget.spend_bytes(bytes)?;
                    self.events.push(event);
                    misses = 0;
                }
            }
            reached = position(row, 0)?;
            if misses == patience {
                return Ok(Scanned::Barren(reached));
            }
        }
        Ok(Scanned::Out)
    }

    /// The event of a row, if it is wanted. Most that are not are seen as such before anything is copied.
    fn matching(&mut self, row: &Row<'_>) -> Result<Option<Arc<RecordedEvent>>, Stop> {
        if text(row, 11)? != self.tenant.as_str() || !self.read.filter.types.matches(text(row, 5)?) {
            return Ok(None);
        }
        let event = self.decoder.event(row)?;
        Ok(self.read.filter.matches(&event).then_some(event))
    }
}
