use std::collections::{BTreeMap, BTreeSet};

use crate::{Category, EventTypeName};

/// Which event type names the log of a tenant has ever held, in the streams of which category; links count.
///
/// It is small, and only grows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Dictionary {
    names: BTreeMap<Category, BTreeSet<EventTypeName>>,
}

impl Dictionary {
    /// How many pairs it has.
    pub fn size(&self) -> DictionarySize {
        let size: usize = self.names.values().map(BTreeSet::len).sum();
        DictionarySize(size as u64)
    }

    /// The categories in which there ever was an event, in alphabetical order, each with the names of its event types, which are
    /// in alphabetical order, too.
    pub fn categories(&self) -> impl Iterator<Item = (&Category, &BTreeSet<EventTypeName>)> {
        self.names.iter()
    }

    /// The names of the event types of a category, in alphabetical order.
    pub fn of(&self, category: &Category) -> impl Iterator<Item = &EventTypeName> {
        self.names.get(category).into_iter().flatten()
    }
}

impl FromIterator<(Category, EventTypeName)> for Dictionary {
    fn from_iter<T: IntoIterator<Item = (Category, EventTypeName)>>(pairs: T) -> Self {
        let mut names = BTreeMap::<_, BTreeSet<_>>::new();
        for (category, name) in pairs {
            names.entry(category).or_default().insert(name);
        }
        Self { names }
    }
}

/// How many pairs of category and event type name the log of a tenant has ever held.
///
/// It never shrinks, so as long as it stays the same, no name is new: readers ask for the
/// [`dictionary`](super::EventLog::dictionary) only when it grows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DictionarySize(pub u64);
