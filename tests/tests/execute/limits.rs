//! A rule at its limit, in two processes that both decide on what they have kept: whoever is refused could not have been allowed at
//! any moment of the call. What a refusal was decided on is recorded as a read, and the history checker judges it.

use std::sync::Arc;

use eventsourcing::memory::MemoryStore;
use eventsourcing::postgres::PostgresStore;
use eventsourcing::prelude::*;
use eventsourcing::sqlite::SqliteStore;
use eventsourcing::store::{Appended, EventStore};
use eventsourcing::{TenantId, TypeFilter, Version};
use eventsourcing_testkit::history::{Action, Recorder, RecordingStore, check, read_log};
use fastrand::Rng;
use postgres_server::Server;
use tokio::task::JoinSet;

#[derive(StreamKey, Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[stream_key(category = "room")]
struct RoomId(u8);

#[derive(StreamKey, Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[stream_key(category = "house")]
struct HouseId(u8);

#[derive(Event, Clone, Debug, PartialEq)]
#[event(prefix = "room")]
enum RoomEvent {
    SeatTaken {
        #[stream]
        room: RoomId,
    },
    SeatLeft {
        #[stream]
        room: RoomId,
    },
}

#[derive(Event, Clone, Debug, PartialEq)]
#[event(prefix = "house")]
enum HouseEvent {
    SeatsAllowed {
        #[stream]
        house: HouseId,
        seats: u32,
    },
}

#[derive(Clone, Debug, Default)]
struct Room {
    taken: u32,
    seen: Version,
}

impl State for Room {
    type Key = RoomId;
    type Event = RoomEvent;

    fn apply(&mut self, _: &RoomId, event: &Recorded<RoomEvent>) {
        match event.payload() {
            RoomEvent::SeatTaken { .. } => self.taken += 1,
            RoomEvent::SeatLeft { .. } => self.taken -= 1,
        }
        self.seen = event.version();
    }
}

#[derive(Clone, Debug, Default)]
struct House {
    seats: u32,
    seen: Version,
}

impl State for House {
    type Key = HouseId;
    type Event = HouseEvent;

    fn apply(&mut self, _: &HouseId, event: &Recorded<HouseEvent>) {
        let HouseEvent::SeatsAllowed { seats, .. } = event.payload();
        self.seats = *seats;
        self.seen = event.version();
    }
}

/// Why nothing was done, with the versions that this was decided on.
#[derive(Clone, Debug, thiserror::Error)]
#[error("the room, as of version {room}, does not allow it; the rule is of version {house}")]
struct NotAllowed {
    room: Version,
    house: Version,
}

#[derive(Command, Clone)]
#[command(emits(RoomEvent::SeatTaken))]
struct Take {
    #[stream(state = Room)]
    room: RoomId,
    #[stream(read, state = House)]
    house: HouseId,
}

impl CommandLogic for Take {
    type Error = NotAllowed;

    fn handle(&self, state: &TakeState, cx: &mut Decide<Self>) -> Result<(), NotAllowed> {
        let refusal = NotAllowed {
            room: state.room.seen,
            house: state.house.seen,
        };
        require!(state.room.taken < state.house.seats, refusal);
        emit!(
            cx,
            RoomEvent::SeatTaken {
                room: self.room.clone()
            }
        );
        Ok(())
    }
}

#[derive(Command, Clone)]
#[command(emits(RoomEvent::SeatLeft))]
struct Leave {
    #[stream(state = Room)]
    room: RoomId,
    #[stream(read, state = House)]
    house: HouseId,
}

impl CommandLogic for Leave {
    type Error = NotAllowed;

    fn handle(&self, state: &LeaveState, cx: &mut Decide<Self>) -> Result<(), NotAllowed> {
        let refusal = NotAllowed {
            room: state.room.seen,
            house: state.house.seen,
        };
        require!(state.room.taken > 0, refusal);
        emit!(
            cx,
            RoomEvent::SeatLeft {
                room: self.room.clone()
            }
        );
        Ok(())
    }
}

#[derive(Command, Clone)]
#[command(emits(HouseEvent::SeatsAllowed))]
struct Allow {
    #[stream(append)]
    house: HouseId,
    seats: u32,
}

impl CommandLogic for Allow {
    type Error = NotAllowed;

    fn handle(&self, _: &AllowState, cx: &mut Decide<Self>) -> Result<(), NotAllowed> {
        let (house, seats) = (self.house.clone(), self.seats);
        emit!(cx, HouseEvent::SeatsAllowed { house, seats });
        Ok(())
    }
}

