//! What came of the transfers, counted.

use std::collections::BTreeMap;
use std::time::Duration;

use eventsourcing::Position;
use eventsourcing::execute::Executed;

use crate::domain::BankError;

/// What came of the transfers.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    /// How many were made.
    pub done: u64,
    /// How many of those had been made by an earlier run.
    pub repeated: u64,
    /// How many were refused, by reason.
    pub refused: BTreeMap<String, u64>,
    /// How often a transfer met a conflict, and was decided again.
    pub conflicts: u64,
    /// How often one transfer was decided at the most.
    pub most_attempts: u32,
    /// The position of the last one in the log.
    pub position: Position,
    /// How long they took, all together.
    pub elapsed: Duration,
}

impl Tally {
    /// Counts one transfer.
    pub fn count(&mut self, outcome: Result<Executed, BankError>) {
        match outcome {
            Ok(executed) => {
                self.done += 1;
                self.repeated += u64::from(executed.is_repeated());
                self.conflicts += u64::from(executed.attempts() - 1);
                self.most_attempts = self.most_attempts.max(executed.attempts());
                self.position = self.position.max(executed.position());
            }
            Err(refusal) => *self.refused.entry(refusal.to_string()).or_default() += 1,
        }
    }

    /// How many transfers there were.
    pub fn transfers(&self) -> u64 {
        self.done + self.refused.values().sum::<u64>()
    }

    /// How many transfers there were in a second.
    pub fn per_second(&self) -> u64 {
        let rate = u128::from(self.transfers()) * 1_000_000 / self.elapsed.as_micros().max(1);
        u64::try_from(rate).unwrap_or(u64::MAX)
    }
}
