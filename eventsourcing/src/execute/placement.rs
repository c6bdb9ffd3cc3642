use std::sync::Arc;

use super::AcrossStores;
use crate::{Category, StreamId};

/// Which store the streams of a category are in. It never changes while a program runs.
#[derive(Clone, Debug, Default)]
pub(crate) struct Placement {
    /// Those that are not in the main store.
    elsewhere: Vec<(Category, StoreNumber)>,
}

/// One of the stores of a program: its place among all of them. The first is the main one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct StoreNumber(usize);

impl StoreNumber {
    /// The store of everything that was not said to be elsewhere.
    pub(crate) const MAIN: Self = Self(0);

    pub(crate) const fn new(number: usize) -> Self {
        Self(number)
    }

    pub(crate) fn get(self) -> usize {
        self.0
    }
}

impl Placement {
    /// Says where the streams of a category are.
    pub(super) fn put(&mut self, category: Category, store: StoreNumber) {
        if store != StoreNumber::MAIN {
            self.elsewhere.push((category, store));
        }
    }

    /// Whether there are streams in more than one store.
    pub(crate) fn is_split(&self) -> bool {
        !self.elsewhere.is_empty()
    }

    /// The store of the streams of a category.
    pub(crate) fn of(&self, category: &str) -> StoreNumber {
        let mut elsewhere = self.elsewhere.iter();
        elsewhere
            .find(|(placed, _)| placed == category)
            .map_or(StoreNumber::MAIN, |(_, store)| *store)
    }

    /// The one store that all of these categories are in; nothing if one of them is not known, or they are in several.
    pub(crate) fn of_all(&self, categories: &[Option<&str>]) -> Option<StoreNumber> {
        let mut stores = categories
            .iter()
            .map(|category| category.map(|category| self.of(category)));
        let first = stores.next().unwrap_or(Some(StoreNumber::MAIN))?;
        stores.all(|store| store == Some(first)).then_some(first)
    }

    /// The categories that were said to be in a store.
    pub(crate) fn categories(&self, store: StoreNumber) -> Vec<Category> {
        let here = self.elsewhere.iter().filter(|(_, placed)| *placed == store);
        here.map(|(category, _)| category.clone()).collect()
    }
}

/// The one store that a command works on, where there are several.
#[derive(Clone, Debug)]
pub(crate) struct Here {
    pub(crate) placement: Arc<Placement>,
    pub(crate) store: StoreNumber,
    /// A stream of the command that is there, if it names any.
    pub(crate) stream: Option<StreamId>,
}

impl Here {
    /// Checks that a stream is in this store.
    pub(crate) fn check(&self, stream: &StreamId) -> Result<(), AcrossStores> {
        if self.placement.of(stream.category()) == self.store {
            return Ok(());
        }
        Err(AcrossStores {
            stream: self.stream.clone(),
            elsewhere: stream.clone(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn placement() -> Placement {
        let mut placement = Placement::default();
        placement.put(Category::from_static("order"), StoreNumber::MAIN);
        placement.put(Category::from_static("stock"), StoreNumber::new(1));
        placement
    }

    #[test]
    fn a_category_is_in_the_main_store_unless_it_was_said_to_be_elsewhere() {
        let placement = placement();
        assert_eq!(placement.of("order"), StoreNumber::MAIN);
        assert_eq!(placement.of("customer"), StoreNumber::MAIN);
        assert_eq!(placement.of("stock"), StoreNumber::new(1));
    }

    #[test]
    fn categories_are_in_one_store_only_if_all_are_known_to_be() {
        let placement = placement();
        assert_eq!(placement.of_all(&[]), Some(StoreNumber::MAIN));
        assert_eq!(placement.of_all(&[Some("stock")]), Some(StoreNumber::new(1)));
        assert_eq!(placement.of_all(&[Some("stock"), Some("order")]), None);
        assert_eq!(placement.of_all(&[Some("stock"), None]), None);
        assert_eq!(placement.of_all(&[None]), None);
    }
}
