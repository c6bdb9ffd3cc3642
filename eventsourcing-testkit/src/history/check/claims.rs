use std::collections::HashMap;
use std::ops::Range;

use eventsourcing_core::{CommandId, EventId};

use super::Subject;
use crate::history::report::Findings;
use crate::history::{Action, Command, Coverage, History, Outcome, Violation};

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
        for strength in [Strength::Acknowledged, Strength::Possible, Strength::None] {
            for (at, command) in commands(subject.history) {
                if Strength::of(command) == strength {
                    claims.claim(subject, at, command, strength, findings);
                }
            }
        }
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

    /// The first moment from this one on that does not lie inside an append.
    pub(super) fn whole_from(&self, moment: usize) -> usize {
        let is_inside = |at: usize| {
            at > 0
                && at < self.owners.len()
                && self.owners[at].is_some()
                && self.owners[at] == self.owners[at - 1]
        };
        let mut moment = moment;
        while is_inside(moment) {
            moment += 1;
        }
        moment
    }

    /// Of several attempts to write an event, it belongs to the one that was acknowledged, or else to the first that may
    /// have had an effect.
    fn claim(
        &mut self,
        subject: &Subject<'_>,
        at: usize,
        command: &Command,
        strength: Strength,
        findings: &mut Findings,
    ) {
        for event in events_of(command) {
            let Some(entry) = subject.log.find(event) else {
                continue;
            };
            match self.owners[entry] {
                None => self.owners[entry] = Some(at),
                Some(owner) if strength == Strength::Acknowledged => {
                    findings.add(Violation::AcknowledgedTwice {
                        event,
                        first: subject.name(owner),
                        second: subject.name(at),
                    });
                }
                Some(_) => {}
            }
        }
    }

    /// Who does not know which events it has written may still be known by its command id.
    fn claim_by_command_id(&mut self, subject: &Subject<'_>) {
        let by_id: HashMap<CommandId, usize> = commands(subject.history)
            .filter(|(_, command)| command.sent.is_none() && !is_acknowledged(command))
            .filter_map(|(at, command)| Some((command.id()?, at)))
            .collect();
        if by_id.is_empty() {
            return;
        }
        for (entry, owner) in self.owners.iter_mut().enumerate() {
            if owner.is_none()
                && let Ok(metadata) = subject.log.entries[entry].metadata()
            {
                *owner = by_id.get(&metadata.command_id).copied();
            }
        }
    }

    fn report_strangers(&self, subject: &Subject<'_>, findings: &mut Findings) {
        if subject.history.coverage == Coverage::Partial {
            return;
        }
        for (event, owner) in subject.log.entries.iter().zip(&self.owners) {
            // A second copy of an event has been reported already.
            let is_copy = || {
                subject
                    .log
                    .find(event.id)
                    .is_some_and(|first| self.owners[first].is_some())
            };
            if owner.is_none() && !is_copy() {
                findings.add(Violation::Stranger {
                    event: event.id,
                    position: event.position,
                });
            }
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Strength {
    Acknowledged,
    Possible,
    None,
}

impl Strength {
    fn of(command: &Command) -> Self {
        match &command.outcome {
            Outcome::Acknowledged(appended) if !appended.repeated => Self::Acknowledged,
            Outcome::Unknown => Self::Possible,
            _ => Self::None,
        }
    }
}

pub(super) fn commands(history: &History) -> impl Iterator<Item = (usize, &Command)> {
    let operations = history.operations.iter().enumerate();
    operations.filter_map(|(at, operation)| match &operation.action {
        Action::Command(command) => Some((at, command)),
        _ => None,
    })
}

fn is_acknowledged(command: &Command) -> bool {
    matches!(command.outcome, Outcome::Acknowledged(_))
}

/// The events that a command wrote, if it took effect.
pub(super) fn events_of(command: &Command) -> impl Iterator<Item = EventId> {
    let sent = command.sent.iter().flat_map(|append| &append.events);
    let answered = match &command.outcome {
        Outcome::Acknowledged(appended) if command.sent.is_none() && !appended.repeated => {
            appended.events.as_slice()
        }
        _ => &[],
    };
    sent.map(|event| event.id)
        .chain(answered.iter().map(|event| event.id))
}
