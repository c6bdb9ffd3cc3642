// Nothing that is generated relies on what happens to be in scope.
#![no_implicit_prelude]
#![deny(warnings, dead_code, missing_docs)]
//! Documented.

use ::eventsourcing::StreamId;
use ::eventsourcing::aggregate::aggregate;
use ::eventsourcing::event::{Event, Recorded};
use ::eventsourcing::state::{State, state};

/// Documented.
#[derive(Event)]
#[event(prefix = "tally")]
pub enum TallyEvent {
    /// Documented.
    Counted {
        /// Documented.
        #[stream]
        tally: StreamId,
    },
}

/// Documented.
#[derive(::std::clone::Clone, ::std::default::Default, ::serde::Serialize, ::serde::Deserialize)]
pub struct Tally(u64);

#[state(name = "tally", version = 1)]
impl State for Tally {
    type Key = StreamId;
    type Event = TallyEvent;

    fn apply(&mut self, _: &StreamId, event: &Recorded<TallyEvent>) {
        let TallyEvent::Counted { .. } = event.payload();
        self.0 += 1;
    }
}

/// Documented.
#[derive(::std::clone::Clone, ::std::default::Default, ::serde::Serialize, ::serde::Deserialize)]
pub struct Door(bool);

/// Documented.
#[derive(Event)]
#[event(prefix = "door")]
pub enum DoorEvent {
    /// Documented.
    Opened,
}

#[aggregate(
    id = DoorId(::std::string::String), category = "door", event = DoorEvent, state_version = 2
)]
impl Door {
    /// Documented.
    #[command]
    pub fn open(&self) -> DoorEvent {
        DoorEvent::Opened
    }

    #[apply]
    fn opened(&mut self) {
        self.0 = true;
    }
}

#[::core::prelude::v1::test]
fn it_runs() {
    let tally = Tally::SNAPSHOTS.unwrap();
    ::std::assert_eq!((tally.name(), tally.version().get()), ("tally", 1));
    let door = Door::SNAPSHOTS.unwrap();
    ::std::assert_eq!((door.name(), door.version().get()), ("door", 2));
    ::std::assert!(tally.fingerprint() != door.fingerprint());
}
