use eventsourcing_core::RecordedEvent;

use super::Subject;
use super::index::count;
use crate::history::report::Findings;
use crate::history::{Action, SliceSeen, Violation};

/// The events that a read returned are those that the stream has, up to the head that was returned with them.
pub(super) fn check(subject: &Subject<'_>, findings: &mut Findings) {
    for (at, operation) in subject.history.operations.iter().enumerate() {
        let Action::Read(read) = &operation.action else {
            continue;
        };
        for slice in &read.slices {
            let Some(expected) = expected(subject, slice) else {
                continue;
            };
            if !expected
                .clone()
                .map(|event| event.id)
                .eq(slice.events.iter().copied())
            {
                findings.add(Violation::WrongSlice {
                    operation: subject.name(at),
                    stream: slice.stream.clone(),
                    after: slice.after,
                    head: slice.head,
                    found: slice.events.len(),
                    expected: expected.count(),
                });
            }
        }
    }
}

/// What should have been returned; `None` if the versions of the stream do not tell.
fn expected<'a>(
    subject: &'a Subject<'_>,
    slice: &'a SliceSeen,
) -> Option<impl Iterator<Item = &'a RecordedEvent> + Clone> {
    let entries: &[usize] = match subject.log.stream(&slice.stream) {
        Some(at) if !subject.log.streams[at].is_contiguous => return None,
        Some(at) => &subject.log.streams[at].entries,
        None => &[],
    };
    let end = count(slice.head).min(entries.len());
    let start = count(slice.after).min(end);
    let events = entries[start..end]
        .iter()
        .map(|entry| subject.log.entries[*entry]);
    Some(events.filter(|event| slice.types.matches(event.event_type.as_str())))
}
