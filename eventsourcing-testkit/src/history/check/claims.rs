use std::collections::HashMap;
use std::ops::Range;

use eventsourcing_core::store::Appended;
use eventsourcing_core::{CommandId, EventId};

use super::Subject;
use super::index::LogIndex;
use super::seen::Window;
use crate::history::report::Findings;
use crate::history::{Action, Command, Coverage, History, Operation, Outcome, Violation};

/// Which operation has written which events of the log.
pub(super) struct Claims {
    /// Of each entry of the log, the index of the operation.
    owners: Vec<Option<usize>>,
    /// Of each operation, where its events begin and end in the log.
    written: Vec<Option<Range<usize>>>,
}

impl Claims {
    pub(super) fn new(subject: &Subject<'_>, findings: &mut Findings) -> Self {
        let mut claims = Self {
            owners: vec![None; subject.log.entries.len()],
            written: vec![None; subject.history.operations.len()],
        };
        claims.claim_acknowledged(subject, findings);
        claims.claim_possible(subject);
        claims.claim_failed(subject);
        claims.claim_by_command_id(subject);
        claims.report_strangers(subject, findings);
        for (entry, owner) in claims.owners.iter().enumerate() {
            if let Some(owner) = *owner {
                let written = claims.written[owner].get_or_insert(entry..entry);
                written.end = entry + 1;
            }
        }
        claims
    }

    /// Who has written an entry of the log.
    pub(super) fn owner(&self, entry: usize) -> Option<usize> {
        self.owners[entry]
    }

    /// From where to where an operation has written.
    pub(super) fn written(&self, operation: usize) -> Option<Range<usize>> {
        self.written[operation].clone()
    }

    /// The entry of an event that an operation has written.
    pub(super) fn entry(&self, subject: &Subject<'_>, event: &Written, operation: usize) -> Option<usize> {
        let mut copies = subject.log.copies(event);
        copies.find(|entry| self.owners[*entry] == Some(operation))
    }

    /// The first moment from this one on that does not lie inside an append.
    pub(super) fn whole_from(&self, mut moment: usize) -> usize {
        let owner = |entry: usize| self.owners.get(entry).copied().flatten();
        while moment > 0 && owner(moment).is_some() && owner(moment) == owner(moment - 1) {
            moment += 1;
        }
        moment
    }

    /// What was acknowledged belongs to who it was acknowledged to. If there are copies, the one at the position that
    /// was acknowledged does.
    fn claim_acknowledged(&mut self, subject: &Subject<'_>, findings: &mut Findings) {
        for (at, command) in commands(subject.history) {
            let Some(appended) = acknowledged(command) else {
                continue;
            };
            for event in subject.written.of(at) {
                let Some(entry) = acknowledged_entry(&subject.log, appended, event) else {
                    continue;
                };
                match self.owners[entry] {
                    None => self.owners[entry] = Some(at),
                    Some(owner) => findings.add(Violation::AcknowledgedTwice {
                        event: event.id,
                        first: subject.name(owner),
                        second: subject.name(at),
                    }),
                }
            }
        }
    }

    /// The rest belongs to attempts of unknown outcome. Of several attempts at the same events it is one whose reads
    /// were current then, or else the first.
    fn claim_possible(&mut self, subject: &Subject<'_>) {
        for (at, command) in commands(subject.history) {
            if !matches!(command.outcome, Outcome::Unknown) {
                continue;
            }
            match self.rival(subject, at) {
                None => self.claim(subject, at, None),
                Some((rival, entry)) => {
                    if !is_current(subject, rival, entry) && is_current(subject, at, entry) {
                        self.claim(subject, at, Some(rival));
                    }
                }
            }
        }
    }

    /// Another attempt of unknown outcome at the same events, and the entry of the first of them.
    fn rival(&self, subject: &Subject<'_>, at: usize) -> Option<(usize, usize)> {
        let entry = subject.written.of(at).first()?.entry?;
        let owner = self.owners[entry]?;
        match &subject.history.operations[owner].action {
            Action::Command(other) => matches!(other.outcome, Outcome::Unknown).then_some((owner, entry)),
            _ => None,
        }
    }

