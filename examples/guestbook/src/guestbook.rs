//! The guest book: visitors write entries, and take back what they have written themselves.

use eventsourcing::Actor;
use eventsourcing::prelude::*;

/// What happens to entries.
#[derive(Event, Clone, Debug, PartialEq)]
#[event(prefix = "guestbook")]
pub enum EntryEvent {
    /// Somebody wrote it.
    Written {
        /// Who.
        by: Actor,
        /// What.
        text: String,
    },
    /// They took it back.
    Withdrawn,
}

/// An entry: whose it is.
#[derive(Clone, Debug, Default)]
pub struct Entry {
    written: bool,
    by: Option<Actor>,
}

#[aggregate(id = EntryId(String), category = "entry", event = EntryEvent)]
impl Entry {
    /// Writes it.
    ///
    /// # Errors
    /// If it is written, there is nothing in it, or nobody is signed in.
    #[command(type = WriteEntry)]
    pub fn write(&self, text: String, cx: &Cx<EntryId>) -> Result<EntryEvent, Rejection> {
        require!(!self.written, "the entry is written already");
        require!(!text.trim().is_empty(), "an entry says something");
        let by = cx.actor().ok_or("nobody is signed in")?.clone();
        Ok(EntryEvent::Written { by, text })
    }

    /// Takes it back.
    ///
    /// # Errors
    /// If somebody else has written it, or it is taken back already.
    #[command(type = WithdrawEntry)]
    pub fn withdraw(&self, cx: &Cx<EntryId>) -> Result<EntryEvent, Rejection> {
        require!(
            self.by.is_some() && self.by.as_ref() == cx.actor(),
            "only who has written an entry can take it back"
        );
        Ok(EntryEvent::Withdrawn)
    }

    #[apply]
    fn written(&mut self, by: &Actor) {
        self.written = true;
        self.by = Some(by.clone());
    }

    #[apply]
    fn withdrawn(&mut self) {
        self.by = None;
    }
}

/// The guest book of a site.
#[service(aggregates(Entry))]
#[derive(Debug)]
pub struct GuestBook;
