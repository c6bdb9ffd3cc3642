use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};

use super::Bug;
use super::machine::{LoadError, Machine};
use crate::command::{CommandKind, Decider};
use crate::store::{DictionarySize, ReadError, TenantStore};
use crate::{Category, EventTypes, TenantId};

/// The event types that an executor knows, and which dictionaries have been compared with them.
///
/// A command reads only the event types of its states. If a type was renamed and its old name forgotten, that would
/// silently lose events. So before a command is decided, every name in the dictionaries of the categories that it reads
/// must be known: to the command, or to a type that was made known to the executor.
#[derive(Debug, Default)]
pub(super) struct Catalog {
    known: Vec<&'static EventTypes>,
    checked: RwLock<HashMap<(CommandKind, TenantId), Checked>>,
}

/// The categories in which every name was found to be known, at this size of the dictionary.
#[derive(Debug, Default)]
struct Checked {
    size: DictionarySize,
    categories: Vec<Category>,
}

impl Checked {
    /// Another command of the same type may just have found more.
    fn add(&mut self, size: DictionarySize, categories: Vec<Category>) {
        if size > self.size {
            *self = Self { size, categories };
        } else if size == self.size {
            self.categories.extend(categories);
        }
    }

    /// The dictionary never shrinks, so what is known of a larger one is known of a smaller one too.
    fn covers(&self, size: DictionarySize, category: &str) -> bool {
        self.size >= size && self.categories.iter().any(|checked| checked == category)
    }
}

impl Catalog {
    pub(super) fn add(&mut self, types: &'static EventTypes) {
        self.known.push(types);
    }

    /// One that knows the same types, for another store.
    pub(super) fn of_another_store(&self) -> Self {
        Self {
            known: self.known.clone(),
            checked: RwLock::default(),
        }
    }

    /// Compares the dictionaries with the known types, if they have grown since the last time.
    pub(super) async fn check<D: Decider>(
        &self,
        machine: &Machine<D>,
        store: &TenantStore,
        size: DictionarySize,
    ) -> Result<(), LoadError> {
        let categories = self.unchecked(machine, &store.tenant, size);
        if categories.is_empty() {
            return Ok(());
        }
        let dictionary = store.log.dictionary().await.map_err(ReadError::from)?;
        for category in &categories {
            let names: Vec<_> = dictionary
                .of(category)
                .filter(|name| !self.knows(machine.decider(), name.as_str()))
                .cloned()
                .collect();
            if !names.is_empty() {
                return Err(Bug::UnknownEventTypes {
                    category: category.clone(),
                    names,
                }
                .into());
            }
        }
        let mut checked = self.checked.write().unwrap_or_else(PoisonError::into_inner);
        checked
            .entry((machine.decider().kind(), store.tenant.clone()))
            .or_default()
            .add(size, categories);
        Ok(())
    }

    /// The categories that a command reads, and whose dictionaries may have grown.
    fn unchecked<D: Decider>(
        &self,
        machine: &Machine<D>,
        tenant: &TenantId,
        size: DictionarySize,
    ) -> Vec<Category> {
        let checked = self.checked.read().unwrap_or_else(PoisonError::into_inner);
        let checked = checked.get(&(machine.decider().kind(), tenant.clone()));
        let mut categories: Vec<Category> = Vec::new();
        for stream in machine.reads() {
            let category = stream.category();
            let is_checked = checked.is_some_and(|checked| checked.covers(size, category));
            if !is_checked && !categories.iter().any(|listed| listed == category) {
                // The category of a stream id is one, so nothing is left out here.
                categories.extend(Category::new(category));
            }
        }
        categories
    }

    /// Whether the dictionaries of all categories that a command reads have been found to be known, at whatever size.
    pub(super) fn has_checked<D: Decider>(&self, machine: &Machine<D>, tenant: &TenantId) -> bool {
        self.unchecked(machine, tenant, DictionarySize::default())
            .is_empty()
    }

    fn knows(&self, decider: &impl Decider, name: &str) -> bool {
        decider.knows(name) || self.known.iter().any(|types| types.knows(name))
    }
}
