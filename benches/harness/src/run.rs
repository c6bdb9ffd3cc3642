use std::io::{Write as _, stderr};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use anyhow::{Context as _, Result};
use clap::Parser as _;
use tokio::runtime::Builder;
use tokio::task::JoinSet;

use crate::bank::{ACCOUNTS, EVENTS_PER_ACCOUNT};
use crate::drive::drive;
use crate::follow::{catch_up, follow};
use crate::protocol::{Audit, Said, Task, Told};
use crate::subject::{Place, Subject};

/// How many tasks open accounts.
const SEEDERS: usize = 16;

/// The whole program of a subject: does what its arguments say, and says what came of it.
pub fn run<S: Subject>() -> ExitCode {
    let told = Told::parse();
    match obeyed::<S>(told) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Nobody may listen any more.
            let _ = writeln!(stderr(), "{error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Does not wait for the end of the runtime: the tasks of some subjects hold on to its threads.
fn obeyed<S: Subject>(told: Told) -> Result<()> {
    let runtime = Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .context("no runtime")?;
    let said = runtime.block_on(obey::<S>(told));
    runtime.shutdown_background();
    said?.say()
}

async fn obey<S: Subject>(told: Told) -> Result<Said> {
    let place = Place {
        at: told.at,
        variant: told.variant,
    };
    let subject = Arc::new(S::connect(&place).await?);
    match told.task {
        Task::Seed => seed(subject).await,
        Task::Drive {
            work,
            clients,
            seconds,
            server,
        } => drive(subject, work, clients, Duration::from_secs_f64(seconds), server).await,
        Task::Audit => Ok(Said::Audited(subject.audit().await?)),
        Task::CatchUp => catch_up(subject).await,
        Task::Follow { clients, seconds } => follow(subject, clients, Duration::from_secs_f64(seconds)).await,
    }
}

async fn seed<S: Subject>(subject: Arc<S>) -> Result<Said> {
    subject.create().await?;
    let next = Arc::new(AtomicU64::new(0));
    let mut seeders = JoinSet::new();
    for _ in 0..SEEDERS {
        let (subject, next) = (Arc::clone(&subject), Arc::clone(&next));
        seeders.spawn(async move {
            loop {
                let account = next.fetch_add(1, Ordering::Relaxed);
                if account >= ACCOUNTS {
                    return Ok::<_, anyhow::Error>(());
                }
                subject.open(account, EVENTS_PER_ACCOUNT).await?;
            }
        });
    }
    while let Some(seeded) = seeders.join_next().await {
        seeded.context("a seeder panicked")??;
    }
    let audit: Audit = subject.audit().await?;
    Ok(Said::Audited(audit))
}
