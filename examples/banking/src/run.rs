//! The run: openings and deposits one after the other, then transfers, many at the same time.

use std::sync::Arc;
use std::time::Duration;

use eventsourcing::execute::{ExecuteError, Executed, Executor, RetryPolicy};
use eventsourcing::store::EventStore;
use eventsourcing::{CommandId, Position, TenantId};
use indicatif::ProgressBar;
use tokio::task::{JoinError, JoinSet};
use tokio::time::Instant;

use crate::cli::Load;
use crate::domain::BankError;
use crate::ledger::{Ledger, LedgerError};
use crate::report::{Report, Skipped};
use crate::rows::{Order, Row, Rows};
use crate::tally::Tally;

/// Runs the orders of a file on a store.
///
/// Each is executed under an id made of the file's name, the line and the repetition. So on a store that kept the events of
/// an earlier run, nothing that was done is done again.
///
/// # Errors
/// If the store fails or the books do not add up. Every order was then executed as a whole or not at all.
pub async fn run(
    store: Arc<dyn EventStore>,
    file: &str,
    rows: Rows,
    load: Load,
    progress: &ProgressBar,
) -> Result<Report, RunError> {
    let executor = executor(&store);
    let mut ledger = Ledger::new(&store.tenant(&TenantId::DEFAULT));
    let mut skipped: Vec<Skipped> = rows.bad.into_iter().map(Skipped::from).collect();

    let mut prepared = Position::START;
    for row in rows.preparations {
        let line = row.line;
        match execute(executor.clone(), row, command_id(file, line, 1)).await? {
            Ok(executed) => prepared = prepared.max(executed.position()),
            Err(refusal) => skipped.push(Skipped {
                line,
                reason: refusal.to_string(),
            }),
        }
    }
    ledger.read_to(prepared).await?;
    let total_before = ledger.total();

    let transfers = transfer(&store, file, &rows.transfers, load, progress).await?;
    ledger.read_to(transfers.position).await?;

    skipped.sort_by_key(|skipped| skipped.line);
    Ok(Report {
        file: file.to_owned(),
        skipped,
        transfers,
        total_before,
        total_after: ledger.total(),
        pages: ledger.into_pages(),
    })
}

/// Makes all transfers, so many times, and so many at the same time.
async fn transfer(
    store: &Arc<dyn EventStore>,
    file: &str,
    rows: &[Row],
    load: Load,
    progress: &ProgressBar,
) -> Result<Tally, RunError> {
    let executors: Vec<_> = (0..load.executors.get()).map(|_| executor(store)).collect();
    let repetitions = 1..=load.repeat.get();
    let transfers = repetitions.flat_map(|repetition| rows.iter().map(move |row| (repetition, row)));
    let mut waiting = transfers.zip(executors.iter().cycle());
    let mut under_way = JoinSet::new();
    let mut tally = Tally::default();
    let started = Instant::now();
    loop {
        while under_way.len() < load.concurrency.get()
            && let Some(((repetition, row), executor)) = waiting.next()
        {
            let id = command_id(file, row.line, repetition);
            under_way.spawn(execute(executor.clone(), row.clone(), id));
        }
        let Some(outcome) = under_way.join_next().await else {
            break;
        };
        tally.count(outcome??);
        progress.inc(1);
    }
    tally.elapsed = started.elapsed();
    Ok(tally)
}

/// Executes an order. That the bank refuses it is an outcome; anything else that fails ends the run.
async fn execute(
    executor: Executor,
    row: Row,
    id: CommandId,
) -> Result<Result<Executed, BankError>, RunError> {
    let result = match row.order {
        Order::Open(command) => executor.execute(command).command_id(id).await,
        Order::Deposit(command) => executor.execute(command).command_id(id).await,
        Order::Transfer(command) => executor.execute(command).command_id(id).await,
        Order::TransferWithFee(command) => executor.execute(command).command_id(id).await,
    };
    match result {
        Ok(executed) => Ok(Ok(executed)),
        Err(ExecuteError::Rejected(refusal)) => Ok(Err(refusal)),
        Err(source) => Err(RunError::Order {
            line: row.line,
            source,
        }),
    }
}

/// Nobody waits for a transfer in person, so each may take its time, and as many attempts as it needs.
fn executor(store: &Arc<dyn EventStore>) -> Executor {
    let patient = RetryPolicy::default()
        .with_max_attempts(u32::MAX)
        .with_deadline(Duration::from_mins(1));
    Executor::builder(Arc::clone(store)).retry(patient).build()
}

fn command_id(file: &str, line: u64, repetition: u32) -> CommandId {
    CommandId::from_key(&format!("{file}, line {line}, repetition {repetition}"))
}

/// Why a run ended early.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// An order failed, for another reason than that the bank refused it.
    #[error("the order on line {line} failed")]
    Order {
        /// Where it stands.
        line: u64,
        /// What happened.
        source: ExecuteError<BankError>,
    },
    /// A transfer panicked.
    #[error("a transfer did not come to its end")]
    Task(#[from] JoinError),
    /// The books cannot be kept.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
}
