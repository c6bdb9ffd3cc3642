use std::any::TypeId;
use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};

use super::Bug;
use super::machine::{LoadError, Machine};
use crate::command::CommandLogic;
use crate::store::{DictionarySize, ReadError, TenantStore};
use crate::{Category, EventTypes, TenantId};

/// The event types that an executor knows, and which dictionaries have been compared with them.
///
/// A command reads only the event types of its states. If a type was renamed and its old name forgotten, that would
/// silently lose events. So before a command is decided, every name in the dictionaries of the categories that it reads
/// must be known: to a type of the command, or to a type that was made known to the executor.
#[derive(Debug, Default)]
pub(super) struct Catalog {
    known: Vec<&'static EventTypes>,
    checked: RwLock<HashMap<(TypeId, TenantId), Checked>>,
}

/// What was found to be known, at this size of the dictionary.
#[derive(Debug)]
struct Checked {
    size: DictionarySize,
    categories: Vec<Category>,
}

impl Catalog {
    pub(super) fn add(&mut self, types: &'static EventTypes) {
        self.known.push(types);
    }

    /// Compares the dictionaries with the known types, if they have grown since the last time.
    pub(super) async fn check<C: CommandLogic>(
        &self,
        machine: &Machine<C>,
        store: &TenantStore,
        size: DictionarySize,
    ) -> Result<(), LoadError> {
        if self.is_checked(machine, &store.tenant, size) {
            return Ok(());
        }
        let mut categories = Vec::new();
        for (stream, _) in machine.reads() {
            if !categories
                .iter()
                .any(|known: &Category| known == stream.category())
            {
                categories.extend(Category::new(stream.category()));
            }
        }
        for category in &categories {
            let stored = store.log.event_types(category).await.map_err(ReadError::from)?;
            let names: Vec<_> = stored
                .into_iter()
                .filter(|name| !self.knows(machine, name.as_str()))
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
        checked.insert(
            (TypeId::of::<C>(), store.tenant.clone()),
            Checked { size, categories },
        );
        Ok(())
    }

    fn is_checked<C: CommandLogic>(
        &self,
        machine: &Machine<C>,
        tenant: &TenantId,
        size: DictionarySize,
    ) -> bool {
        let checked = self.checked.read().unwrap_or_else(PoisonError::into_inner);
        checked
            .get(&(TypeId::of::<C>(), tenant.clone()))
            .is_some_and(|checked| {
                checked.size == size
                    && machine
                        .reads()
                        .all(|(stream, _)| checked.categories.iter().any(|known| known == stream.category()))
            })
    }

    fn knows<C: CommandLogic>(&self, machine: &Machine<C>, name: &str) -> bool {
        let read = machine.reads().map(|(_, types)| types);
        self.known
            .iter()
            .chain(C::EMITS)
            .copied()
            .chain(read)
            .any(|types| types.knows(name))
    }
}
