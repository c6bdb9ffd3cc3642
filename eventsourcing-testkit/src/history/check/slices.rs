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
            if let Err(Otherwise { expected }) = compare(subject, slice) {
                findings.add(Violation::WrongSlice {
                    operation: subject.name(at),
                    stream: slice.stream.clone(),
                    after: slice.after,
                    head: slice.head,
                    found: slice.events.len(),
                    expected,
                });
            }
        }
    }
}

/// The log has other events, so many of them.
struct Otherwise {
    expected: usize,
}

fn compare(subject: &Subject<'_>, slice: &SliceSeen) -> Result<(), Otherwise> {
    let Some(at) = subject.log.stream(&slice.stream) else {
        return if slice.events.is_empty() {
            Ok(())
        } else {
            Err(Otherwise { expected: 0 })
        };
    };
    let stream = &subject.log.streams[at];
    let expected = stream.events_between(slice.after, slice.head.min(slice.up_to), &slice.types);
    if !stream.is_contiguous || expected.clone().eq(slice.events.iter().copied()) {
        Ok(())
    } else {
        Err(Otherwise {
            expected: expected.count(),
        })
    }
}
