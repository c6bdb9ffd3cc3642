use std::collections::HashMap;
use std::num::NonZeroU32;

use eventsourcing_core::store::rows::{TableChange, TableName, TableVersion, Value};

/// The rows of one tenant, by table and key.
#[derive(Default)]
pub(crate) struct Rows(HashMap<(TableName, NonZeroU32), HashMap<Vec<Value>, Vec<Value>>>);

impl Rows {
    pub(crate) fn load(&self, table: TableVersion, keys: &[Vec<Value>]) -> Vec<Option<Vec<Value>>> {
        let rows = self.0.get(&name(table));
        let row = |key: &Vec<Value>| rows?.get(key).cloned();
        keys.iter().map(row).collect()
    }

    /// In no particular order.
    pub(crate) fn all(&self, table: TableVersion) -> impl Iterator<Item = &[Value]> {
        let rows = self.0.get(&name(table));
        rows.into_iter().flat_map(HashMap::values).map(Vec::as_slice)
    }

    pub(crate) fn write(&mut self, changes: &[TableChange]) {
        for TableChange { table, put, remove } in changes {
            let rows = self.0.entry(name(*table)).or_default();
            let width = table.table.key().len();
            for row in put {
                match rows.get_mut(&row[..width]) {
                    Some(known) => known.clone_from(row),
                    None => drop(rows.insert(row[..width].to_vec(), row.clone())),
                }
            }
            for key in remove {
                rows.remove(key);
            }
        }
    }

    pub(crate) fn drop_table(&mut self, table: &(TableName, NonZeroU32)) {
        self.0.remove(table);
    }
}

const fn name(table: TableVersion) -> (TableName, NonZeroU32) {
    (table.table.name(), table.version)
}
