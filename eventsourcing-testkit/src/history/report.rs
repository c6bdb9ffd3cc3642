use std::collections::HashMap;
use std::fmt;
use std::mem::{Discriminant, discriminant};

use super::{HistoryDigest, Violation};

/// What [`check`](super::check()) has found.
#[derive(Clone, Debug)]
pub struct Report {
    /// How much there was to check. A history without conflicts or unknown outcomes proves little.
    pub counts: Counts,
    /// What is wrong; of each kind, the first hundred.
    pub violations: Vec<Violation>,
    /// How many violations were left out.
    pub left_out: usize,
    /// A hash of the history and the log.
    pub digest: HistoryDigest,
}

/// How much there was to check.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Counts {
    /// Commands that were acknowledged, repetitions included.
    pub acknowledged: usize,
    /// Commands that were acknowledged with the outcome of an earlier one.
    pub repeated: usize,
    /// Commands that were rejected.
    pub rejected: usize,
    /// Commands that met a conflict.
    pub conflicted: usize,
    /// Commands that failed otherwise.
    pub failed: usize,
    /// Commands of unknown outcome, settled later or not.
    pub unknown: usize,
    /// Answers to the question what became of a command of unknown outcome.
    pub settled: usize,
    /// Reads of streams.
    pub reads: usize,
    /// Reads of pages of the feed.
    pub pages: usize,
    /// Events that subscribers were handed.
    pub delivered: usize,
    /// Streams that reads and commands were based on: each was compared with the log.
    pub seen: usize,
    /// Events in the log.
    pub events: usize,
}

impl Counts {
    /// All commands.
    pub fn commands(&self) -> usize {
        self.acknowledged + self.rejected + self.conflicted + self.failed + self.unknown
    }
}

impl Report {
    /// Whether nothing is wrong.
    pub fn is_clean(&self) -> bool {
        self.violations.is_empty()
    }

    /// Whether there is such a violation.
    pub fn has(&self, is_such: impl FnMut(&Violation) -> bool) -> bool {
        self.violations.iter().any(is_such)
    }

    /// For tests: stops if anything is wrong.
    ///
    /// # Panics
    /// With the whole report, if there is a violation.
    #[track_caller]
    pub fn assert_clean(&self) {
        assert!(self.is_clean(), "{self}");
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let found = self.violations.len() + self.left_out;
        writeln!(
            f,
            "{found} violations in history {}: {}",
            self.digest, self.counts
        )?;
        for violation in &self.violations {
            writeln!(f, "- {violation}")?;
        }
        match self.left_out {
            0 => Ok(()),
            left_out => writeln!(f, "- and {left_out} more"),
        }
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} commands ({} acknowledged, {} of them repeated; {} rejected, {} in conflict, {} failed, \
             {} unknown), {} settled, {} reads, {} pages, {} streams seen, {} events, {} delivered",
            self.commands(),
            self.acknowledged,
            self.repeated,
            self.rejected,
            self.conflicted,
            self.failed,
            self.unknown,
            self.settled,
            self.reads,
            self.pages,
            self.seen,
            self.events,
            self.delivered,
        )
    }
}

/// Collects violations: a store that is broken everywhere must not fill the memory with them.
#[derive(Debug, Default)]
pub(super) struct Findings {
    pub(super) violations: Vec<Violation>,
    pub(super) left_out: usize,
    of_kind: HashMap<Discriminant<Violation>, usize>,
}

impl Findings {
    const MAX_OF_KIND: usize = 100;

    pub(super) fn add(&mut self, violation: Violation) {
        let of_kind = self.of_kind.entry(discriminant(&violation)).or_default();
        *of_kind += 1;
        if *of_kind <= Self::MAX_OF_KIND {
            self.violations.push(violation);
        } else {
            self.left_out += 1;
        }
    }
}
