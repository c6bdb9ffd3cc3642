//! Processors: every event at least once, those of a stream in their order.

use std::collections::BTreeMap;
use std::error::Error;
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use eventsourcing::bus::Bus;
use eventsourcing::environment::Environment;
use eventsourcing::memory::MemoryStore;
use eventsourcing::postgres::PostgresStore;
use eventsourcing::processor::{
    Batch, LeasePolicy, Process, Processor, ProcessorBuilder, ProcessorState, StartProcessorError,
    WaitForProcessorError,
};
use eventsourcing::service::Runtime;
use eventsourcing::sqlite::SqliteStore;
use eventsourcing::store::{EventStore, FeedFilter};
use eventsourcing::{Position, StreamId, TenantId};
use eventsourcing_testkit::fault::{FaultPlan, FaultyStore};
use eventsourcing_testkit::history::{Action, RecordingStore};
use postgres_server::Server;
use tokio::sync::Notify;
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::bank::{AccountEvent, Bank, open, start, stop, transfer};
use super::places::Mortal;

const fn many(number: usize) -> NonZeroUsize {
    NonZeroUsize::new(number).unwrap()
}

/// What was processed, in this order.
#[derive(Clone, Default)]
pub struct Sink {
    /// The key of each event, its home stream, and its position.
    taken: Arc<Mutex<Vec<(String, StreamId, Position)>>>,
    /// Fails at events of this stream.
    broken: Arc<Mutex<Option<StreamId>>>,
    /// How many batches were begun.
    begun: Arc<AtomicUsize>,
    panics: Arc<AtomicBool>,
}

impl Sink {
    pub fn taken(&self) -> Vec<Position> {
        self.taken
            .lock()
            .unwrap()
            .iter()
            .map(|(_, _, position)| *position)
            .collect()
    }

    fn break_at(&self, account: Option<&str>) {
        *self.broken.lock().unwrap() = account.map(stream);
    }
}

fn stream(account: &str) -> StreamId {
    StreamId::new(&format!("account-{account}")).unwrap()
}

impl Process for Sink {
    async fn process(&self, batch: Batch) -> Result<(), Box<dyn Error + Send + Sync>> {
        self.begun.fetch_add(1, Ordering::Relaxed);
        let broken = self.broken.lock().unwrap().clone();
        if batch
            .events()
            .iter()
            .any(|event| Some(&event.home.stream) == broken.as_ref())
        {
            assert!(!self.panics.load(Ordering::Relaxed), "the sink has a hole");
            return Err("the sink is blocked".into());
        }
        // Others may come first.
        tokio::task::yield_now().await;
        let mut taken = self.taken.lock().unwrap();
        for event in batch.events() {
            let key = batch.key(event.position).to_string();
            taken.push((key, event.home.stream.clone(), event.position));
        }
        Ok(())
    }
}

pub fn hasty(builder: ProcessorBuilder) -> ProcessorBuilder {
    builder.pauses(Duration::from_millis(1), Duration::from_millis(5))
}

async fn run(bank: &Runtime, sink: &Sink) -> Processor {
    hasty(bank.processor("sink")).start(sink.clone()).await.unwrap()
}

async fn all_is_processed_on(store: impl EventStore + Clone) {
    let sink = Sink::default();
    let mut made = Vec::new();
    for round in 0..3 {
        let bank = start(&store).await;
        made.push(open(&bank, &format!("{round}"), "Ada").await);
        let processor = hasty(bank.processor("sink"))
            .events::<AccountEvent>()
            .batch(many(4))
            .parallel(many(3))
            .start(sink.clone())
            .await
            .unwrap();
        for number in 0..20 {
            made.push(transfer(&bank, &format!("{}", number % 5), "x", 1).await);
        }
        processor.wait_for(*made.last().unwrap()).await.unwrap();
        assert_eq!(processor.status().state, ProcessorState::Live);
        stop(bank).await;
        assert_eq!(processor.status().state, ProcessorState::Stopped);
    }
    let mut taken = sink.taken();
    let mut by_stream: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for (_, stream, position) in &*sink.taken.lock().unwrap() {
        by_stream.entry(stream.clone()).or_default().push(*position);
    }
    for (stream, positions) in by_stream {
        assert!(positions.is_sorted(), "{stream}: {positions:?}");
    }
    taken.sort();
    assert_eq!(taken, made, "each once, since nothing has crashed");
}

