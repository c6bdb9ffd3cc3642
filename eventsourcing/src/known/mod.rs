//! No event is passed over because its type was renamed.
//!
//! Projections, processors and process managers are given only events of the types that they take: the store looks for these by
//! their names. If a type was renamed, and its old name forgotten, the events of that name would be lost to them, and nothing would
//! fail. So before anything is made of a page of the log, every name in the dictionary has to be known to the program, in the
//! categories that concern the reader.

mod check;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use crate::service::Route;
use crate::{Category, EventTypes};

pub(crate) use check::{CheckError, TypeCheck};

/// What a program knows of the events in a log.
#[derive(Clone, Debug, Default)]
pub(crate) struct Known {
    types: Vec<&'static EventTypes>,
    /// Types, and categories that commands of the program keep events of them in.
    kept: Vec<(&'static EventTypes, Category)>,
}

impl Known {
    /// Knows these types, whoever takes them.
    pub(crate) fn add(&mut self, types: &'static EventTypes) {
        self.types.push(types);
    }

    /// Knows in which categories a command keeps what it emits, and finds what it reads.
    pub(crate) fn add_places_of(&mut self, route: &Route) {
        let types = route.emits.iter().chain(route.reads);
        for category in route.categories.iter().copied().flatten() {
            let kept = types
                .clone()
                .map(|types| (*types, Category::from_static(category)));
            self.kept.extend(kept);
        }
    }

    /// What is to be known for a reader that takes these events, or some variants of them.
    pub(crate) fn check_for(
        self: &Arc<Self>,
        events: impl IntoIterator<Item = &'static EventTypes>,
    ) -> TypeCheck {
        TypeCheck::new(Arc::clone(self), events.into_iter().collect())
    }

    fn knows(&self, name: &str) -> bool {
        self.types.iter().any(|types| types.knows(name))
    }
}
