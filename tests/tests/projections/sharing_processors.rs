//! Processes that run the same processors on one store, and what happens when one of them goes away, in one way or another.

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;

use eventsourcing::Position;
use eventsourcing::environment::Environment;
use eventsourcing::memory::MemoryStore;
use eventsourcing::processor::{LeasePolicy, Processor, ProcessorState};
use eventsourcing::service::Runtime;
use eventsourcing::store::EventStore;

use super::bank::{Bank, open, stop, transfer};
use super::holding::{HeldStore, Hold};
use super::places::{Mortal, Place, on_every_store, until};
use super::processors::{Sink, hasty};

/// A process without projections.
struct Process {
    bank: Runtime,
    sink: Processor,
    mortal: Mortal,
}

impl Process {
    /// It hands its events over to a sink that others have, too.
    async fn start(store: Arc<dyn EventStore>, label: &str, ttl: Duration, sink: &Sink) -> Self {
        const TWO: NonZeroUsize = NonZeroUsize::new(2).unwrap();
        let (bank, mortal) = start(store, label, ttl).await;
        let builder = hasty(bank.processor("sink")).batch(TWO);
        let sink = builder.start(sink.clone()).await.unwrap();
        Self { bank, sink, mortal }
    }

    async fn transfer(&self, number: u32) -> Position {
        transfer(&self.bank, "bank", &format!("{}", number % 3), 1).await
    }

    fn is_live(&self) -> bool {
        self.sink.status().state == ProcessorState::Live
    }

    async fn until_live(&self) {
        until("it is its turn", || self.is_live()).await;
    }

    async fn until_standby_of(&self, label: &str) {
        until("it stands by", || {
            let status = self.sink.status();
            status.state == ProcessorState::Standby && status.held_by.as_deref() == Some(label)
        })
        .await;
    }

    async fn stop(self) {
        stop(self.bank).await;
    }
}

async fn start(store: Arc<dyn EventStore>, label: &str, ttl: Duration) -> (Runtime, Mortal) {
    let mortal = Mortal::default();
    let environment = Environment {
        spawn: Arc::new(mortal.clone()),
        ..Environment::default()
    };
    let builder = Bank::builder(store)
        .environment(environment)
        .tenants([])
        .lease_policy(LeasePolicy::default().with_ttl(ttl).with_label(label));
    (builder.start().await.unwrap(), mortal)
}

async fn of_two_processes_one_takes_each_event_once_and_both_can_wait_for_it(place: Place) {
    let ttl = Duration::from_secs(20);
    let sink = Sink::default();
    let first = Process::start(place.open().await, "first", ttl, &sink).await;
    first.until_live().await;
    let second = Process::start(place.open().await, "second", ttl, &sink).await;
    second.until_standby_of("first").await;
    let mut made = Vec::new();
    for number in 0..30 {
        let process = if number % 2 == 0 { &first } else { &second };
        made.push(process.transfer(number).await);
        if number % 5 == 0 {
            second.sink.wait_for(*made.last().unwrap()).await.unwrap();
            assert_eq!(sink.taken(), made);
        }
    }
    for process in [&first, &second] {
        process.sink.wait_for(*made.last().unwrap()).await.unwrap();
    }
    assert_eq!(sink.taken(), made);
    assert!(first.is_live() && !second.is_live());
    first.stop().await;
    second.stop().await;
}

async fn who_is_shut_down_hands_the_processor_over_before_its_time_is_over(place: Place) {
    let ttl = Duration::from_mins(5);
    let sink = Sink::default();
    let first = Process::start(place.open().await, "first", ttl, &sink).await;
    let second = Process::start(place.open().await, "second", ttl, &sink).await;
    first.until_live().await;
    let mut made = vec![first.transfer(1).await];
    first.sink.wait_for(made[0]).await.unwrap();
    first.stop().await;
    second.until_live().await;
    made.push(second.transfer(2).await);
    second.sink.wait_for(made[1]).await.unwrap();
    assert_eq!(sink.taken(), made);
    second.stop().await;
}

