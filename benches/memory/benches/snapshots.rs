//! What a snapshot spares the first command on a stream, in one interleaved run in memory, on one core:
//! `cargo bench -p memory --bench snapshots`. Nothing is kept between commands, so each begins as after a start.
//!
//! The same command in turn on a stream of 10 events, on one of 10,000 with a snapshot of its version 9,990, and on the same
//! one without it. It writes to another stream, so those that it reads stay as long as they are.
#![expect(
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a benchmark that fails has nothing to measure, and it prints what it has"
)]

use std::time::Duration;

use eventsourcing::memory::MemoryStore;
use eventsourcing::prelude::*;
use eventsourcing::snapshot::SnapshotPolicy;
use memory::{AccountEvent, AccountId, Deposit, account};
use tokio::runtime::{Builder, Runtime};
use tokio::time::Instant;

/// How often all take turns. What disturbs the machine for longer than a turn disturbs all.
const ROUNDS: usize = 200;
/// How many commands a turn on a short stream, or from a snapshot, has. One that reads a long stream is a turn by itself.
const COMMANDS: u32 = 50;

const SHORT: u64 = 10;
const LONG: u64 = 10_000;
/// How many events come after the snapshot: as many as the short stream has.
const AFTER_THE_SNAPSHOT: u64 = SHORT;

/// What the events of an account add up to.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Balance(i64);

#[state(name = "balance", version = 1)]
impl State for Balance {
    type Key = AccountId;
    type Event = AccountEvent;

    fn apply(&mut self, me: &AccountId, event: &Recorded<AccountEvent>) {
        match event.payload() {
            AccountEvent::Deposited { amount, .. } => self.0 += amount,
            AccountEvent::Transferred { from, to, amount } => {
                self.0 -= if from == me { *amount } else { 0 };
                self.0 += if to == me { *amount } else { 0 };
            }
        }
    }
}

/// Why nothing is paid.
#[derive(Debug, thiserror::Error)]
#[error("there is nothing to pay from")]
struct Nothing;

/// Pays interest on one account into another.
#[derive(Command)]
#[command(emits(AccountEvent::Deposited))]
struct PayInterest {
    #[stream(read, state = Balance)]
    on: AccountId,
    #[stream(append)]
    into: AccountId,
}

impl CommandLogic for PayInterest {
    type Error = Nothing;

    fn handle(&self, state: &PayInterestState, cx: &mut Decide<Self>) -> Result<(), Nothing> {
        require!(state.on.0 > 0, Nothing);
        emit!(
            cx,
            AccountEvent::Deposited {
                account: self.into.clone(),
                amount: state.on.0 / 100
            }
        );
        Ok(())
    }
}

/// Looks at an account, and does nothing.
#[derive(Command)]
#[command(emits(AccountEvent::Deposited))]
struct Look {
    #[stream(read, state = Balance)]
    at: AccountId,
}

impl CommandLogic for Look {
    type Error = Nothing;

    fn handle(&self, state: &LookState, _: &mut Decide<Self>) -> Result<(), Nothing> {
        require!(state.at.0 > 0, Nothing);
        Ok(())
    }
}

fn main() {
    let world = World::new();
    report(
        "a command",
        |executor, on, n| {
            world.runtime.block_on(async {
                let into = account(1_000 + n);
                let on = on.clone();
                let paid = executor.execute(PayInterest { on, into }).await;
                paid.expect("interest");
            });
        },
        &world,
    );
    report(
        "rehydration, with a decision to do nothing",
        |executor, on, _| {
            world.runtime.block_on(async {
                let at = on.clone();
                executor.execute(Look { at }).await.expect("a look");
            });
        },
        &world,
    );
}

/// Measures something on each of the streams.
fn report(what: &str, run: impl Fn(&Executor, &AccountId, usize), world: &World) {
    let mut number = 0;
    let mut time = |executor: &Executor, on: &AccountId, commands: u32| {
        let start = Instant::now();
        for _ in 0..commands {
            number += 1;
            run(executor, on, number);
        }
        micros(start.elapsed()) / f64::from(commands)
    };
    let (mut short, mut with, mut without) = (Vec::new(), Vec::new(), Vec::new());
    let (mut to_short, mut to_without) = (Vec::new(), Vec::new());
    for round in 0..ROUNDS {
        let mut turns = [0.0; 3];
        for turn in 0..3 {
            let which = (turn + round) % 3;
            turns[which] = match which {
                0 => time(&world.with_snapshots, &world.short, COMMANDS),
                1 => time(&world.with_snapshots, &world.long, COMMANDS),
                _ => time(&world.without_snapshots, &world.long, 1),
            };
        }
        short.push(turns[0]);
        with.push(turns[1]);
        without.push(turns[2]);
        to_short.push(turns[1] / turns[0]);
        to_without.push(1.0 - turns[1] / turns[2]);
    }
    println!(
        "{what}: {SHORT} events {:.2} µs; {LONG} events with a snapshot {:.2} µs, ratio {:.2}; without {:.2} µs, spared {:.1} % \
         (medians of {ROUNDS} turns)",
        median(short),
        median(with),
        median(to_short),
        median(without),
        100.0 * median(to_without),
    );
}

struct World {
    runtime: Runtime,
    with_snapshots: Executor,
    without_snapshots: Executor,
    short: AccountId,
    long: AccountId,
}

impl World {
    fn new() -> Self {
        let runtime = Builder::new_current_thread()
            .enable_time()
            .build()
            .expect("a runtime");
        let store = MemoryStore::new();
        let executor = |policy| {
            Executor::builder(store.clone())
                .state_cache(0)
                .snapshots(policy)
                .build()
        };
        let world = Self {
            // Those that are there are used, and none are taken.
            with_snapshots: executor(SnapshotPolicy::every(0).verify_share(0.0)),
            without_snapshots: executor(SnapshotPolicy::never()),
            short: account(0),
            long: account(1),
            runtime,
        };
        world.runtime.block_on(async {
            world.fill(&world.short, SHORT).await;
            world.fill(&world.long, LONG - AFTER_THE_SNAPSHOT).await;
            let taking = executor(SnapshotPolicy::every(1));
            let at = world.long.clone();
            taking.execute(Look { at }).await.expect("a look");
            while taking.snapshot_counts().waiting > 0 {
                tokio::task::yield_now().await;
            }
            assert_eq!(taking.snapshot_counts().taken, 1);
            world.fill(&world.long, AFTER_THE_SNAPSHOT).await;
        });
        world
    }

    async fn fill(&self, account: &AccountId, deposits: u64) {
        for _ in 0..deposits {
            let deposit = Deposit {
                account: account.clone(),
                amount: 1_000,
            };
            self.without_snapshots.execute(deposit).await.expect("a deposit");
        }
    }
}

fn micros(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e6
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
