use std::time::Duration;

use anyhow::Result;
use harness::{Followed, Measured};
use serde::Serialize;

use crate::measure::Case;

/// What came of one case in one round: a line of the output.
#[derive(Debug, Serialize)]
pub(crate) struct Record {
    pub(crate) contestant: &'static str,
    pub(crate) measure: &'static str,
    pub(crate) work: crate::workload::Workload,
    pub(crate) clients: usize,
    pub(crate) processes: usize,
    pub(crate) round: u32,
    pub(crate) outcome: Outcome,
}

/// What came of it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Outcome {
    /// It went through.
    Measured(Figures),
    /// Its subscriber has met so much of what is stored.
    Followed(Followed),
    /// The subject has no such feature.
    Cannot,
    /// Something broke.
    Broke(String),
}

/// The figures of one measurement. Times are in microseconds.
#[derive(Debug, Serialize)]
pub(crate) struct Figures {
    pub(crate) per_second: f64,
    /// None if the commands were not timed one by one.
    pub(crate) p50: Option<u64>,
    /// Likewise.
    pub(crate) p99: Option<u64>,
    /// For each command that was committed.
    pub(crate) attempts: f64,
    /// For each command that was committed.
    pub(crate) client_cpu: Option<f64>,
    /// For each command that was committed.
    pub(crate) server_cpu: Option<f64>,
    pub(crate) refused: u64,
    pub(crate) failed: u64,
    pub(crate) first_failure: Option<String>,
    /// Whether the bank holds what it should.
    pub(crate) oracle: Oracle,
}

/// What the audit of the tables has shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Oracle {
    /// All that was acknowledged is there, once, and nobody owes.
    Holds,
    /// Nothing to audit.
    Unchecked,
    /// What is wrong.
    Broken(String),
}

impl Record {
    pub(crate) fn of(case: &Case, round: u32, outcome: Outcome) -> Self {
        Self {
            contestant: case.contestant.name,
            measure: case.contestant.measure(),
            work: case.workload,
            clients: case.clients,
            processes: case.contestant.processes,
            round,
            outcome,
        }
    }

    /// What somebody should look at.
    pub(crate) fn complaint(&self) -> Option<String> {
        let what = match &self.outcome {
            Outcome::Followed(followed) if followed.missing > 0 => {
                format!(
                    "its subscriber missed {} of {} events",
                    followed.missing, followed.stored
                )
            }
            Outcome::Broke(why)
            | Outcome::Measured(Figures {
                oracle: Oracle::Broken(why),
                ..
            }) => why.clone(),
            Outcome::Measured(Figures {
                failed,
                first_failure: Some(why),
                ..
            }) => {
                format!("{failed} commands failed, the first because {why}")
            }
            Outcome::Measured(_) | Outcome::Followed(_) | Outcome::Cannot => return None,
        };
        let Self {
            contestant,
            clients,
            round,
            ..
        } = self;
        Some(format!(
            "{contestant} at {}, {clients} clients, round {round}: {what}",
            self.work.name()
        ))
    }
}

impl Figures {
    pub(crate) fn new(measured: Measured, server_is_seen: bool, oracle: Oracle) -> Result<Self> {
        let micros = |time: Duration| u64::try_from(time.as_micros()).unwrap_or(u64::MAX);
        let each = |sum: f64| sum / as_float(measured.committed.max(1));
        Ok(Self {
            per_second: as_float(measured.committed) / measured.seconds,
            p50: measured.latencies.quantile(0.5)?.map(micros),
            p99: measured.latencies.quantile(0.99)?.map(micros),
            attempts: each(as_float(measured.attempts)),
            client_cpu: (measured.client_cpu > 0.0).then(|| each(measured.client_cpu * 1e6)),
            server_cpu: server_is_seen.then(|| each(measured.server_cpu * 1e6)),
            refused: measured.refused,
            failed: measured.failed,
            first_failure: measured.first_failure,
            oracle,
        })
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "nobody measures more than 2^52 commands"
)]
fn as_float(count: u64) -> f64 {
    count as f64
}
