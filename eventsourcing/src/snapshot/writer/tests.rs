use std::pin::Pin;
use std::task::{Context, Waker};

use serde::{Deserialize, Serialize};

use super::*;
use crate::event::Recorded;
use crate::memory::MemoryStore;
use crate::state::{State, state};
use crate::store::{Append, EventStore, TenantStore};
use crate::{ContentType, EventId, EventTypeName, NewEvent, StreamId, TenantId, Version};

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Tally(u64);

#[state(name = "tally", version = 1)]
impl State for Tally {
    type Key = StreamId;
    type Event = Never;

    fn apply(&mut self, _: &StreamId, _: &Recorded<Never>) {}
}

/// A state that serde cannot write.
#[derive(Clone, Debug, Default, Deserialize)]
struct Stubborn;

impl Serialize for Stubborn {
    fn serialize<S: serde::Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
        panic!("it will not be written")
    }
}

#[state(name = "stubborn", version = 1)]
impl State for Stubborn {
    type Key = StreamId;
    type Event = Never;

    fn apply(&mut self, _: &StreamId, _: &Recorded<Never>) {}
}

#[derive(crate::event::Event, Debug)]
#[event(prefix = "never")]
enum Never {
    Happened {
        #[stream]
        stream: StreamId,
    },
}

type Task = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Tasks that run when the test says so.
#[derive(Default)]
struct Waiting(Mutex<Vec<Task>>);

impl Spawn for Waiting {
    fn spawn(&self, task: Task) {
        self.0.lock().unwrap().push(task);
    }
}

impl fmt::Debug for Waiting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Waiting")
    }
}

impl Waiting {
    /// Runs all tasks to their ends, and tells how many there were. A store in memory is never waited for.
    fn run(&self) -> usize {
        let tasks = std::mem::take(&mut *self.0.lock().unwrap());
        let count = tasks.len();
        for mut task in tasks {
            let done = task.as_mut().poll(&mut Context::from_waker(Waker::noop()));
            assert!(done.is_ready());
        }
        count
    }
}

struct World {
    store: TenantStore,
    tasks: Arc<Waiting>,
    snapshotting: Arc<Snapshotting>,
}

impl World {
    /// A store with so many streams of two events each.
    fn with_streams(streams: usize) -> Self {
        let store = MemoryStore::new().tenant(&TenantId::DEFAULT);
        let events = (0..streams)
            .flat_map(|number| [number; 2])
            .map(|number| NewEvent {
                id: EventId::new(uuid::Uuid::now_v7()),
                event_type: EventTypeName::from_static("never.Happened"),
                schema_version: 1,
                content_type: ContentType::JSON,
                payload: "{}".into(),
                metadata: "{}".into(),
                home: stream(number),
                links: Vec::new(),
            });
        let append = Append {
            events: events.collect(),
            ..Append::default()
        };
        ready(store.log.append(Arc::new(append))).unwrap();
        let tasks = Arc::new(Waiting::default());
        let spawn: Arc<dyn Spawn> = Arc::<Waiting>::clone(&tasks);
        Self {
            store,
            snapshotting: Arc::new(Snapshotting::new(SnapshotPolicy::default(), spawn)),
            tasks,
        }
    }

    fn hand_in(&self, work: Work) {
        self.snapshotting.hand_in(&self.store.snapshots, work);
    }

    /// The version and the state of the snapshot of a stream.
    fn saved(&self, number: usize) -> Option<(u64, String)> {
        let key = Tally::SNAPSHOTS.unwrap().key(&stream(number));
        let found = ready(self.store.snapshots.load(&[key])).unwrap().remove(0)?;
        let payload = String::from_utf8(found.snapshot.payload.to_vec()).unwrap();
        Some((found.snapshot.at.get(), payload))
    }
}

fn ready<T>(future: impl Future<Output = T>) -> T {
    let mut future = Box::pin(future);
    match future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        std::task::Poll::Ready(value) => value,
        std::task::Poll::Pending => panic!("a store in memory is never waited for"),
    }
}

fn stream(number: usize) -> StreamId {
    StreamId::new(&format!("s-{number}")).unwrap()
}

