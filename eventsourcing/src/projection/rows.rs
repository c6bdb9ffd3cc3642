use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::fmt;
use std::sync::Arc;

use super::sequence::IsOf;
use super::{Row, RowError};
use crate::store::rows::{TableChange, Value};

/// The rows of a projection, as a handler sees them: by key, as all events before have left them.
///
/// What a handler does here is written together with the progress of the projection, once, however often the handler runs: it
/// may be called before its rows are read, to find out which ones it asks for. What it does then is forgotten, and so is how
/// it ends.
pub struct Rows<R> {
    slots: HashMap<Vec<Value>, Slot<R>>,
    /// The keys that were asked for, and are not read yet.
    wanted: Vec<Vec<Value>>,
    /// The keys of what was changed since it was last written.
    changed: Vec<Vec<Value>>,
    /// The sequence whose rows alone the handler that runs now may ask for.
    sequence: Option<Arc<str>>,
    /// Tells which rows these are.
    is_of: IsOf,
    /// What the handler that runs now has done wrong first.
    trouble: Option<RowError>,
    /// Handed out where there is no row to hand out.
    scratch: Option<R>,
}

/// What is known of a row.
struct Slot<R> {
    stored: Stored,
    now: Now<R>,
    /// Whether its key is among those of what was changed.
    is_changed: bool,
}

/// A row in the store.
enum Stored {
    /// Nobody has asked.
    Unread,
    Absent,
    Row(Vec<Value>),
}

/// What handlers have made of a row.
enum Now<R> {
    /// Nothing: it is what it is in the store, and at first there is none.
    AsStored,
    Present(R),
    Absent,
}

/// What is to be written.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct RowChanges {
    /// The rows to put.
    pub put: Vec<Vec<Value>>,
    /// The keys of those to remove.
    pub remove: Vec<Vec<Value>>,
}

impl From<TableChange> for RowChanges {
    fn from(change: TableChange) -> Self {
        let TableChange { put, remove, .. } = change;
        Self { put, remove }
    }
}

/// For handlers.
impl<R: Row> Rows<R> {
    /// The row of this key, to be changed. If there is none, it is there from now on: as [`Row::new_of`] makes it.
    pub fn entry(&mut self, key: R::Key<'_>) -> &mut R {
        let Some(values) = self.admitted(R::key_values(key)) else {
            return self.scratch.insert(R::new_of(key));
        };
        let slot = match self.slots.entry(values) {
            Entry::Occupied(slot) => {
                if !slot.get().is_changed {
                    self.changed.push(slot.key().clone());
                }
                slot.into_mut()
            }
            Entry::Vacant(slot) => {
                self.changed.push(slot.key().clone());
                self.wanted.push(slot.key().clone());
                slot.insert(Slot::unread())
            }
        };
        slot.is_changed = true;
        if let Err(error) = slot.take_up() {
            self.trouble.get_or_insert(error);
        }
        slot.present_or(|| R::new_of(key))
    }

    /// The row of this key.
    pub fn get(&mut self, key: R::Key<'_>) -> Option<&R> {
        match self.read(key)?.now {
            Now::Present(ref row) => Some(row),
            Now::AsStored | Now::Absent => None,
        }
    }

    /// The row of this key, to be changed, where there has to be one.
    ///
    /// # Errors
    /// If there is none.
    pub fn existing(&mut self, key: R::Key<'_>) -> Result<&mut R, RowError> {
        if self.get(key).is_some() {
            return Ok(self.entry(key));
        }
        Err(RowError::NotThere {
            table: R::TABLE.name(),
            key: R::key_values(key).map(|key| shown(&key)).unwrap_or_default(),
        })
    }

    /// Puts a row in place of the one of its key, if there is one.
    pub fn put(&mut self, row: R) {
        let key = row.to_values().map(|mut values| {
            values.truncate(R::TABLE.key().len());
            values
        });
        if let Some(key) = self.admitted(key) {
            self.set(key, Now::Present(row));
        }
    }

    /// Removes the row of this key. Nothing happens if there is none.
    pub fn remove(&mut self, key: R::Key<'_>) {
        if let Some(key) = self.admitted(R::key_values(key)) {
            self.set(key, Now::Absent);
        }
    }

    fn read(&mut self, key: R::Key<'_>) -> Option<&mut Slot<R>> {
        let values = self.admitted(R::key_values(key))?;
        let slot = match self.slots.entry(values) {
            Entry::Occupied(slot) => slot.into_mut(),
            Entry::Vacant(slot) => {
                self.wanted.push(slot.key().clone());
                slot.insert(Slot::unread())
            }
        };
        if let Err(error) = slot.take_up() {
            self.trouble.get_or_insert(error);
        }
        Some(slot)
    }

    /// What is put or removed need not be read before.
    fn set(&mut self, key: Vec<Value>, now: Now<R>) {
        let slot = self.slots.entry(key);
        let slot = match slot {
            Entry::Occupied(slot) => {
                if !slot.get().is_changed {
                    self.changed.push(slot.key().clone());
                }
                slot.into_mut()
            }
            Entry::Vacant(slot) => {
                self.changed.push(slot.key().clone());
                slot.insert(Slot::unread())
            }
        };
        slot.is_changed = true;
        slot.now = now;
    }
}

/// For those who run handlers.
impl<R: Row> Rows<R> {
    /// No row is known.
    pub(crate) fn new(is_of: IsOf) -> Self {
        Self {
            slots: HashMap::new(),
            wanted: Vec::new(),
            changed: Vec::new(),
            sequence: None,
            is_of,
            trouble: None,
            scratch: None,
        }
    }

    /// The next handler may ask for the rows of this sequence alone, or for all.
    pub(crate) fn lend_to(&mut self, sequence: Option<Arc<str>>) {
        self.sequence = sequence;
    }

