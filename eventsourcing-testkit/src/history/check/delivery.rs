use eventsourcing_core::store::FeedFilter;
use eventsourcing_core::{Position, RecordedEvent};

use super::Subject;
use super::index::LogIndex;
use crate::history::report::Findings;
use crate::history::{Action, Delivered, Reader, Subscriber, Violation};

/// Readers of the feed were handed what they asked for: all of it, once, in order.
pub(super) fn check(subject: &Subject<'_>, findings: &mut Findings) {
    for (at, operation) in subject.history.operations.iter().enumerate() {
        if let Action::Feed(page) = &operation.action {
            let delivery = Delivery {
                log: &subject.log,
                filter: &page.filter,
                after: page.after,
                delivered: &page.events,
                complete_to: page.scanned_to,
            };
            let reader = || Reader::Page(subject.name(at));
            delivery.check(&reader, findings);
        }
    }
    for subscriber in &subject.history.subscribers {
        check_subscriber(&subject.log, subscriber, findings);
    }
}

fn check_subscriber(log: &LogIndex<'_>, subscriber: &Subscriber, findings: &mut Findings) {
    let mut handed_to = None;
    for (restarts, run) in subscriber.runs.iter().enumerate() {
        let reader = || Reader::Subscriber {
            name: subscriber.name.clone(),
            restarts,
        };
        let filter = &subscriber.filter;
        // What lies between the end of the run before and the beginning of this one is handed over by neither.
        let left_out = Delivery {
            log,
            filter,
            after: handed_to.unwrap_or(run.from),
            delivered: &[],
            complete_to: run.from,
        };
        left_out.check(&reader, findings);
        let last = run.delivered.iter().map(|delivered| delivered.position).max();
        let complete_to = last.max(run.reached).unwrap_or(run.from);
        let delivery = Delivery {
            log,
            filter,
            after: run.from,
            delivered: &run.delivered,
            complete_to,
        };
        delivery.check(&reader, findings);
        handed_to = handed_to.max(Some(complete_to));
    }
}

/// A piece of the log that somebody was handed.
struct Delivery<'a> {
    log: &'a LogIndex<'a>,
    filter: &'a FeedFilter,
    after: Position,
    delivered: &'a [Delivered],
    /// Up to where everything should have been handed over.
    complete_to: Position,
}

impl Delivery<'_> {
    /// Reports the first difference: what follows is mostly a consequence of it.
    fn check(&self, reader: &dyn Fn() -> Reader, findings: &mut Findings) {
        let mut expected = self.expected().map(Delivered::from);
        for (at, delivered) in self.delivered.iter().enumerate() {
            let expected = expected.next();
            if expected != Some(*delivered) {
                findings.add(self.difference(reader(), expected, at));
                return;
            }
        }
        if let Some(Delivered { event, position }) = expected.next() {
            let reader = reader();
            findings.add(Violation::Skipped {
                reader,
                event,
                position,
            });
        }
    }

    /// What it means that something else was handed over than expected.
    fn difference(&self, reader: Reader, expected: Option<Delivered>, at: usize) -> Violation {
        let (before, rest) = self.delivered.split_at(at);
        let Delivered { event, position } = rest[0];
        if before.contains(&rest[0]) {
            return Violation::DeliveredTwice {
                reader,
                event,
                position,
            };
        }
        match expected.filter(|_| self.expected().any(|event| Delivered::from(event) == rest[0])) {
            None => Violation::Unexpected {
                reader,
                event,
                position,
            },
            Some(missing) if rest.contains(&missing) => Violation::Disordered {
                reader,
                event: missing.event,
                position: missing.position,
            },
            Some(missing) => Violation::Skipped {
                reader,
                event: missing.event,
                position: missing.position,
            },
        }
    }

    fn expected(&self) -> impl Iterator<Item = &RecordedEvent> {
        let end = self.log.moment_after(self.complete_to);
        let start = self.log.moment_after(self.after).min(end);
        let events = self.log.entries[start..end].iter().copied();
        events.filter(|event| self.filter.matches(event))
    }
}
