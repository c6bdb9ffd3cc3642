//! A command that is sent by name, beside the same command by type, in memory and on one core, with the allocations of each:
//! `cargo bench -p memory --bench dispatch`.
#![expect(clippy::expect_used, reason = "a benchmark that fails has nothing to measure")]

use std::cell::Cell;

use divan::{AllocProfiler, Bencher};
use eventsourcing::memory::MemoryStore;
use eventsourcing::prelude::*;
use eventsourcing::service::{Service as _, service};
use eventsourcing::wire::{CommandResult, Dispatcher, WireCommand, timing};
use memory::{Deposit, Transfer, account};
use tokio::runtime::{Builder, Runtime};

#[global_allocator]
static ALLOCATIONS: AllocProfiler = AllocProfiler::system();

const SAMPLES: u32 = 200;
const SAMPLE_SIZE: u32 = 50;

#[service(commands(Deposit, Transfer))]
struct Bank;

fn main() {
    divan::main();
}

/// Accounts in pairs, each with one deposit.
struct Accounts {
    runtime: Runtime,
    executor: Executor,
    next: Cell<usize>,
}

impl Accounts {
    fn open() -> Self {
        let runtime = Builder::new_current_thread()
            .enable_time()
            .build()
            .expect("a runtime");
        let executor = Executor::new(MemoryStore::new());
        runtime.block_on(async {
            for n in 0..=(SAMPLES * SAMPLE_SIZE) as usize * 2 + 1 {
                let deposit = Deposit {
                    account: account(n),
                    amount: 1_000,
                };
                executor.execute(deposit).await.expect("a deposit");
            }
        });
        Self {
            runtime,
            executor,
            next: Cell::new(0),
        }
    }

    /// A transfer between two accounts that no other was between.
    fn transfer(&self) -> Transfer {
        let n = self.next.replace(self.next.get() + 2);
        Transfer {
            from: account(n),
            to: account(n + 1),
            amount: 10,
        }
    }

    /// A deposit without looking, to an account that is not used otherwise.
    fn deposit(&self) -> Deposit {
        let n = self.next.replace(self.next.get() + 1);
        Deposit {
            account: account(1_000_000 + n),
            amount: 10,
        }
    }

    fn execute<C: CommandLogic>(&self, bencher: Bencher<'_, '_>, command: fn(&Self) -> C) {
        bencher
            .with_inputs(|| command(self))
            .bench_local_values(|command| {
                self.runtime
                    .block_on(async { self.executor.execute(command).await.expect("done") })
            });
    }

    fn dispatch<C: Command + Serialize>(
        &self,
        dispatcher: &Dispatcher,
        bencher: Bencher<'_, '_>,
        command: fn(&Self) -> C,
    ) {
        bencher
            .with_inputs(|| WireCommand::new(C::NAME, &command(self)).expect("JSON"))
            .bench_local_values(|command| {
                let result = self.runtime.block_on(dispatcher.dispatch(command));
                assert!(matches!(result, CommandResult::Success(_)));
                result
            });
    }
}

#[divan::bench(sample_count = SAMPLES, sample_size = SAMPLE_SIZE)]
fn deposit_by_type(bencher: Bencher<'_, '_>) {
    Accounts::open().execute(bencher, Accounts::deposit);
}

#[divan::bench(sample_count = SAMPLES, sample_size = SAMPLE_SIZE)]
fn deposit_by_name(bencher: Bencher<'_, '_>) {
    let accounts = Accounts::open();
    let dispatcher = Dispatcher::builder(accounts.executor.clone(), Bank::TABLE).build();
    accounts.dispatch(&dispatcher, bencher, Accounts::deposit);
}

#[divan::bench(sample_count = SAMPLES, sample_size = SAMPLE_SIZE)]
fn transfer_by_type(bencher: Bencher<'_, '_>) {
    Accounts::open().execute(bencher, Accounts::transfer);
}

#[divan::bench(sample_count = SAMPLES, sample_size = SAMPLE_SIZE)]
fn transfer_by_name(bencher: Bencher<'_, '_>) {
    let accounts = Accounts::open();
    let dispatcher = Dispatcher::builder(accounts.executor.clone(), Bank::TABLE).build();
    accounts.dispatch(&dispatcher, bencher, Accounts::transfer);
}

#[divan::bench(sample_count = SAMPLES, sample_size = SAMPLE_SIZE)]
fn transfer_by_name_through_a_layer(bencher: Bencher<'_, '_>) {
    let accounts = Accounts::open();
    let dispatcher = Dispatcher::builder(accounts.executor.clone(), Bank::TABLE)
        .layer(timing())
        .build();
    accounts.dispatch(&dispatcher, bencher, Accounts::transfer);
}