#[tokio::test]
async fn all_is_processed_in_memory() {
    all_is_processed_on(MemoryStore::new()).await;
}

#[tokio::test]
async fn all_is_processed_on_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    all_is_processed_on(SqliteStore::open(folder.path().join("events.db")).await.unwrap()).await;
}

#[tokio::test]
async fn all_is_processed_on_postgres() {
    let server = Server::start().unwrap();
    all_is_processed_on(PostgresStore::connect(&server.url()).await.unwrap()).await;
}

#[tokio::test]
async fn what_fails_is_tried_again_and_the_rest_waits() {
    let store = MemoryStore::new();
    let bank = start(&store).await;
    let sink = Sink::default();
    sink.break_at(Some("b"));
    let first = open(&bank, "a", "Ada").await;
    let second = open(&bank, "b", "Bob").await;
    let third = open(&bank, "c", "Cem").await;
    let processor = hasty(bank.processor("sink"))
        .batch(many(1))
        .start(sink.clone())
        .await
        .unwrap();

    let error = processor.wait_for(third).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "the processor `sink` does not come to the position: the sink is blocked"
    );
    let status = processor.status();
    assert_eq!(status.state, ProcessorState::Failed);
    assert_eq!((status.position, status.lag_events), (first, 2));
    let failing = status.failing.unwrap();
    assert_eq!((failing.first, failing.last), (second, second));
    assert!(failing.attempts >= 3);
    assert_eq!(bank.status().processors[0].processor, "sink");

    sink.break_at(None);
    while processor.wait_for(third).await.is_err() {
        tokio::task::yield_now().await;
    }
    assert_eq!(sink.taken(), [first, second, third]);
    assert_eq!(processor.status().failing, None);
}

#[tokio::test]
async fn of_tasks_that_run_together_only_the_one_that_fails_is_repeated() {
    let store = MemoryStore::new();
    let bank = start(&store).await;
    let sink = Sink::default();
    sink.break_at(Some("b"));
    let mut last = Position::START;
    for account in ["a", "b", "c", "d", "e", "f"] {
        last = open(&bank, account, "Ada").await;
    }
    let processor = hasty(bank.processor("sink"))
        .parallel(many(64))
        .start(sink.clone())
        .await
        .unwrap();
    processor.wait_for(last).await.unwrap_err();
    sink.break_at(None);
    while processor.wait_for(last).await.is_err() {
        tokio::task::yield_now().await;
    }
    let mut taken = sink.taken();
    taken.sort();
    assert_eq!(taken.len(), 6, "each once");
    taken.dedup();
    assert_eq!(taken.len(), 6);
}

#[tokio::test]
async fn a_panic_is_a_failure_like_any_other() {
    let bank = start(&MemoryStore::new()).await;
    let sink = Sink::default();
    sink.break_at(Some("a"));
    sink.panics.store(true, Ordering::Relaxed);
    let processor = run(&bank, &sink).await;
    let done = open(&bank, "a", "Ada").await;
    let error = processor.wait_for(done).await.unwrap_err();
    let WaitForProcessorError::Failed { failing, .. } = error else {
        unreachable!("{error}");
    };
    assert_eq!(failing.reason, "it has panicked: the sink has a hole");
    sink.break_at(None);
    while processor.wait_for(done).await.is_err() {
        tokio::task::yield_now().await;
    }
}

