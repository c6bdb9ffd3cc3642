use eventsourcing_core::EventId;

use super::Subject;
use crate::history::report::Findings;
use crate::history::{Action, SliceSeen, Violation};

/// The events that a read returned are those that the stream has, up to the head that was returned with them.
pub(super) fn check(subject: &Subject<'_>, findings: &mut Findings) {
    for (at, operation) in subject.history.operations.iter().enumerate() {
        let Action::Read(read) = &operation.action else {
            continue;
        };
        for slice in &read.slices {
            if let Some(expected) = expected(subject, slice)
                && expected != slice.events
            {
                findings.add(Violation::WrongSlice {
                    operation: subject.name(at),
                    stream: slice.stream.clone(),
                    after: slice.after,
                    head: slice.head,
                    found: slice.events.len(),
                    expected: expected.len(),
                });
            }
        }
    }
}

/// What should have been returned; `None` if the versions of the stream do not tell.
fn expected(subject: &Subject<'_>, slice: &SliceSeen) -> Option<Vec<EventId>> {
    let Some(at) = subject.log.stream(&slice.stream) else {
        return Some(Vec::new());
    };
    let stream = &subject.log.streams[at];
    stream
        .is_contiguous
        .then(|| stream.events_between(slice.after, slice.head, &slice.types))
}
