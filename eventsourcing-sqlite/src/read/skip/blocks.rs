use eventsourcing_core::store::FeedFilter;
use eventsourcing_core::{Position, TenantId};
use rusqlite::{Connection, OptionalExtension};

use crate::SqliteError;
use crate::row::{text, unsigned};

/// How many bits of a position count within its block.
const BITS: u32 = 6;

/// The block that a position is in.
pub(crate) fn block(position: Position) -> i64 {
    (position.get() >> BITS).cast_signed()
}

/// The blocks that hold any of certain entries of the dictionary.
pub(in crate::read) struct Blocks<'a> {
    tenant: &'a TenantId,
    entries: Vec<Entry>,
}

struct Entry {
    number: i64,
    /// The first block that holds it and has not been passed yet.
    next: i64,
}

impl<'a> Blocks<'a> {
    pub(super) fn new(
        connection: &Connection,
        tenant: &'a TenantId,
        filter: &FeedFilter,
    ) -> Result<Self, SqliteError> {
        let wanted = |category: &str, name: &str| {
            let category_matches = |wanted: &[_]| wanted.iter().any(|wanted| *wanted == category);
            filter.types.matches(name) && filter.categories.as_deref().is_none_or(category_matches)
        };
        let mut select = connection
            .prepare_cached("select number, category, type from es_dictionary where tenant = ?1")?;
        let mut rows = select.query([tenant.as_str()])?;
        let mut entries = Vec::new();
        while let Some(row) = rows.next()? {
            if wanted(text(row, 1)?, text(row, 2)?) {
                entries.push(Entry {
                    number: row.get(0)?,
                    next: -1,
                });
            }
        }
        Ok(Self { tenant, entries })
    }

    /// The next position after this one that is in one of the blocks.
    pub(super) fn next(
        &mut self,
        connection: &Connection,
        after: Position,
    ) -> Result<Option<Position>, SqliteError> {
        let first = after.next();
        let from = block(first);
        let mut find = connection.prepare_cached(
            "select block from es_blocks where tenant = ?1 and number = ?2 and block >= ?3 order by block limit 1",
        )?;
        for entry in &mut self.entries {
            if entry.next < from {
                let next = find.query_row((self.tenant.as_str(), entry.number, from), |row| unsigned(row, 0));
                entry.next = next.optional()?.map_or(i64::MAX, u64::cast_signed);
            }
        }
        let next = self
            .entries
            .iter()
            .map(|entry| entry.next)
            .min()
            .unwrap_or(i64::MAX);
        Ok((next != i64::MAX).then(|| first.max(Position::new(next.cast_unsigned() << BITS))))
    }
}