#[tokio::test(start_paused = true)]
async fn nobody_waits_for_a_position_that_the_log_has_not_come_to() {
    let bank = start(&MemoryStore::new()).await;
    let processor = run(&bank, &Sink::default()).await;
    let end = open(&bank, "a", "Ada").await;
    let position = Position::new(end.get() + 1);
    let waited = timeout(Duration::from_mins(1), processor.wait_for(position)).await;
    assert_eq!(
        waited,
        Ok(Err(WaitForProcessorError::BeyondEnd { position, end }))
    );

    processor.stop().await;
    let next = open(&bank, "b", "Bob").await;
    let stopped = processor.wait_for(next).await.unwrap_err();
    assert_eq!(stopped.to_string(), "the processor `sink` does not run any more");
}

#[tokio::test]
async fn what_another_process_has_done_just_now_is_waited_for() {
    let store = MemoryStore::new();
    let (here, there) = (start(&store).await, start(&store).await);
    let processor = run(&here, &Sink::default()).await;
    for number in 0..100 {
        let done = open(&there, &format!("{number}"), "Ada").await;
        processor.wait_for(done).await.unwrap();
    }
}

/// A process that holds leases for a short time.
async fn mortal_on(store: MemoryStore) -> (Runtime, Mortal) {
    let mortal = Mortal::default();
    let environment = Environment {
        spawn: Arc::new(mortal.clone()),
        ..Environment::default()
    };
    let leases = LeasePolicy::default().with_ttl(Duration::from_millis(50));
    let builder = Bank::builder(store).environment(environment).lease_policy(leases);
    (builder.start().await.unwrap(), mortal)
}

#[tokio::test]
async fn after_a_crash_the_last_batch_comes_again_under_the_same_keys() {
    let store = MemoryStore::new();
    let sink = Sink::default();
    let (bank, mortal) = mortal_on(store.clone()).await;
    let first = open(&bank, "a", "Ada").await;
    // It is done, and that is never told.
    let stuck = {
        let sink = sink.clone();
        move |batch: Batch| {
            let sink = sink.clone();
            async move {
                sink.process(batch).await?;
                std::future::pending().await
            }
        }
    };
    let crashing = bank.processor("sink").start(stuck).await.unwrap();
    while sink.taken().is_empty() {
        tokio::task::yield_now().await;
    }
    assert_eq!(crashing.status().position, Position::START);
    mortal.kill();

    let after = start(&store).await;
    let processor = run(&after, &sink).await;
    processor.wait_for(first).await.unwrap();
    let second = open(&after, "b", "Bob").await;
    processor.wait_for(second).await.unwrap();
    let keys: Vec<_> = sink
        .taken
        .lock()
        .unwrap()
        .iter()
        .map(|(key, _, _)| key.clone())
        .collect();
    assert_eq!(keys[0], keys[1], "the same event");
    assert_ne!(keys[1], keys[2], "another one");
    assert_eq!(keys.len(), 3);
    let epoch = store.identity().epoch;
    assert_eq!(keys[0], format!("sink/{epoch}/{first}"));
}

#[tokio::test]
async fn nothing_is_read_before_there_is_room_for_it() {
    let store = MemoryStore::new();
    let bank = start(&store).await;
    let mut made = Vec::new();
    for number in 0..200 {
        made.push(open(&bank, &format!("{number}"), "Ada").await);
    }
    let spy = RecordingStore::new(Arc::new(store));
    let furthest_read = || {
        let operations = spy.recorder(&TenantId::DEFAULT).history().operations;
        let last = |action| match action {
            Action::Feed(page) => page.events.last().map(|event| event.position),
            _ => None,
        };
        operations
            .into_iter()
            .filter_map(|operation| last(operation.action))
            .max()
    };
    let environment = Environment::default();
    let bus = Bus::new(spy.clone(), &environment);
    let gate = Arc::new(Notify::new());
    let waiting = Arc::clone(&gate);
    let begun = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&begun);
    let processor = ProcessorBuilder::new("slow", &bus, &environment)
        .batch_bytes(1)
        .read_ahead(many(3))
        .start(move |batch: Batch| {
            let (gate, count) = (Arc::clone(&waiting), Arc::clone(&count));
            async move {
                assert_eq!(batch.events().len(), 1, "no more than the bytes allow");
                if count.fetch_add(1, Ordering::Relaxed) == 0 {
                    gate.notified().await;
                }
                Ok(())
            }
        })
        .await
        .unwrap();
    while begun.load(Ordering::Relaxed) == 0 {
        tokio::task::yield_now().await;
    }
    for _ in 0..1_000 {
        tokio::task::yield_now().await;
    }
    // One is worked on, three wait.
    assert_eq!(furthest_read(), Some(made[3]));
    gate.notify_one();
    processor.wait_for(made[199]).await.unwrap();
    assert_eq!(begun.load(Ordering::Relaxed), 200);
}

