use std::collections::HashMap;

use eventsourcing_core::{EventTypeName, Position, TenantId};
use rusqlite::{Connection, OptionalExtension};

use crate::SqliteError;
use crate::read::block;

/// Enters event types into the dictionary, and blocks of positions into the index of blocks.
///
/// Remembers what has been entered. As that is never removed, it stays true, whatever other processes do; unless the
/// transaction that entered it is rolled back.
#[derive(Default)]
pub(crate) struct Numbers {
    /// By tenant, category and type.
    entered: HashMap<String, Entry>,
    key: String,
}

struct Entry {
    number: i64,
    /// The last block that it was entered for.
    block: Option<i64>,
}

impl Numbers {
    /// More than programs have types; enough for some tenants.
    const REMEMBERED: usize = 10_000;

    /// Forgets everything, since a transaction is rolled back.
    pub(crate) fn forget(&mut self) {
        self.entered.clear();
    }

    /// Sees to it that a feed finds an event through a stream of this category.
    pub(super) fn enter(
        &mut self,
        connection: &Connection,
        tenant: &TenantId,
        category: &str,
        event_type: &EventTypeName,
        position: Position,
    ) -> Result<(), SqliteError> {
        self.key.clear();
        // None of the three can hold a space.
        self.key
            .extend([tenant.as_str(), " ", category, " ", event_type.as_str()]);
        let entry = if let Some(entry) = self.entered.get_mut(&self.key) {
            entry
        } else {
            if self.entered.len() == Self::REMEMBERED {
                self.entered.clear();
            }
            let number = number(connection, tenant, category, event_type)?;
            self.entered
                .entry(self.key.clone())
                .or_insert(Entry { number, block: None })
        };
        let block = block(position);
        if entry.block != Some(block) {
            connection
                .prepare_cached(
                    "insert or ignore into es_blocks (tenant, number, block) values (?1, ?2, ?3)",
                )?
                .execute((tenant.as_str(), entry.number, block))?;
            entry.block = Some(block);
        }
        Ok(())
    }
}

/// The number of an entry of the dictionary, which is made if there is none.
fn number(
    connection: &Connection,
    tenant: &TenantId,
    category: &str,
    event_type: &EventTypeName,
) -> Result<i64, SqliteError> {
    let entry = (tenant.as_str(), category, event_type.as_str());
    let found = connection
        .prepare_cached("select number from es_dictionary where tenant = ?1 and category = ?2 and type = ?3")?
        .query_row(entry, |row| row.get(0))
        .optional()?;
    match found {
        Some(number) => Ok(number),
        None => Ok(connection
            .prepare_cached(
                "insert into es_dictionary (tenant, number, category, type)
                 select ?1, coalesce(max(number), 0) + 1, ?2, ?3 from es_dictionary where tenant = ?1
                 returning number",
            )?
            .query_row(entry, |row| row.get(0))?),
    }
}
