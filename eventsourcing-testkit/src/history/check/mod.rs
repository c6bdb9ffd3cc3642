//! The judgement of a history, one rule to a file.

mod claims;
mod command_ids;
mod conflicts;
mod cycle;
mod delivery;
mod direct;
mod graph;
mod grouped;
mod index;
mod moments;
mod seen;
mod slices;
mod stream;
mod tarjan;
#[cfg(test)]
mod tests;
mod timeline;

use std::sync::Arc;

use eventsourcing_core::RecordedEvent;

pub use cycle::{Cycle, Dependency, Party, Step};

use self::claims::{Claims, Written};
use self::grouped::Grouped;
use self::index::LogIndex;
use self::seen::Seen;
use self::timeline::Timeline;
use super::report::Findings;
use super::{Action, Counts, History, HistoryDigest, OperationRef, Outcome, Report};

/// Judges a history by the log as it was in the end, which [`read_log`](super::read_log) reads.
///
/// Because the store itself names the order of events, nothing is searched for, and the time is about linear in the
/// length of history and log. See the [module](super) for what is checked.
pub fn check(history: &History, log: &[Arc<RecordedEvent>]) -> Report {
    let mut findings = Findings::default();
    let index = LogIndex::new(log, &mut findings);
    let mut written = Grouped::new();
    let mut seen = Grouped::new();
    for operation in &history.operations {
        written.push(|written| claims::add_written(written, operation, &index));
        seen.push(|seen| seen::add_seen(seen, operation, &index));
    }
    let subject = Subject {
        history,
        timeline: Timeline::new(history),
        log: index,
        written,
        seen,
    };
    let claims = Claims::new(&subject, &mut findings);
    direct::check(&subject, &claims, &mut findings);
    command_ids::check(&subject, &claims, &mut findings);
    slices::check(&subject, &mut findings);
    moments::check(&subject, &claims, &mut findings);
    conflicts::check(&subject, &claims, &mut findings);
    graph::check(&subject, &claims, &mut findings);
    delivery::check(&subject, &mut findings);
    Report {
        counts: count(&subject),
        violations: findings.violations,
        left_out: findings.left_out,
        digest: HistoryDigest::of(history, log),
    }
}

/// What is judged.
struct Subject<'a> {
    history: &'a History,
    timeline: Timeline,
    log: LogIndex<'a>,
    /// The events that each operation wrote, if it took effect.
    written: Grouped<Written>,
    /// What each operation has seen of streams.
    seen: Grouped<Seen<'a>>,
}

impl Subject<'_> {
    fn name(&self, operation: usize) -> OperationRef {
        OperationRef::new(operation, &self.history.operations[operation])
    }
}

fn count(subject: &Subject<'_>) -> Counts {
    let mut counts = Counts {
        events: subject.log.entries.len(),
        seen: subject.seen.len(),
        ..Counts::default()
    };
    for operation in &subject.history.operations {
        match &operation.action {
            Action::Command(command) => {
                counts.settled += usize::from(command.settled);
                match &command.outcome {
                    Outcome::Acknowledged(appended) => {
                        counts.acknowledged += 1;
                        counts.repeated += usize::from(appended.repeated);
                    }
                    Outcome::Rejected => counts.rejected += 1,
                    Outcome::Conflicted(_) => counts.conflicted += 1,
                    Outcome::Failed if !command.settled => counts.failed += 1,
                    Outcome::Failed | Outcome::Unknown => counts.unknown += 1,
                }
            }
            Action::Settled(_) => counts.settled += 1,
            Action::Read(_) => counts.reads += 1,
            Action::Feed(_) => counts.pages += 1,
        }
    }
    let runs = subject
        .history
        .subscribers
        .iter()
        .flat_map(|subscriber| &subscriber.runs);
    counts.delivered = runs.map(|run| run.delivered.len()).sum();
    counts
}