const HOUSE: HouseId = HouseId(0);
const ROOMS: u8 = 3;
const TASKS: u64 = 4;
const COMMANDS_OF_A_TASK: u32 = 150;

/// Somebody who works in one of the processes.
struct Client {
    number: u32,
    executor: Executor,
    recorder: Recorder,
    rng: Rng,
    counts: Counts,
}

#[derive(Clone, Copy, Debug, Default)]
struct Counts {
    done: u32,
    refused: u32,
    tried_again: u32,
}

impl Client {
    async fn work(mut self) -> Counts {
        for _ in 0..COMMANDS_OF_A_TASK {
            // One room is crowded, the others are rather not.
            let room = RoomId(self.rng.u8(..ROOMS) * self.rng.u8(..2));
            match self.rng.u32(..100) {
                0..55 => self.execute(&room.clone(), Take { room, house: HOUSE }).await,
                55..98 => self.execute(&room.clone(), Leave { room, house: HOUSE }).await,
                _ => {
                    let seats = self.rng.u32(1..4);
                    self.execute(&room, Allow { house: HOUSE, seats }).await;
                }
            }
        }
        self.counts
    }

    async fn execute(&mut self, room: &RoomId, command: impl CommandLogic<Error = NotAllowed>) {
        let mut pending = self.recorder.begin(self.number);
        match self.executor.execute(command).await {
            Ok(done) => {
                pending.acknowledged(&Appended {
                    events: done.events().to_vec(),
                    position: done.position(),
                    repeated: false,
                });
                self.counts.done += 1;
                self.counts.tried_again += u32::from(done.attempts() > 1);
            }
            Err(error) => {
                let refused = error.into_rejection().unwrap();
                pending.read(room.to_stream_id().unwrap(), refused.room, TypeFilter::All);
                pending.read(HOUSE.to_stream_id().unwrap(), refused.house, TypeFilter::All);
                pending.rejected();
                self.counts.refused += 1;
            }
        }
    }
}

/// Two processes, each with a handle of its own of one store.
async fn no_refusal_is_wrong(handles: [Arc<dyn EventStore>; 2]) {
    let recorder = Recorder::new();
    let watched = handles.map(RecordingStore::new);
    let executors = watched.clone().map(Executor::new);
    let mut clients = JoinSet::new();
    for (number, executor) in (0..2 * TASKS).zip(executors.iter().cycle()) {
        let client = Client {
            number: u32::try_from(number).unwrap(),
            executor: executor.clone(),
            recorder: recorder.clone(),
            rng: Rng::with_seed(number),
            counts: Counts::default(),
        };
        clients.spawn(client.work());
    }
    let counts = clients.join_all().await;
    let sum = |of: fn(&Counts) -> u32| counts.iter().map(of).sum::<u32>();
    let (done, refused, tried_again) = (
        sum(|counts| counts.done),
        sum(|counts| counts.refused),
        sum(|counts| counts.tried_again),
    );
    let log = read_log(&*watched[0].tenant(&TenantId::DEFAULT).log)
        .await
        .unwrap();
    check(&recorder.history(), &log).assert_clean();
    assert!(refused > 100 && done > 100, "{done} done, {refused} refused");
    assert!(tried_again > 10, "they have met {tried_again} times");
    let unread: usize = watched.iter().map(appended_unread).sum();
    assert!(unread > 10, "{unread} were decided on what was kept");
}

/// How many appends depended on all types: such as are sent without reading first.
fn appended_unread(store: &RecordingStore) -> usize {
    let history = store.recorder(&TenantId::DEFAULT).history();
    let operations = history.operations.into_iter();
    operations
        .filter_map(|operation| match operation.action {
            Action::Command(command) => command.sent,
            _ => None,
        })
        .filter(|sent| {
            sent.conditions
                .iter()
                .any(|condition| condition.types == TypeFilter::All)
        })
        .count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn no_refusal_is_wrong_in_memory() {
    let store = Arc::new(MemoryStore::new());
    no_refusal_is_wrong([Arc::clone(&store) as _, store]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn no_refusal_is_wrong_on_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("rooms.db");
    let [one, other] = [SqliteStore::open(&file).await, SqliteStore::open(&file).await];
    no_refusal_is_wrong([Arc::new(one.unwrap()), Arc::new(other.unwrap())]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn no_refusal_is_wrong_on_postgres() {
    let server = Server::start().expect("a server");
    let [one, other] = [
        PostgresStore::connect(&server.url()).await,
        PostgresStore::connect(&server.url()).await,
    ];
    no_refusal_is_wrong([Arc::new(one.unwrap()), Arc::new(other.unwrap())]).await;
}
