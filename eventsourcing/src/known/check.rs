use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::Known;
use crate::execute::Bug;
use crate::store::{Dictionary, DictionarySize, ErrorClass, EventLog, FeedFilter, StoreError};
use crate::{Category, EventTypeName, EventTypes, StreamId};

/// Sees to it that a reader passes over nothing that it would take, had its type not been renamed.
#[derive(Debug)]
pub(crate) struct TypeCheck {
    known: Arc<Known>,
    /// The events that the reader takes, or some variants of which; if there are none, it is given everything that is in the log.
    events: Vec<&'static EventTypes>,
    concerns: Concerns,
    /// How large the dictionary was that was found to be known.
    checked: AtomicU64,
}

/// Which categories may hold what the reader takes.
#[derive(Debug)]
enum Concerns {
    /// These, and all in which one of the events ever was, of whichever variant: where that is, an old name of one may be.
    AtLeast(Vec<Category>),
    /// These: somebody has named them.
    Only(Vec<Category>),
}

impl TypeCheck {
    pub(super) fn new(known: Arc<Known>, events: Vec<&'static EventTypes>) -> Self {
        let kept = known.kept.iter().filter(|(types, _)| are_among(types, &events));
        let concerns = Concerns::AtLeast(kept.map(|(_, category)| category.clone()).collect());
        Self {
            known,
            events,
            concerns,
            checked: AtomicU64::default(),
        }
    }

    /// The same, of a reader that takes only what passes a filter, too.
    pub(crate) fn within(mut self, filter: &FeedFilter) -> Self {
        let categories = || filter.categories.clone();
        let of_streams = |streams: &Vec<StreamId>| {
            // The category of a stream id is one, so nothing is left out here.
            let categories = streams
                .iter()
                .filter_map(|stream| Category::new(stream.category()).ok());
            categories.collect()
        };
        if let Some(named) = filter.streams.as_ref().map(of_streams).or_else(categories) {
            self.concerns = Concerns::Only(named);
        }
        self
    }

    /// Checks that every type in the log is known that may concern the reader, if the dictionary has grown since the last time.
    ///
    /// # Errors
    /// If one is not, or the store cannot tell.
    pub(crate) async fn check(&self, log: &dyn EventLog, size: DictionarySize) -> Result<(), CheckError> {
        if size.0 <= self.checked.load(Ordering::Relaxed) {
            return Ok(());
        }
        let dictionary = log.dictionary().await?;
        if let Some(unknown) = self.unknown(&dictionary) {
            return Err(unknown.into());
        }
        self.checked.fetch_max(dictionary.size().0, Ordering::Relaxed);
        Ok(())
    }

    pub(super) fn unknown(&self, dictionary: &Dictionary) -> Option<Bug> {
        if self.events.is_empty() {
            return None;
        }
        let concerning = dictionary
            .categories()
            .filter(|(category, names)| self.concerns(category, names));
        concerning
            .map(|(category, names)| (category, self.unknown_of(names)))
            .find(|(_, names)| !names.is_empty())
            .map(|(category, names)| Bug::UnknownEventTypes {
                category: category.clone(),
                names,
            })
    }

    fn concerns(&self, category: &Category, names: &BTreeSet<EventTypeName>) -> bool {
        match &self.concerns {
            Concerns::Only(categories) => categories.contains(category),
            Concerns::AtLeast(categories) => {
                categories.contains(category)
                    || names.iter().any(|name| is_among(name.as_str(), &self.events))
            }
        }
    }

    fn unknown_of(&self, names: &BTreeSet<EventTypeName>) -> Vec<EventTypeName> {
        let is_known =
            |name: &str| self.known.knows(name) || self.events.iter().any(|types| types.knows(name));
        let unknown = names.iter().filter(|name| !is_known(name.as_str()));
        unknown.cloned().collect()
    }
}

/// Whether some of these types are types of the events.
fn are_among(types: &EventTypes, events: &[&EventTypes]) -> bool {
    let mut are = false;
    types.for_each(&mut |event_type| are |= is_among(event_type.name, events));
    are
}

fn is_among(name: &str, events: &[&EventTypes]) -> bool {
    events.iter().any(|types| types.contains(name))
}

/// Why a reader is not to go on.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CheckError {
    /// It could pass over events that it would take.
    #[error(transparent)]
    Unknown(#[from] Bug),
    /// The store does not tell which types there are.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl CheckError {
    /// How the reader is to react.
    pub(crate) fn class(&self) -> ErrorClass {
        match self {
            Self::Unknown(_) => ErrorClass::Bug,
            Self::Store(error) => error.class(),
        }
    }
}
