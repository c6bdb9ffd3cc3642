use eventsourcing_core::store::Appended;
use eventsourcing_core::{EventId, NewEvent, RecordedEvent};

use super::Subject;
use super::claims::{Claims, Written};
use crate::history::report::Findings;
use crate::history::{Action, Command, Comparison, Outcome, Violation};

/// Acknowledged appends are there, whole and as they were sent and acknowledged; failed ones are not; of the others,
/// all or nothing is.
pub(super) fn check(subject: &Subject<'_>, claims: &Claims, findings: &mut Findings) {
    for (at, operation) in subject.history.operations.iter().enumerate() {
        let mut check = OperationCheck {
            subject,
            claims,
            at,
            findings,
        };
        if let Action::Command(command) = &operation.action {
            check.command(command);
        }
        if let Some(outcome) = operation.told_outcome() {
            check.told_outcome(outcome);
        }
    }
}

struct OperationCheck<'a> {
    subject: &'a Subject<'a>,
    claims: &'a Claims,
    at: usize,
    findings: &'a mut Findings,
}

impl OperationCheck<'_> {
    fn command(&mut self, command: &Command) {
        match &command.outcome {
            Outcome::Acknowledged(appended) if !appended.repeated => {
                self.whole();
                self.sent(command);
                self.answered(command, appended);
            }
            Outcome::Unknown => {
                if self.claims.written(self.at).is_some() {
                    self.whole();
                    self.sent(command);
                }
            }
            _ => self.invisible(),
        }
    }

    /// All events are in the log, next to each other and in their order.
    fn whole(&mut self) {
        let written = self.subject.written.of(self.at);
        let mut entries = Vec::with_capacity(written.len());
        entries.extend(
            written
                .iter()
                .filter_map(|event| self.claims.entry(self.subject, event, self.at)),
        );
        if entries.len() < written.len() {
            let is_missing = |event: &&Written| self.claims.entry(self.subject, event, self.at).is_none();
            if let Some(missing) = written.iter().find(is_missing) {
                self.report_missing(written.len(), entries.len(), missing.id);
            }
            return;
        }
        let is_next = |pair: &[usize]| pair[1] == pair[0] + 1;
        if let Some(misplaced) = entries.windows(2).position(|pair| !is_next(pair)) {
            let misplaced = self.subject.log.entries[entries[misplaced + 1]];
            self.findings.add(Violation::Interleaved {
                operation: self.subject.name(self.at),
                event: misplaced.id,
                position: misplaced.position,
            });
        }
    }

    fn report_missing(&mut self, events: usize, found: usize, missing: EventId) {
        let operation = self.subject.name(self.at);
        self.findings.add(if found == 0 {
            Violation::Lost {
                operation,
                events,
                event: missing,
            }
        } else {
            Violation::Torn {
                operation,
                events,
                found,
                missing,
            }
        });
    }

    /// What is in the log is what was sent.
    fn sent(&mut self, command: &Command) {
        let sent = command.sent.iter().flat_map(|append| &append.events);
        for (sent, written) in sent.zip(self.subject.written.of(self.at)) {
            if let Some(entry) = self.claims.entry(self.subject, written, self.at) {
                let stored = self.subject.log.entries[entry];
                self.compare(sent.id, sent_otherwise(sent, stored), Comparison::SentAndStored);
            }
        }
    }

    /// What was answered is what was sent, and what is in the log.
    fn answered(&mut self, command: &Command, appended: &Appended) {
        if let Some(append) = &command.sent {
            let mut answered = appended.events.iter().map(|event| event.id);
            let mut sent = append.events.iter().map(|event| event.id);
            let missing = sent.find(|sent| answered.next() != Some(*sent));
            if let Some(event) = missing.or_else(|| answered.next()) {
                self.compare(event, Some("place"), Comparison::SentAndAnswered);
            }
        }
        for (answered, written) in appended.events.iter().zip(self.subject.written.of(self.at)) {
            if answered.id == written.id
                && let Some(entry) = self.claims.entry(self.subject, written, self.at)
            {
                self.stored(answered, entry);
            }
        }
        self.position(appended);
    }

    /// What somebody was told of an earlier command is in the log.
    fn told_outcome(&mut self, appended: &Appended) {
        for answered in &appended.events {
            match self.subject.log.find(answered.id) {
                Some(entry) => self.stored(answered, entry),
                None => return self.report_missing(appended.events.len(), 0, answered.id),
            }
        }
        self.position(appended);
    }

    fn stored(&mut self, answered: &RecordedEvent, entry: usize) {
        let difference = answered_otherwise(answered, self.subject.log.entries[entry]);
        self.compare(answered.id, difference, Comparison::AnsweredAndStored);
    }

    fn position(&mut self, appended: &Appended) {
        if let Some(last) = appended.events.last()
            && last.position != appended.position
        {
            self.compare(last.id, Some("position"), Comparison::AnsweredAndStored);
        }
    }

    fn invisible(&mut self) {
        if let Some(written) = self.claims.written(self.at) {
            let event = self.subject.log.entries[written.start];
            self.findings.add(Violation::FailedVisible {
                operation: self.subject.name(self.at),
                event: event.id,
                position: event.position,
            });
        }
    }

    fn compare(&mut self, event: EventId, difference: Option<&'static str>, between: Comparison) {
        if let Some(what) = difference {
            self.findings.add(Violation::Altered {
                operation: self.subject.name(self.at),
                event,
                what,
                between,
            });
        }
    }
}

fn sent_otherwise(sent: &NewEvent, stored: &RecordedEvent) -> Option<&'static str> {
    first_that_differs([
        ("type", sent.event_type == stored.event_type),
        ("schema version", sent.schema_version == stored.schema_version),
        ("content type", sent.content_type == stored.content_type),
        ("payload", sent.payload == stored.payload),
        ("metadata", sent.metadata == stored.metadata),
        ("home", sent.home == stored.home.stream),
        (
            "links",
            is_permutation(&sent.links, stored.links.iter().map(|place| &place.stream)),
        ),
    ])
}

fn answered_otherwise(answered: &RecordedEvent, stored: &RecordedEvent) -> Option<&'static str> {
    if std::ptr::eq(answered, stored) {
        return None;
    }
    first_that_differs([
        ("tenant", answered.tenant == stored.tenant),
        ("type", answered.event_type == stored.event_type),
        ("schema version", answered.schema_version == stored.schema_version),
        ("content type", answered.content_type == stored.content_type),
        ("payload", answered.payload == stored.payload),
        ("metadata", answered.metadata == stored.metadata),
        ("home or its version", answered.home == stored.home),
        (
            "links or their versions",
            is_permutation(&answered.links, stored.links.iter()),
        ),
        ("position", answered.position == stored.position),
        ("time", answered.recorded_at == stored.recorded_at),
    ])
}

fn first_that_differs<const N: usize>(parts: [(&'static str, bool); N]) -> Option<&'static str> {
    parts.iter().find(|(_, is_same)| !is_same).map(|(what, _)| *what)
}

/// Whether both hold the same; an event is in no stream twice.
fn is_permutation<'a, T: PartialEq + 'a>(links: &[T], others: impl ExactSizeIterator<Item = &'a T>) -> bool {
    links.len() == others.len() && others.into_iter().all(|other| links.contains(other))
}
