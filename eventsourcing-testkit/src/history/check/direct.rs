use eventsourcing_core::store::Appended;
use eventsourcing_core::{EventId, NewEvent, RecordedEvent};

use super::Subject;
use super::claims::{Claims, commands, events_of};
use crate::history::report::Findings;
use crate::history::{Command, Comparison, Outcome, Violation};

/// Acknowledged appends are there, whole and as they were sent and acknowledged; failed ones are not; of the others, all or
/// nothing is.
pub(super) fn check(subject: &Subject<'_>, claims: &Claims, findings: &mut Findings) {
    for (at, command) in commands(subject.history) {
        let append = AppendCheck {
            subject,
            at,
            command,
            findings,
        };
        append.run(claims);
    }
}

struct AppendCheck<'a> {
    subject: &'a Subject<'a>,
    at: usize,
    command: &'a Command,
    findings: &'a mut Findings,
}

impl AppendCheck<'_> {
    fn run(mut self, claims: &Claims) {
        match &self.command.outcome {
            Outcome::Acknowledged(appended) if appended.repeated => {
                self.check_invisible(claims);
                self.check_repeated(appended);
            }
            Outcome::Acknowledged(appended) => {
                self.check_whole();
                self.check_sent();
                self.check_answered(appended);
            }
            Outcome::Unknown => {
                if claims.written(self.at).is_some() {
                    self.check_whole();
                    self.check_sent();
                }
            }
            Outcome::Rejected | Outcome::Conflicted(_) | Outcome::Failed => self.check_invisible(claims),
        }
    }

    /// All events are in the log, next to each other and in their order.
    fn check_whole(&mut self) {
        let log = &self.subject.log;
        let events = events_of(self.command).count();
        let found = events_of(self.command)
            .filter(|event| log.find(*event).is_some())
            .count();
        if let Some(missing) = events_of(self.command).find(|event| log.find(*event).is_none()) {
            self.report_missing(events, found, missing);
            return;
        }
        let mut expected = None;
        for event in events_of(self.command) {
            let entry = log.find(event);
            if expected.is_some() && entry != expected {
                if let Some(entry) = entry {
                    self.findings.add(Violation::Interleaved {
                        operation: self.subject.name(self.at),
                        event,
                        position: log.entries[entry].position,
                    });
                }
                return;
            }
            expected = entry.map(|entry| entry + 1);
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
    fn check_sent(&mut self) {
        for sent in self.command.sent.iter().flat_map(|append| &append.events) {
            if let Some(entry) = self.subject.log.find(sent.id) {
                let stored = self.subject.log.entries[entry];
                self.compare(sent.id, sent_otherwise(sent, stored), Comparison::SentAndStored);
            }
        }
    }

    /// What was answered is what was sent, and what is in the log.
    fn check_answered(&mut self, appended: &Appended) {
        if let Some(append) = &self.command.sent {
            let mut answered = appended.events.iter().map(|event| event.id);
            let sent = append.events.iter().map(|event| event.id);
            let missing = sent.into_iter().find(|sent| answered.next() != Some(*sent));
            if let Some(event) = missing.or_else(|| answered.next()) {
                self.compare(event, Some("place"), Comparison::SentAndAnswered);
            }
        }
        self.check_repeated(appended);
    }

    /// What was answered is what is in the log.
    fn check_repeated(&mut self, appended: &Appended) {
        for answered in &appended.events {
            match self.subject.log.find(answered.id) {
                Some(entry) => {
                    let stored = self.subject.log.entries[entry];
                    let difference = answered_otherwise(answered, stored);
                    self.compare(answered.id, difference, Comparison::AnsweredAndStored);
                }
                None if appended.repeated => {
                    self.report_missing(appended.events.len(), 0, answered.id);
                    return;
                }
                // Reported when the events that were sent were looked for.
                None => {}
            }
        }
        if let Some(last) = appended.events.last()
            && last.position != appended.position
        {
            self.compare(last.id, Some("position"), Comparison::AnsweredAndStored);
        }
    }

    fn check_invisible(&mut self, claims: &Claims) {
        if let Some(written) = claims.written(self.at) {
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