    /// What then is left belongs to who was told that there would be nothing.
    fn claim_failed(&mut self, subject: &Subject<'_>) {
        for (at, command) in commands(subject.history) {
            if acknowledged(command).is_none() && !matches!(command.outcome, Outcome::Unknown) {
                self.claim(subject, at, None);
            }
        }
    }

    /// Gives the events of a command to it, if they belong to that owner, or to nobody.
    fn claim(&mut self, subject: &Subject<'_>, at: usize, from: Option<usize>) {
        for event in subject.written.of(at) {
            let mut copies = subject.log.copies(event);
            if let Some(entry) = copies.find(|entry| self.owners[*entry] == from) {
                self.owners[entry] = Some(at);
            }
        }
    }

    /// Who does not know which events it has written may still be known by its command id.
    fn claim_by_command_id(&mut self, subject: &Subject<'_>) {
        let by_id: HashMap<CommandId, usize> = commands(subject.history)
            .filter(|(_, command)| command.sent.is_none() && acknowledged(command).is_none())
            .filter_map(|(at, command)| Some((command.id()?, at)))
            .collect();
        if by_id.is_empty() {
            return;
        }
        for (event, owner) in subject.log.entries.iter().zip(&mut self.owners) {
            if owner.is_none()
                && let Ok(metadata) = event.metadata()
            {
                *owner = by_id.get(&metadata.command_id).copied();
            }
        }
    }

    fn report_strangers(&self, subject: &Subject<'_>, findings: &mut Findings) {
        if subject.history.coverage == Coverage::Partial {
            return;
        }
        for (entry, event) in subject.log.entries.iter().enumerate() {
            // A second copy of an event is reported as that.
            if self.owners[entry].is_none() && subject.log.find(event.id) == Some(entry) {
                findings.add(Violation::Stranger {
                    event: event.id,
                    position: event.position,
                });
            }
        }
    }
}

/// The entry of an event; if there are several, the one at the position that was acknowledged, or else the first.
fn acknowledged_entry(log: &LogIndex<'_>, appended: &Appended, event: &Written) -> Option<usize> {
    if log.copies(event).nth(1).is_none() {
        return event.entry;
    }
    let answered = appended.events.iter().find(|answered| answered.id == event.id)?;
    let mut copies = log.copies(event);
    let exact = copies.find(|entry| log.entries[*entry].position == answered.position);
    exact.or(event.entry)
}

/// Whether all that an operation has seen was current at a moment.
fn is_current(subject: &Subject<'_>, at: usize, moment: usize) -> bool {
    let window = Window::of(subject.seen.of(at));
    window.is_ok_and(|window| window.from <= moment && window.unseen_before(moment).is_none())
}

pub(super) fn commands(history: &History) -> impl Iterator<Item = (usize, &Command)> {
    let operations = history.operations.iter().enumerate();
    operations.filter_map(|(at, operation)| match &operation.action {
        Action::Command(command) => Some((at, command)),
        _ => None,
    })
}

/// What a command was acknowledged with, unless it was the outcome of another one.
fn acknowledged(command: &Command) -> Option<&Appended> {
    match &command.outcome {
        Outcome::Acknowledged(appended) if !appended.repeated => Some(appended),
        _ => None,
    }
}

/// An event that an operation wrote, if it took effect.
pub(super) struct Written {
    pub(super) id: EventId,
    /// The entry of the log; the first, if the event is there more than once.
    pub(super) entry: Option<usize>,
}

/// Adds the events that an operation wrote, if it took effect.
pub(super) fn add_written(all_written: &mut Vec<Written>, operation: &Operation, log: &LogIndex<'_>) {
    let Action::Command(command) = &operation.action else {
        return;
    };
    let written = |id| Written {
        id,
        entry: log.find(id),
    };
    match (&command.sent, acknowledged(command)) {
        (Some(append), _) => all_written.extend(append.events.iter().map(|event| written(event.id))),
        (None, Some(appended)) => all_written.extend(appended.events.iter().map(|event| written(event.id))),
        (None, None) => {}
    }
}
