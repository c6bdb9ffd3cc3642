use eventsourcing_core::Position;

use super::Subject;
use super::claims::Claims;
use super::index::Moment;
use super::seen::Window;
use super::stream::version_of;
use super::timeline::Phase;
use crate::history::report::Findings;
use crate::history::{Action, Command, Outcome, PageSeen, Violation};

/// Each operation has a moment at which it took effect: a writer just before its own events; whoever only read, some
/// moment at which everything it read was current. No operation takes effect before what was known when it began.
///
/// The order of the log is given, so it is enough to give each operation, in the order of the answers, the earliest
/// moment that it can have: if that is too late for it, so is any other.
pub(super) fn check(subject: &Subject<'_>, claims: &Claims, findings: &mut Findings) {
    let mut moments = Moments {
        subject,
        claims,
        findings,
        known: Known::default(),
        known_when_invoked: vec![Known::default(); subject.history.operations.len()],
    };
    for mark in &subject.timeline.marks {
        match mark.phase {
            Phase::Invoked => moments.invoked(mark.operation),
            Phase::Returned => moments.returned(mark.operation),
        }
    }
    for (at, operation) in subject.history.operations.iter().enumerate() {
        if operation.returned.is_none() {
            moments.moment_of(at);
        }
    }
}

/// Up to which moment the effects of others are known, and to whom.
#[derive(Clone, Copy, Default)]
struct Known {
    moment: Moment,
    to: Option<usize>,
}

struct Moments<'a> {
    subject: &'a Subject<'a>,
    claims: &'a Claims,
    findings: &'a mut Findings,
    known: Known,
    known_when_invoked: Vec<Known>,
}

impl<'a> Moments<'a> {
    fn invoked(&mut self, at: usize) {
        self.known_when_invoked[at] = self.known;
    }

    fn returned(&mut self, at: usize) {
        if let Some(moment) = self.moment_of(at)
            && moment > self.known.moment
        {
            self.known = Known { moment, to: Some(at) };
        }
    }

    /// Checks an operation, and returns the moment up to which it proves the log to have come.
    fn moment_of(&mut self, at: usize) -> Option<Moment> {
        let operation = &self.subject.history.operations[at];
        if let Some(outcome) = operation.told_outcome() {
            return Some(self.subject.log.moment_after(outcome.position));
        }
        match &operation.action {
            Action::Command(command) => self.command(at, command),
            Action::Read(_) | Action::Settled(_) => self.read(at),
            Action::Feed(page) => Some(self.page(at, page)),
        }
    }

    fn command(&mut self, at: usize, command: &Command) -> Option<Moment> {
        let log = &self.subject.log;
        match &command.outcome {
            Outcome::Acknowledged(appended) if appended.events.is_empty() => {
                let moment = log.moment_after(appended.position);
                self.effect(at, moment, appended.position);
                Some(moment)
            }
            Outcome::Acknowledged(_) => self.write(at),
            Outcome::Unknown => {
                self.write(at);
                None
            }
            Outcome::Rejected => self.read(at),
            Outcome::Conflicted(_) | Outcome::Failed => None,
        }
    }

    fn write(&mut self, at: usize) -> Option<Moment> {
        let written = self.claims.written(at)?;
        let position = self.subject.log.entries[written.start].position;
        self.effect(at, written.start, position);
        Some(written.end)
    }

    /// A command took effect at this moment: not before what was known, and while all that it has seen was current.
    fn effect(&mut self, at: usize, moment: Moment, position: Position) {
        let name = self.subject.name(at);
        let known = self.known_when_invoked[at];
        if let Some(known_to) = known.to
            && moment < known.moment
        {
            self.findings.add(Violation::OrderInverted {
                operation: name,
                at: position,
                missed_at: self.last_position(known.moment),
                known_to: self.subject.name(known_to),
            });
        }
        let Some(window) = self.window(at) else {
            return;
        };
        if let Some(newest) = window.newest
            && moment < window.from
        {
            self.findings.add(Violation::ReadAhead {
                operation: name,
                stream: newest.stream.clone(),
                seen: newest.version,
                head: self.subject.log.head_at(newest.stream, moment),
            });
        }
        if let Some((unseen, seen)) = window.unseen_before(moment) {
            self.findings.add(Violation::StaleDecision {
                operation: name,
                at: position,
                stream: seen.stream.clone(),
                seen: seen.version,
                moved: version_of(unseen.place),
                moved_at: self.subject.log.entries[unseen.entry].position,
            });
        }
    }

    /// Something was answered by what was read: there is a moment at which all of it was current, and that is not
    /// before what was known. Returns the earliest.
    fn read(&mut self, at: usize) -> Option<Moment> {
        let window = self.window(at)?;
        let from = self.claims.whole_from(window.from);
        if let (Some((_, older)), Some(newer)) = (window.unseen_before(from), window.newest) {
            self.findings.add(Violation::FracturedRead {
                operation: self.subject.name(at),
                newer: newer.stream.clone(),
                newer_seen: newer.version,
                older: older.stream.clone(),
                older_seen: older.version,
            });
            return None;
        }
        let known = self.known_when_invoked[at];
        let moment = self.claims.whole_from(from.max(known.moment));
        if let (Some((unseen, seen)), Some(known_to)) = (window.unseen_before(moment), known.to) {
            self.findings.add(Violation::StaleRead {
                operation: self.subject.name(at),
                stream: seen.stream.clone(),
                seen: seen.version,
                missed: version_of(unseen.place),
                missed_at: self.subject.log.entries[unseen.entry].position,
                known_to: self.subject.name(known_to),
            });
            return None;
        }
        Some(moment)
    }

    fn page(&mut self, at: usize, page: &PageSeen) -> Moment {
        let known = self.known_when_invoked[at];
        let missed_at = self.last_position(known.moment);
        if let Some(known_to) = known.to
            && page.head < missed_at
        {
            self.findings.add(Violation::StaleFeed {
                operation: self.subject.name(at),
                head: page.head,
                missed_at,
                known_to: self.subject.name(known_to),
            });
        }
        self.subject.log.moment_after(page.scanned_to)
    }

    fn window(&mut self, at: usize) -> Option<Window<'a>> {
        match Window::of(self.subject.seen.of(at)) {
            Ok(window) => Some(window),
            Err(never) => {
                self.findings.add(Violation::ReadAhead {
                    operation: self.subject.name(at),
                    stream: never.stream.clone(),
                    seen: never.seen,
                    head: never.head,
                });
                None
            }
        }
    }

    /// The position of the last event before a moment.
    fn last_position(&self, moment: Moment) -> Position {
        let last = moment
            .checked_sub(1)
            .map(|last| self.subject.log.entries[last].position);
        last.unwrap_or(Position::START)
    }
}
