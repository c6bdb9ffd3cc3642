use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use anyhow::{Context as _, Result};
use fastrand::Rng;
use hdrhistogram::Histogram;
use tokio::io::{AsyncBufReadExt as _, BufReader, stdin};
use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::measured::{Latencies, Measured, histogram};
use crate::protocol::Said;
use crate::subject::{Done, Subject};
use crate::usage::CpuTime;
use crate::work::Work;

/// For how long clients warm up.
const WARM_UP: Duration = Duration::from_secs(1);

/// A client gives up after so many failures: what fails always is not worth waiting for.
const MOST_FAILURES: u64 = 100;

/// Warms up, waits for a line, and puts the subject under load.
pub(crate) async fn drive<S: Subject>(
    subject: Arc<S>,
    work: Work,
    clients: usize,
    time: Duration,
    server: Option<u32>,
) -> Result<Said> {
    let prepared = work.prepare(&*subject).await?;
    let warm_up = Load {
        work: work.warm_up(),
        clients,
        time: WARM_UP,
        commands: None,
    };
    let warmed_up = warm_up.run(&subject).await?;
    Said::Ready.say()?;
    BufReader::new(stdin()).read_line(&mut String::new()).await?;

    let server_cpu = || server.map_or(Ok(CpuTime::default()), CpuTime::of_family);
    let (client_before, server_before) = (CpuTime::of_self()?, server_cpu()?);
    let begun = Instant::now();
    let load = Load {
        work,
        clients,
        time,
        commands: work.commands(),
    };
    let tally = load.run(&subject).await?;
    let took = begun.elapsed();
    let (client_after, server_after) = (CpuTime::of_self()?, server_cpu()?);
    if tally.cannot {
        return Ok(Said::Cannot);
    }
    Ok(Said::Measured(Measured {
        committed: tally.committed,
        refused: tally.refused,
        failed: tally.failed + warmed_up.failed,
        attempts: tally.attempts,
        seconds: took.as_secs_f64(),
        client_cpu: (client_after - client_before).as_secs_f64(),
        server_cpu: (server_after - server_before).as_secs_f64(),
        brought: prepared + warmed_up.brought + tally.brought,
        latencies: Latencies::of(&tally.latencies),
        first_failure: warmed_up.first_failure.or(tally.first_failure),
    }))
}

/// A closed loop: each client issues one command after another.
#[derive(Clone, Copy)]
pub(crate) struct Load {
    pub(crate) work: Work,
    pub(crate) clients: usize,
    /// When the clients stop.
    pub(crate) time: Duration,
    /// When they stop instead, all together.
    pub(crate) commands: Option<u64>,
}

impl Load {
    pub(crate) async fn run<S: Subject>(self, subject: &Arc<S>) -> Result<Tally> {
        let left = Arc::new(AtomicU64::new(self.commands.unwrap_or(u64::MAX)));
        let end = self.commands.is_none().then(|| Instant::now() + self.time);
        let mut clients = JoinSet::new();
        for _ in 0..self.clients {
            clients.spawn(client(Arc::clone(subject), self.work, end, Arc::clone(&left)));
        }
        let mut sum = Tally::new()?;
        while let Some(tally) = clients.join_next().await {
            sum.add(tally.context("a client panicked")??)?;
        }
        Ok(sum)
    }
}

async fn client<S: Subject>(
    subject: Arc<S>,
    work: Work,
    end: Option<Instant>,
    left: Arc<AtomicU64>,
) -> Result<Tally> {
    let mut tally = Tally::new()?;
    let mut random = Rng::new();
    let is_over = |now| end.is_some_and(|end| now >= end) || are_spent(&left);
    let mut now = Instant::now();
    while !is_over(now) && tally.failed < MOST_FAILURES {
        let done = work.command(Arc::clone(&subject), &mut random).await;
        let begun = std::mem::replace(&mut now, Instant::now());
        match done {
            Ok(None) => {
                tally.cannot = true;
                break;
            }
            Ok(Some((Done::Committed { attempts }, brought))) => {
                tally.committed += 1;
                tally.attempts += u64::from(attempts);
                tally.brought += brought;
                tally
                    .latencies
                    .record(u64::try_from((now - begun).as_micros())?.max(1))?;
            }
            Ok(Some((Done::Refused, _))) => tally.refused += 1,
            Err(error) => {
                tally.failed += 1;
                tally.first_failure.get_or_insert_with(|| format!("{error:#}"));
            }
        }
    }
    Ok(tally)
}

/// Takes one command from those that are left.
fn are_spent(left: &AtomicU64) -> bool {
    left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1))
        .is_err()
}

/// What came of the commands.
pub(crate) struct Tally {
    committed: u64,
    refused: u64,
    failed: u64,
    attempts: u64,
    brought: i64,
    cannot: bool,
    latencies: Histogram<u64>,
    first_failure: Option<String>,
}

impl Tally {
    fn new() -> Result<Self> {
        Ok(Self {
            committed: 0,
            refused: 0,
            failed: 0,
            attempts: 0,
            brought: 0,
            cannot: false,
            latencies: histogram()?,
            first_failure: None,
        })
    }

    fn add(&mut self, other: Self) -> Result<()> {
        self.committed += other.committed;
        self.refused += other.refused;
        self.failed += other.failed;
        self.attempts += other.attempts;
        self.brought += other.brought;
        self.cannot |= other.cannot;
        self.latencies.add(other.latencies)?;
        self.first_failure = self.first_failure.take().or(other.first_failure);
        Ok(())
    }
}