#[tokio::test]
async fn to_stop_waits_for_the_batch_under_way_and_begins_none() {
    let bank = start(&MemoryStore::new()).await;
    let (reached, gate) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let (reach, wait) = (Arc::clone(&reached), Arc::clone(&gate));
    let first = open(&bank, "a", "Ada").await;
    open(&bank, "b", "Bob").await;
    let processor = bank
        .processor("sink")
        .batch(many(1))
        .start(move |_: Batch| {
            let (reach, wait) = (Arc::clone(&reach), Arc::clone(&wait));
            async move {
                reach.notify_one();
                wait.notified().await;
                Ok(())
            }
        })
        .await
        .unwrap();
    reached.notified().await;
    let mut stopping = JoinSet::new();
    let stopped = processor.clone();
    stopping.spawn(async move { stopped.stop().await });
    tokio::task::yield_now().await;
    assert!(stopping.try_join_next().is_none(), "it waits");
    gate.notify_one();
    gate.notify_one();
    stopping.join_next().await.unwrap().unwrap();
    let status = processor.status();
    assert_eq!(status.state, ProcessorState::Stopped);
    assert!(status.position >= first);
}

#[tokio::test]
async fn only_what_comes_is_processed_if_it_begins_at_the_end() {
    let bank = start(&MemoryStore::new()).await;
    open(&bank, "a", "Ada").await;
    let end = bank.bus().end(&TenantId::DEFAULT).await.unwrap();
    let sink = Sink::default();
    let begin = || bank.processor("sink").begin_after(end).filter(FeedFilter::ALL);
    let processor = begin().start(sink.clone()).await.unwrap();
    let second = open(&bank, "b", "Bob").await;
    processor.wait_for(second).await.unwrap();
    assert_eq!(sink.taken(), [second]);

    let error = begin().start(sink.clone()).await.unwrap_err();
    assert!(matches!(error, StartProcessorError::Running { .. }), "{error}");
    processor.stop().await;
    let again = begin().start(sink.clone()).await.unwrap();
    let third = open(&bank, "c", "Cem").await;
    again.wait_for(third).await.unwrap();
    assert_eq!(sink.taken(), [second, third], "it goes on where it left off");

    let error = bank.processor("Sink").start(sink).await.unwrap_err();
    assert_eq!(error.to_string(), "`Sink` is no name for a processor");
}

#[tokio::test(start_paused = true)]
async fn on_a_store_that_fails_now_and_then_nothing_is_missed() {
    for seed in 0..8 {
        let store = MemoryStore::new();
        let bank = start(&store).await;
        let faulty = FaultyStore::new(Arc::new(store.clone()), FaultPlan::rough(seed));
        let sink = Sink::default();
        let environment = Environment::default();
        let bus = Bus::new(faulty, &environment);
        let builder = || hasty(ProcessorBuilder::new("sink", &bus, &environment)).batch(many(3));
        let processor = loop {
            if let Ok(processor) = builder().start(sink.clone()).await {
                break processor;
            }
        };
        let mut made = Vec::new();
        for number in 0..60 {
            made.push(transfer(&bank, &format!("{}", number % 7), "x", 1).await);
        }
        processor.wait_for(*made.last().unwrap()).await.unwrap();
        assert_eq!(sink.taken(), made, "seed {seed}");
    }
}
