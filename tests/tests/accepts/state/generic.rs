// A state may have parameters; each instance has a fingerprint of its own if it begins otherwise.
use std::marker::PhantomData;

use eventsourcing::StreamId;
use eventsourcing::prelude::*;

#[derive(Event)]
#[event(prefix = "tally")]
enum TallyEvent {
    Counted {
        #[stream]
        tally: StreamId,
    },
}

trait Start: Clone + Send + Sync + 'static {
    const AT: u64;
}

#[derive(Clone, Serialize, Deserialize)]
#[serde(bound = "")]
struct Tally<S> {
    count: u64,
    #[serde(skip)]
    start: PhantomData<S>,
}

impl<S: Start> Default for Tally<S> {
    fn default() -> Self {
        Self {
            count: S::AT,
            start: PhantomData,
        }
    }
}

#[state(name = "tally", version = 1)]
impl<S: Start> State for Tally<S> {
    type Key = StreamId;
    type Event = TallyEvent;

    fn apply(&mut self, _: &StreamId, _: &Recorded<TallyEvent>) {
        self.count += 1;
    }
}

#[derive(Clone)]
struct Zero;

impl Start for Zero {
    const AT: u64 = 0;
}

#[derive(Clone)]
struct Ten;

impl Start for Ten {
    const AT: u64 = 10;
}

#[test]
fn it_runs() {
    let fingerprint =
        |snapshots: Option<eventsourcing::snapshot::StateSnapshots>| snapshots.unwrap().fingerprint();
    assert_ne!(
        fingerprint(Tally::<Zero>::SNAPSHOTS),
        fingerprint(Tally::<Ten>::SNAPSHOTS)
    );
}