async fn another_goes_on_where_a_killed_process_was(place: Place) {
    let ttl = Duration::from_secs(1);
    let sink = Sink::default();
    let first = Process::start(place.open().await, "first", ttl, &sink).await;
    first.until_live().await;
    let second = Process::start(place.open().await, "second", ttl, &sink).await;
    second.until_standby_of("first").await;
    let mut made = Vec::new();
    for number in 0..5 {
        made.push(first.transfer(number).await);
    }
    second.sink.wait_for(*made.last().unwrap()).await.unwrap();
    first.mortal.kill();
    for number in 0..5 {
        made.push(second.transfer(number).await);
    }
    second.sink.wait_for(*made.last().unwrap()).await.unwrap();
    assert_eq!(
        sink.taken(),
        made,
        "nothing is lost, and what was saved is not repeated"
    );
    second.stop().await;
}

/// It has handed a batch over, and is about to save that, when it is thought to be dead.
async fn a_place_that_is_saved_too_late_is_refused_by_the_fence(place: Place) {
    let ttl = Duration::from_secs(1);
    let sink = Sink::default();
    let held = HeldStore::around(place.open().await);
    let zombie = Process::start(Arc::new(held.clone()), "zombie", ttl, &sink).await;
    zombie.until_live().await;
    let (writer, _) = start(place.open().await, "writer", ttl).await;
    held.set(Hold::WritesAndLeases);
    let first = open(&writer, "a", "Ada").await;
    until("the save is on its way", || held.waiting() == 1).await;
    assert_eq!(sink.taken(), [first]);

    let heir = Process::start(place.open().await, "heir", ttl, &sink).await;
    heir.sink.wait_for(first).await.unwrap();
    assert_eq!(sink.taken(), [first, first], "what was not saved comes again");
    let second = open(&writer, "b", "Bob").await;
    heir.sink.wait_for(second).await.unwrap();

    held.set(Hold::Nothing);
    until("the late save has come", || held.fenced_off() == 1).await;
    zombie.until_standby_of("heir").await;
    let third = open(&writer, "c", "Cem").await;
    zombie.sink.wait_for(third).await.unwrap();
    assert_eq!(sink.taken(), [first, first, second, third]);
    for process in [zombie, heir] {
        process.stop().await;
    }
    stop(writer).await;
}

on_every_store! {
    of_two_processes_one_takes_each_event_once_and_both_can_wait_for_it,
    who_is_shut_down_hands_the_processor_over_before_its_time_is_over,
    another_goes_on_where_a_killed_process_was,
    a_place_that_is_saved_too_late_is_refused_by_the_fence,
}

#[tokio::test]
async fn several_processors_are_shared_and_one_that_is_stopped_and_started_has_its_turn_again() {
    const NAMES: [&str; 4] = ["a", "b", "c", "d"];
    let store: Arc<dyn EventStore> = Arc::new(MemoryStore::new());
    let sinks = NAMES.map(|_| Sink::default());
    let ttl = Duration::from_secs(5);
    let mut processes = Vec::new();
    for label in ["first", "second"] {
        let (bank, _) = start(Arc::clone(&store), label, ttl).await;
        let mut processors = Vec::new();
        for (name, sink) in NAMES.into_iter().zip(&sinks) {
            processors.push(bank.processor(name).start(sink.clone()).await.unwrap());
        }
        processes.push((bank, processors));
    }
    let live = |process: usize| {
        let processors = processes[process].1.iter();
        processors
            .filter(|processor| processor.status().state == ProcessorState::Live)
            .count()
    };
    until("each takes the events of two", || live(0) == 2 && live(1) == 2).await;
    let done = open(&processes[0].0, "a", "Ada").await;
    for (_, processors) in &processes {
        for processor in processors {
            processor.wait_for(done).await.unwrap();
        }
    }
    assert!(sinks.iter().all(|sink| sink.taken() == [done]));

    let mut again = Vec::new();
    for (bank, processors) in &processes {
        processors[0].stop().await;
        again.push(bank.processor("a").start(sinks[0].clone()).await.unwrap());
    }
    let then = open(&processes[0].0, "b", "Bob").await;
    for processor in &again {
        processor.wait_for(then).await.unwrap();
    }
    assert_eq!(sinks[0].taken(), [done, then]);
    for (bank, _) in processes {
        stop(bank).await;
    }
}
