//! What it costs to send a command by name, in one interleaved run: the same commands in turn by type and by name, in memory,
//! on one core: `cargo bench -p memory --bench by_name`. The allocations are told by the bench `dispatch`.
#![expect(
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a benchmark that fails has nothing to measure, and it prints what it has"
)]

use std::time::Duration;

use eventsourcing::memory::MemoryStore;
use eventsourcing::prelude::*;
use eventsourcing::service::{Service as _, service};
use eventsourcing::wire::{Dispatcher, WireCommand};
use memory::{Deposit, Transfer, account};
use tokio::runtime::{Builder, Runtime};
use tokio::time::Instant;

/// How often the two take turns. What disturbs the machine for longer than a turn disturbs both.
const ROUNDS: usize = 400;
/// How many commands a turn has.
const COMMANDS: usize = 50;

#[service(commands(Deposit, Transfer))]
struct Bank;

fn main() {
    report("deposit, which reads nothing", |n| Deposit {
        account: account(1_000_000 + n),
        amount: 10,
    });
    report("transfer between two accounts", |n| Transfer {
        from: account(2 * n),
        to: account(2 * n + 1),
        amount: 10,
    });
}

/// Measures a command whose streams nobody else uses: `command` is called with 0, 1, 2, and so on.
fn report<C: CommandLogic + Serialize>(what: &str, command: impl Fn(usize) -> C) {
    let world = World::new();
    let mut numbers = 0..;
    let mut take = || -> Vec<C> { numbers.by_ref().take(COMMANDS).map(&command).collect() };
    let (mut by_type, mut by_name, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    for round in 0..ROUNDS {
        let (typed, named) = if round % 2 == 0 {
            let typed = world.execute(take());
            (typed, world.dispatch(&take()))
        } else {
            let named = world.dispatch(&take());
            (world.execute(take()), named)
        };
        by_type.push(micros(typed));
        by_name.push(micros(named));
        ratios.push(named.as_secs_f64() / typed.as_secs_f64());
    }
    println!(
        "{what}: by type {:.2} µs, by name {:.2} µs, ratio {:.2} (medians of {ROUNDS} turns of {COMMANDS} commands)",
        median(by_type),
        median(by_name),
        median(ratios)
    );
}

struct World {
    runtime: Runtime,
    executor: Executor,
    dispatcher: Dispatcher,
}

impl World {
    /// Accounts with money, and whoever executes commands for them.
    fn new() -> Self {
        let runtime = Builder::new_current_thread()
            .enable_time()
            .build()
            .expect("a runtime");
        let executor = Executor::new(MemoryStore::new());
        runtime.block_on(async {
            for n in 0..ROUNDS * COMMANDS * 4 {
                let deposit = Deposit {
                    account: account(n),
                    amount: 1_000,
                };
                executor.execute(deposit).await.expect("a deposit");
            }
        });
        Self {
            runtime,
            dispatcher: Dispatcher::builder(executor.clone(), Bank::TABLE).build(),
            executor,
        }
    }

    fn execute<C: CommandLogic>(&self, commands: Vec<C>) -> Duration {
        let start = Instant::now();
        for command in commands {
            let executed = self
                .runtime
                .block_on(async { self.executor.execute(command).await });
            executed.expect("it is executed");
        }
        start.elapsed()
    }

    fn dispatch<C: Command + Serialize>(&self, commands: &[C]) -> Duration {
        let wired = |command| WireCommand::new(C::NAME, command).expect("JSON");
        let commands: Vec<WireCommand> = commands.iter().map(wired).collect();
        let start = Instant::now();
        for command in commands {
            let result = self.runtime.block_on(self.dispatcher.dispatch(command));
            result.into_success().expect("it is executed");
        }
        start.elapsed()
    }
}

/// Of one command of a turn.
fn micros(turn: Duration) -> f64 {
    let commands = u32::try_from(COMMANDS).expect("it is small");
    (turn / commands).as_secs_f64() * 1e6
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
