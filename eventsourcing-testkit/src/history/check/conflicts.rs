use eventsourcing_core::TypeFilter;
use eventsourcing_core::store::{Condition, Conflict};

use super::Subject;
use super::claims::{Claims, commands};
use crate::history::report::Findings;
use crate::history::{Command, Outcome, Violation};

/// Where a conflict was reported, a stream had moved on: by an event that counts, of somebody who had begun by then.
pub(super) fn check(subject: &Subject<'_>, claims: &Claims, findings: &mut Findings) {
    for (at, command) in commands(subject.history) {
        if let Outcome::Conflicted(conflict) = &command.outcome
            && !is_founded(subject, claims, at, command, conflict)
        {
            findings.add(Violation::SpuriousConflict {
                operation: subject.name(at),
                stream: conflict.stream.clone(),
                seen: conflict.seen,
            });
        }
    }
}

fn is_founded(
    subject: &Subject<'_>,
    claims: &Claims,
    at: usize,
    command: &Command,
    conflict: &Conflict,
) -> bool {
    let Some(stream) = subject
        .log
        .stream(&conflict.stream)
        .map(|at| &subject.log.streams[at])
    else {
        return false;
    };
    if !stream.is_contiguous {
        return true;
    }
    let returned = subject.history.operations[at].returned;
    let had_begun = |entry: usize| {
        let writer = claims
            .owner(entry)
            .map(|owner| subject.history.operations[owner].invoked);
        writer.is_none_or(|invoked| returned.is_none_or(|returned| invoked < returned))
    };
    let moved_on = |types: &TypeFilter| {
        let next = stream.first_above(conflict.seen, types);
        next.is_some_and(|next| had_begun(stream.places[next].entry))
    };
    let is_named = |read: &&Condition| read.stream == conflict.stream && read.seen == conflict.seen;
    let mut named = command.reads().filter(is_named).peekable();
    match named.peek() {
        Some(_) => named.any(|read| moved_on(&read.types)),
        // Recorded by hand, without what it was decided on.
        None => moved_on(&TypeFilter::All),
    }
}
