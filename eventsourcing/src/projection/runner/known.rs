//! No event is passed over because its type was renamed.

use super::task::{Task, Turn};
use crate::execute::Bug;
use crate::store::FeedPage;
use crate::{Category, EventTypeName};

impl Task {
    /// Checks that every event type of the categories on a page is known to the program. A projection reads only the types that it
    /// handles; if one of them was renamed, and its old name forgotten, the events of that name would be lost to it.
    ///
    /// Each category is looked at once, when its first event is read.
    pub(super) async fn check_types(&mut self, page: &FeedPage) -> Result<(), Turn> {
        for event in &page.events {
            let category = event.home.stream.category();
            if self.checked.iter().any(|checked| checked == category) {
                continue;
            }
            // The category of a stream id is one, so nothing is left out here.
            let Ok(category) = Category::new(category) else {
                continue;
            };
            let names = self.unknown_types(&category).await?;
            if !names.is_empty() {
                return Err(Turn::GiveUp(
                    Bug::UnknownEventTypes { category, names }.to_string(),
                ));
            }
            self.checked.push(category);
        }
        Ok(())
    }

    async fn unknown_types(&self, category: &Category) -> Result<Vec<EventTypeName>, Turn> {
        let is_known = |name: &EventTypeName| self.known.iter().any(|types| types.knows(name.as_str()));
        let stored = self.stored_types(category).await?;
        Ok(stored.into_iter().filter(|name| !is_known(name)).collect())
    }

    async fn stored_types(&self, category: &Category) -> Result<Vec<EventTypeName>, Turn> {
        let mut failures = 0;
        loop {
            match self.tenant.log.event_types(category).await {
                Ok(types) => return Ok(types),
                Err(error) => {
                    failures += 1;
                    self.pause_or_give_up(error.class(), &error, failures).await?;
                }
            }
        }
    }
}
