use std::collections::HashMap;

use eventsourcing_core::store::{self, StoreError};
use eventsourcing_core::{Category, EventTypeName, TypeFilter};
use tokio_postgres::Row;

use crate::classify::store_error;

/// The event types of one tenant, as they were when they were read: a name in a category is a number in the database.
#[derive(Debug, Default)]
pub(crate) struct Dictionary {
    numbers: HashMap<Box<str>, HashMap<EventTypeName, i32>>,
    names: HashMap<i32, EventTypeName>,
}

impl Dictionary {
    pub(crate) fn of_rows(rows: &[Row]) -> Result<Self, StoreError> {
        let mut dictionary = Self::default();
        for row in rows {
            let number = row.try_get(0).map_err(store_error)?;
            let category: &str = row.try_get(1).map_err(store_error)?;
            let name = type_name(row.try_get(2).map_err(store_error)?)?;
            dictionary
                .numbers
                .entry(category.into())
                .or_default()
                .insert(name.clone(), number);
            dictionary.names.insert(number, name);
        }
        Ok(dictionary)
    }

    /// How many types it holds. It never shrinks: one as large as the database's is complete.
    pub(crate) fn size(&self) -> u64 {
        self.names.len() as u64
    }

    pub(crate) fn number(&self, category: &str, name: &EventTypeName) -> Option<i32> {
        self.numbers.get(category)?.get(name).copied()
    }

    pub(crate) fn name(&self, number: i32) -> Option<&EventTypeName> {
        self.names.get(&number)
    }

    /// The types of a category that pass a filter, or `None` if all of them do.
    pub(crate) fn passing(&self, category: &str, filter: &TypeFilter) -> Option<Vec<i32>> {
        let TypeFilter::Only(types) = filter else {
            return None;
        };
        let known = self.numbers.get(category);
        let passing: Vec<_> = known
            .into_iter()
            .flatten()
            .filter(|(name, _)| types.contains(name.as_str()))
            .map(|(_, number)| *number)
            .collect();
        let all = known.is_some_and(|known| known.len() == passing.len());
        (!all).then_some(passing)
    }

    /// The types of all categories that `wanted` lets through.
    pub(crate) fn where_category(&self, wanted: impl Fn(&str) -> bool, filter: &TypeFilter) -> Vec<i32> {
        let categories = self.numbers.iter().filter(|(category, _)| wanted(category));
        let types = categories.flat_map(|(_, types)| types);
        types
            .filter(|(name, _)| filter.matches(name.as_str()))
            .map(|(_, number)| *number)
            .collect()
    }
}

/// The dictionary for those who do not care for numbers.
pub(crate) fn of_rows(rows: &[Row]) -> Result<store::Dictionary, StoreError> {
    let pair = |row: &Row| {
        let category: &str = row.try_get(1).map_err(store_error)?;
        let category = Category::new(category).map_err(|error| {
            StoreError::broken(format!("`{category}` is stored as a category")).caused_by(error)
        })?;
        Ok((category, type_name(row.try_get(2).map_err(store_error)?)?))
    };
    rows.iter().map(pair).collect()
}

fn type_name(text: &str) -> Result<EventTypeName, StoreError> {
    EventTypeName::new(text).map_err(|error| {
        StoreError::broken(format!("`{text}` is stored as an event type name")).caused_by(error)
    })
}
