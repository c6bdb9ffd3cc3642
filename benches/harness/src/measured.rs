use std::time::Duration;

use anyhow::Result;
use hdrhistogram::Histogram;
use serde::{Deserialize, Serialize};

/// What one process has measured.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Measured {
    /// How many commands were committed.
    pub committed: u64,
    /// How many a rule of the bank refused.
    pub refused: u64,
    /// How many failed, and were given up.
    pub failed: u64,
    /// How often the committed ones were tried.
    pub attempts: u64,
    /// How long it took, in seconds.
    pub seconds: f64,
    /// What this process spent on processors, in seconds.
    pub client_cpu: f64,
    /// What the database's server spent, in seconds.
    pub server_cpu: f64,
    /// What it has brought to the bank, from the start of the process to its end.
    pub brought: i64,
    /// How long the committed ones took.
    pub latencies: Latencies,
    /// What the first failure was.
    pub first_failure: Option<String>,
}

impl Measured {
    /// Both, where two processes have measured at the same time.
    #[must_use]
    pub fn beside(mut self, other: Self) -> Self {
        self.committed += other.committed;
        self.refused += other.refused;
        self.failed += other.failed;
        self.attempts += other.attempts;
        self.seconds = self.seconds.max(other.seconds);
        self.client_cpu += other.client_cpu;
        // They share the server, and each has counted all of it.
        self.server_cpu = self.server_cpu.max(other.server_cpu);
        self.brought += other.brought;
        self.latencies.0.extend(other.latencies.0);
        self.first_failure = self.first_failure.or(other.first_failure);
        self
    }
}

/// A histogram as pairs of microseconds and how often, so that those of several processes can be merged.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Latencies(pub Vec<(u64, u64)>);

impl Latencies {
    pub(crate) fn of(histogram: &Histogram<u64>) -> Self {
        let recorded = histogram.iter_recorded();
        Self(
            recorded
                .map(|step| (step.value_iterated_to(), step.count_at_value()))
                .collect(),
        )
    }

    /// The value that this part of the commands did not exceed, such as 0.99; `None` without any.
    ///
    /// # Errors
    /// If a value is out of all bounds.
    pub fn quantile(&self, part: f64) -> Result<Option<Duration>> {
        if self.0.is_empty() {
            return Ok(None);
        }
        let mut all = histogram()?;
        for (value, count) in &self.0 {
            all.record_n(*value, *count)?;
        }
        Ok(Some(Duration::from_micros(all.value_at_quantile(part))))
    }
}

/// For up to two minutes, in microseconds, to three digits.
pub(crate) fn histogram() -> Result<Histogram<u64>> {
    Ok(Histogram::new_with_bounds(1, 120_000_000, 3)?)
}
