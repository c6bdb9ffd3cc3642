//! Kills processes that work on a store, over and over, and compares what is left with what they were told.
//!
//! ```text
//! cargo run -p kills --release -- --store sqlite --kills 1000 --seed 7
//! ```
//!
//! Victims write and follow the feed with several clients at once. They are killed with `SIGKILL` at random moments and at
//! named points: in a transaction, between a commit and its answer, between an event that was handled and its checkpoint.
//! Where there is a server beneath the store, it is killed as well. After each kill, no event that was acknowledged may be
//! missing or doubled, no append torn, and a reader of the feed must have been handed the log and nothing else.
//!
//! The seed says who is killed where; what the victims have written by then is up to chance. The result is JSON on the
//! standard output: seed, commit, counters, and a digest of each log.

mod arguments;
mod balances;
mod campaign;
mod orders;
mod postgres;
mod sqlite;

use std::env;
use std::error::Error;
use std::ffi::{OsStr, OsString};
use std::process::ExitCode;
use std::sync::Arc;

use clap::Parser;
use eventsourcing_core::store::EventStore;
use eventsourcing_testkit::crash::{BoxError, address, work_until_killed};
use tokio::runtime::Runtime;

use arguments::{Arguments, Store, Work};

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let victim = |variable: &str| env::var_os(variable);
    let done = if let Some(address) = address() {
        be_killed(arguments.store, address)
    } else if let Some(address) = victim(orders::ADDRESS) {
        take_orders(arguments.store, &address)
    } else if let Some(address) = victim(balances::ADDRESS) {
        keep_balances(arguments.store, &address)
    } else {
        kill(&arguments)
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            #[expect(clippy::print_stderr, reason = "this is a program for the command line")]
            {
                eprintln!("kills: {}", with_causes(&*error));
            }
            ExitCode::FAILURE
        }
    }
}

fn with_causes(error: &dyn Error) -> String {
    match error.source() {
        Some(cause) => format!("{error}: {}", with_causes(cause)),
        None => error.to_string(),
    }
}

fn kill(arguments: &Arguments) -> Result<(), BoxError> {
    let outcome = match arguments.work {
        Work::Appends => serde_json::to_string_pretty(&campaign::run(arguments)?)?,
        Work::Orders => serde_json::to_string_pretty(&orders::run(arguments)?)?,
        Work::Balances => serde_json::to_string_pretty(&balances::run(arguments)?)?,
    };
    #[expect(clippy::print_stdout, reason = "this is what the program is for")]
    {
        println!("{outcome}");
    }
    Ok(())
}

/// Works on the store of somebody else, who has started this process to kill it.
fn be_killed(store: Store, address: OsString) -> Result<(), BoxError> {
    Runtime::new()?.block_on(async {
        work_until_killed(open(store, address).await?).await;
        Ok(())
    })
}

/// As [`be_killed`], at the work of process managers.
fn take_orders(store: Store, address: &OsStr) -> Result<(), BoxError> {
    Runtime::new()?.block_on(orders::work_until_killed(|| open(store, address.to_owned())));
    Ok(())
}

/// As [`be_killed`], at the work of projections.
fn keep_balances(store: Store, address: &OsStr) -> Result<(), BoxError> {
    Runtime::new()?.block_on(balances::work_until_killed(|| open(store, address.to_owned())));
    Ok(())
}

async fn open(store: Store, address: OsString) -> Result<Arc<dyn EventStore>, BoxError> {
    match store {
        Store::Sqlite => sqlite::open(address).await,
        Store::Postgres => postgres::open(&address).await,
    }
}
