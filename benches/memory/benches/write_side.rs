//! The write side in memory, on one core: `cargo bench -p memory`.
#![expect(clippy::expect_used, reason = "a benchmark that fails has nothing to measure")]

use std::cell::Cell;
use std::sync::Arc;

use divan::counter::ItemsCount;
use divan::{Bencher, black_box};
use eventsourcing::TenantId;
use eventsourcing::memory::MemoryStore;
use eventsourcing::prelude::*;
use eventsourcing::store::{EventStore as _, ReadStream, ReadStreams};
use memory::{Account, AccountEvent, Deposit, Transfer, account};
use tokio::runtime::{Builder, Runtime};

const SAMPLES: u32 = 100;
const SAMPLE_SIZE: u32 = 20;

fn main() {
    divan::main();
}

fn runtime() -> Runtime {
    Builder::new_current_thread()
        .enable_time()
        .build()
        .expect("a runtime")
}

/// Accounts in pairs, each with as many events as given, and an executor on them.
fn bank(runtime: &Runtime, pairs: usize, events: usize) -> Executor {
    let executor = Executor::new(MemoryStore::new());
    runtime.block_on(async {
        for n in 0..pairs * 2 {
            for _ in 0..events {
                executor
                    .execute(Deposit {
                        account: account(n),
                        amount: 1_000,
                    })
                    .await
                    .expect("a deposit");
            }
        }
    });
    executor
}

/// A deposit, decided without looking: append alone. Each account is used once.
#[divan::bench(sample_count = SAMPLES, sample_size = SAMPLE_SIZE)]
fn deposit(bencher: Bencher<'_, '_>) {
    let runtime = runtime();
    let executor = bank(&runtime, 0, 0);
    let number = Cell::new(0);
    bencher
        .counter(ItemsCount::new(1_usize))
        .with_inputs(|| Deposit {
            account: account(number.replace(number.get() + 1)),
            amount: 1_000,
        })
        .bench_local_values(|deposit| {
            runtime.block_on(async { executor.execute(deposit).await.expect("done") })
        });
}

/// A transfer between two accounts of so many events each: load, fold, decide, append. Each pair is used once.
#[divan::bench(args = [0, 10, 100], sample_count = SAMPLES, sample_size = SAMPLE_SIZE)]
fn transfer(bencher: Bencher<'_, '_>, events: usize) {
    let runtime = runtime();
    let executor = bank(&runtime, (SAMPLES * SAMPLE_SIZE) as usize + 1, events);
    let pair = Cell::new(0);
    bencher
        .counter(ItemsCount::new(1_usize))
        .with_inputs(|| {
            pair.set(pair.get() + 1);
            Transfer {
                from: account(pair.get() * 2 - 2),
                to: account(pair.get() * 2 - 1),
                amount: 0,
            }
        })
        .bench_local_values(|transfer| {
            runtime.block_on(async { executor.execute(transfer).await.expect("done") })
        });
}

/// A transfer between the same two accounts, again and again: their states are kept, and each reads what the last one has
/// left. The accounts have so many events to begin with.
#[divan::bench(args = [10, 100, 1_000], sample_count = SAMPLES, sample_size = SAMPLE_SIZE)]
fn transfer_again(bencher: Bencher<'_, '_>, events: usize) {
    let runtime = runtime();
    let executor = bank(&runtime, 1, events);
    bencher
        .counter(ItemsCount::new(1_usize))
        .with_inputs(|| Transfer {
            from: account(0),
            to: account(1),
            amount: 0,
        })
        .bench_local_values(|transfer| {
            runtime.block_on(async { executor.execute(transfer).await.expect("done") })
        });
}

/// Reading alone: two streams of 10 events, as one snapshot.
#[divan::bench]
fn read_two_streams_of_10(bencher: Bencher<'_, '_>) {
    let runtime = runtime();
    let executor = bank(&runtime, 1, 10);
    let log = executor.store().tenant(&TenantId::DEFAULT).log;
    let read = |n| ReadStream::whole(account(n).to_stream_id().expect("a stream id"));
    let read = ReadStreams {
        streams: vec![read(0), read(1)],
        command: None,
    };
    bencher.bench_local(|| {
        runtime
            .block_on(log.read_streams(black_box(&read)))
            .expect("read")
    });
}

/// Folding alone: decoding and applying 1,000 events.
#[divan::bench]
fn fold_1000_events(bencher: Bencher<'_, '_>) {
    let runtime = runtime();
    let executor = bank(&runtime, 1, 1_000);
    let log = executor.store().tenant(&TenantId::DEFAULT).log;
    let key = account(0);
    let stream = key.to_stream_id().expect("a stream id");
    let read = ReadStreams {
        streams: vec![ReadStream::whole(stream)],
        command: None,
    };
    let read = runtime.block_on(log.read_streams(&read)).expect("read");
    let events = &read.slices[0].events;
    bencher.counter(ItemsCount::new(events.len())).bench_local(|| {
        let mut state = Account::default();
        for event in events {
            let event = Recorded::<AccountEvent>::decode(Arc::clone(event)).expect("decoded");
            state.apply(&key, &event);
        }
        state.balance
    });
}