    /// Whether rows were asked for that are not read yet: what handlers have made of that counts for nothing.
    pub(crate) fn is_missing_some(&self) -> bool {
        !self.wanted.is_empty()
    }

    /// The keys of these, each once; and everything is as it is in the store.
    pub(crate) fn take_wanted(&mut self) -> Vec<Vec<Value>> {
        let wanted = std::mem::take(&mut self.wanted);
        for key in &wanted {
            self.slots.remove(key);
        }
        self.reset();
        wanted
    }

    /// Takes up what was read.
    pub(crate) fn fill(&mut self, keys: Vec<Vec<Value>>, rows: Vec<Option<Vec<Value>>>) {
        for (key, row) in keys.into_iter().zip(rows) {
            let slot = Slot {
                stored: row.map_or(Stored::Absent, Stored::Row),
                ..Slot::unread()
            };
            self.slots.insert(key, slot);
        }
    }

    /// What the handler that has just run did wrong.
    pub(crate) fn take_trouble(&mut self) -> Result<(), RowError> {
        self.scratch = None;
        self.trouble.take().map_or(Ok(()), Err)
    }

    /// Forgets what handlers have changed: everything is as it is in the store.
    pub(crate) fn reset(&mut self) {
        for key in std::mem::take(&mut self.changed) {
            if let Entry::Occupied(mut slot) = self.slots.entry(key) {
                if matches!(slot.get().stored, Stored::Unread) {
                    slot.remove();
                } else {
                    slot.get_mut().now = Now::AsStored;
                    slot.get_mut().is_changed = false;
                }
            }
        }
    }

    /// What is to be written. What is the same as in the store is not.
    ///
    /// # Errors
    /// If a row cannot be written, or is not the one of its key any more.
    pub(crate) fn changes(&self) -> Result<RowChanges, RowError> {
        let mut changes = RowChanges::default();
        for (key, slot) in self
            .changed
            .iter()
            .filter_map(|key| self.slots.get_key_value(key))
        {
            match &slot.now {
                Now::AsStored => {}
                Now::Absent => {
                    if !matches!(slot.stored, Stored::Absent) {
                        changes.remove.push(key.clone());
                    }
                }
                Now::Present(row) => {
                    let values = row.to_values()?;
                    if !values.starts_with(key) {
                        return Err(RowError::KeyChanged {
                            table: R::TABLE.name(),
                        });
                    }
                    if !matches!(&slot.stored, Stored::Row(stored) if *stored == values) {
                        changes.put.push(values);
                    }
                }
            }
        }
        Ok(changes)
    }

    /// Takes note that changes are in the store. So many rows are kept for the events to come, at the most.
    pub(crate) fn written(&mut self, changes: RowChanges, keep: usize) {
        for key in std::mem::take(&mut self.changed) {
            if let Some(slot) = self.slots.get_mut(&key) {
                slot.is_changed = false;
            }
        }
        for key in changes.remove {
            self.stored(&key, Stored::Absent);
        }
        for values in changes.put {
            let key = values.get(..R::TABLE.key().len()).unwrap_or_default().to_vec();
            self.stored(&key, Stored::Row(values));
        }
        if self.slots.len() > keep {
            self.slots.clear();
        }
    }

    fn stored(&mut self, key: &Vec<Value>, stored: Stored) {
        if let Some(slot) = self.slots.get_mut(key) {
            slot.stored = stored;
        }
    }

    /// The key of a row that the handler may ask for.
    fn admitted(&mut self, key: Result<Vec<Value>, RowError>) -> Option<Vec<Value>> {
        let refused = match (key, &self.sequence) {
            (Ok(key), None) => return Some(key),
            (Ok(key), Some(sequence)) if key.first().is_some_and(|first| (self.is_of)(first, sequence)) => {
                return Some(key);
            }
            (Ok(key), Some(sequence)) => RowError::OfAnotherSequence {
                table: R::TABLE.name(),
                key: shown(&key),
                sequence: sequence.to_string(),
            },
            (Err(error), _) => error,
        };
        self.trouble.get_or_insert(refused);
        None
    }
}

impl<R: Row> Slot<R> {
    const fn unread() -> Self {
        Self {
            stored: Stored::Unread,
            now: Now::AsStored,
            is_changed: false,
        }
    }

    /// Reads what the store has, if nothing has become of it since.
    fn take_up(&mut self) -> Result<(), RowError> {
        if let (Now::AsStored, Stored::Row(values)) = (&self.now, &self.stored) {
            self.now = Now::Present(R::from_values(values.clone())?);
        }
        Ok(())
    }

    fn present_or(&mut self, new: impl FnOnce() -> R) -> &mut R {
        if !matches!(self.now, Now::Present(_)) {
            self.now = Now::Present(new());
        }
        match &mut self.now {
            Now::Present(row) => row,
            Now::AsStored | Now::Absent => unreachable!("it was made present"),
        }
    }
}

/// A key, for people.
pub(crate) fn shown(key: &[Value]) -> String {
    let parts = key.iter().map(|value| match value {
        Value::Null => "null".to_owned(),
        Value::Bool(value) => value.to_string(),
        Value::Integer(value) => value.to_string(),
        Value::Real(value) => value.to_string(),
        Value::Text(text) | Value::Json(text) => format!("`{text}`"),
        Value::Bytes(bytes) => format!("{bytes:?}"),
        Value::Uuid(uuid) => uuid.to_string(),
        Value::Timestamp(timestamp) => timestamp.to_string(),
    });
    parts.collect::<Vec<_>>().join(", ")
}

impl<R> fmt::Debug for Rows<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rows")
            .field("known", &self.slots.len())
            .field("changed", &self.changed.len())
            .finish_non_exhaustive()
    }
}
