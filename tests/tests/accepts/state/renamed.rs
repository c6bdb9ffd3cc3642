// The facade may be known under another name only.
extern crate eventsourcing as renamed;

use renamed::StreamId;
use renamed::event::{Event, Recorded};
use renamed::state::{State, state};

mod eventsourcing {}

#[derive(Event)]
#[event(prefix = "tally", crate = renamed)]
enum TallyEvent {
    Counted {
        #[stream]
        tally: StreamId,
    },
}

#[derive(Clone, Default, serde::Serialize, serde::Deserialize)]
struct Tally(u64);

#[state(name = "tally", version = 1, crate = renamed)]
impl State for Tally {
    type Key = StreamId;
    type Event = TallyEvent;

    fn apply(&mut self, _: &StreamId, _: &Recorded<TallyEvent>) {
        self.0 += 1;
    }
}

#[test]
fn it_runs() {
    assert!(Tally::SNAPSHOTS.is_some());
}