fn save(number: usize, at: u64) -> Work {
    let format = Tally::SNAPSHOTS.unwrap();
    Work::Save(Save {
        key: format.key(&stream(number)),
        at: Version::new(at),
        state: Arc::new(Tally(at)),
        format,
    })
}

#[test]
fn nothing_is_done_before_a_task_runs_and_one_task_does_it_all() {
    let world = World::with_streams(2);
    world.hand_in(save(0, 2));
    world.hand_in(save(1, 1));
    assert_eq!((world.saved(0), world.snapshotting.counts().waiting), (None, 3));
    assert_eq!(world.tasks.run(), 1);
    assert_eq!(world.saved(0), Some((2, "2".to_owned())));
    assert_eq!(world.saved(1), Some((1, "1".to_owned())));
    let counts = world.snapshotting.counts();
    assert_eq!((counts.taken, counts.waiting), (2, 0));

    world.hand_in(Work::Forget(stream(0)));
    assert_eq!(world.tasks.run(), 1, "another task, as the first has ended");
    assert_eq!(world.saved(0), None);
}

#[test]
fn one_that_is_waiting_makes_room_for_a_newer_one_of_its_stream() {
    let world = World::with_streams(1);
    for at in [1, 2, 1] {
        world.hand_in(save(0, at));
    }
    world.tasks.run();
    assert_eq!(world.saved(0), Some((2, "2".to_owned())));
    assert_eq!(world.snapshotting.counts().taken, 2, "the older one came later");
}

#[test]
fn what_is_waiting_of_one_tenant_stays_when_there_is_more_of_another() {
    let world = World::with_streams(1);
    let other = World::with_streams(1);
    world.hand_in(save(0, 1));
    world.snapshotting.hand_in(&other.store.snapshots, save(0, 2));
    world.tasks.run();
    assert_eq!(world.saved(0), Some((1, "1".to_owned())));
    assert_eq!(other.saved(0), Some((2, "2".to_owned())));
}

#[test]
fn if_too_many_are_waiting_the_oldest_is_dropped() {
    let world = World::with_streams(LONGEST_QUEUE + 2);
    for number in 0..LONGEST_QUEUE + 2 {
        world.hand_in(save(number, 1));
    }
    assert_eq!(world.snapshotting.counts().dropped, 2);
    world.tasks.run();
    assert_eq!(world.saved(1), None);
    assert!(world.saved(2).is_some());
    assert!(world.saved(LONGEST_QUEUE + 1).is_some());
}

#[test]
fn what_is_waiting_is_dropped_when_it_is_closed() {
    let world = World::with_streams(2);
    world.hand_in(save(0, 1));
    world.snapshotting.close();
    world.hand_in(save(1, 1));
    world.tasks.run();
    assert_eq!((world.saved(0), world.saved(1)), (None, None));
    let counts = world.snapshotting.counts();
    assert_eq!((counts.dropped, counts.taken, counts.waiting), (2, 0, 0));
}

#[test]
fn what_cannot_be_written_is_counted_and_does_not_keep_the_others_from_it() {
    let world = World::with_streams(2);
    let format = Stubborn::SNAPSHOTS.unwrap();
    world.hand_in(Work::Save(Save {
        key: format.key(&stream(0)),
        at: Version::new(1),
        state: Arc::new(Stubborn),
        format,
    }));
    world.hand_in(save(1, 3));
    world.hand_in(save(0, 1));
    world.tasks.run();
    assert_eq!(world.saved(0), Some((1, "1".to_owned())));
    let counts = world.snapshotting.counts();
    assert_eq!(
        (counts.failed, counts.taken),
        (2, 1),
        "and one is ahead of its stream"
    );
}

#[test]
fn a_task_that_ends_early_does_not_keep_another_from_going_on() {
    let world = World::with_streams(1);
    world.hand_in(save(0, 1));
    world.tasks.0.lock().unwrap().clear();
    world.hand_in(Work::Forget(stream(1)));
    world.tasks.run();
    assert_eq!(world.saved(0), Some((1, "1".to_owned())));
}
