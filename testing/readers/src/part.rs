//! What is measured in a process of its own.

use std::env;
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use clap::ValueEnum as _;
use eventsourcing::StoreAddress;
use eventsourcing::execute::{ExecuteError, Executor};
use eventsourcing::service::Runtime;
use eventsourcing::store::EventStore;
use tokio::process::Command;
use tokio::time::Instant;

use crate::arguments::Part;
use crate::bank::{AccountId, BalanceRow, Balances, Bank, Count, Counted};
use crate::campaign::LONG;
use crate::error::{BoxError, Failed};
use crate::memory::Growth;
use crate::outcome::PartOutcome;

/// Lets another process do it, and hears what came of it.
pub(crate) async fn elsewhere(part: Part, address: &str) -> Result<PartOutcome, BoxError> {
    let name = part.to_possible_value().ok_or(Failed::Part)?;
    let output = Command::new(env::current_exe()?)
        .args(["--part", name.get_name(), "--address", address])
        .stderr(Stdio::inherit())
        .kill_on_drop(true)
        .output()
        .await?;
    if !output.status.success() {
        return Err(Failed::Part.into());
    }
    Ok(serde_json::from_slice(&output.stdout)?)
}

/// Does it here.
pub(crate) async fn here(part: Part, address: &str) -> Result<PartOutcome, BoxError> {
    let store = address.parse::<StoreAddress>()?.open().await?;
    match part {
        Part::Replay => replay(store).await,
        Part::Load => load(store).await,
    }
}

async fn replay(store: Arc<dyn EventStore>) -> Result<PartOutcome, BoxError> {
    let (growth, begin) = (Growth::begin()?, Instant::now());
    let bank = Bank::builder(store).start().await?;
    let end = bank.bus().end(&eventsourcing::TenantId::DEFAULT).await?;
    bank.wait_for::<Balances>(end.position).await?;
    let (seconds, growth_kib) = (begin.elapsed().as_secs_f64(), growth.most()?);
    Ok(PartOutcome {
        events: deposits(&bank).await?,
        seconds,
        growth_kib,
    })
}

/// How many deposits the rows know of.
pub(crate) async fn deposits(bank: &Runtime) -> Result<u64, BoxError> {
    let rows = bank.rows::<BalanceRow>().all().await?;
    Ok(rows.iter().map(|row| u64::from(row.deposits)).sum())
}

async fn load(store: Arc<dyn EventStore>) -> Result<PartOutcome, BoxError> {
    const LONG_ENOUGH: Duration = Duration::from_mins(10);
    let executor = Executor::new(store);
    let (growth, begin) = (Growth::begin()?, Instant::now());
    let count = Count {
        account: AccountId(LONG),
    };
    let events = match executor.execute(count).deadline(LONG_ENOUGH).await {
        Err(ExecuteError::Rejected(Counted(deposits))) => u64::from(deposits),
        Err(error) => return Err(error.into()),
        Ok(_) => return Err(Failed::Part.into()),
    };
    Ok(PartOutcome {
        events,
        seconds: begin.elapsed().as_secs_f64(),
        growth_kib: growth.most()?,
    })
}
