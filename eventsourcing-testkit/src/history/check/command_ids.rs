use std::collections::HashMap;

use eventsourcing_core::CommandId;

use super::Subject;
use super::claims::{Claims, commands};
use super::timeline::Phase;
use crate::history::report::Findings;
use crate::history::{Action, Outcome, Violation};

/// Of several commands with the same id one takes effect, and whoever asks for the id later finds it.
pub(super) fn check(subject: &Subject<'_>, claims: &Claims, findings: &mut Findings) {
    let mut effective = HashMap::new();
    for (at, command) in commands(subject.history) {
        let took_effect = match &command.outcome {
            Outcome::Acknowledged(appended) => !appended.repeated,
            _ => claims.written(at).is_some(),
        };
        if let Some(id) = command.id()
            && took_effect
            && let Some(first) = effective.insert(id, at)
        {
            findings.add(Violation::CommandTwice {
                command: id,
                first: subject.name(first),
                second: subject.name(at),
            });
        }
    }
    check_lookups(subject, findings);
}

fn check_lookups(subject: &Subject<'_>, findings: &mut Findings) {
    let mut known: HashMap<CommandId, usize> = HashMap::new();
    for mark in &subject.timeline.marks {
        let operation = &subject.history.operations[mark.operation];
        match (&operation.action, mark.phase) {
            (Action::Command(command), Phase::Returned) => {
                if matches!(command.outcome, Outcome::Acknowledged(_))
                    && let Some(id) = command.id()
                {
                    known.entry(id).or_insert(mark.operation);
                }
            }
            (Action::Read(read), Phase::Invoked) => {
                if let (Some(id), None) = (read.command, &read.repeated)
                    && let Some(first) = known.get(&id)
                {
                    findings.add(Violation::CommandForgotten {
                        operation: subject.name(mark.operation),
                        command: id,
                        first: subject.name(*first),
                    });
                }
            }
            _ => {}
        }
    }
}
