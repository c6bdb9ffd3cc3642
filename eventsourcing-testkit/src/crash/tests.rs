//! The witness sees each kind of harm.

use std::sync::Arc;

use eventsourcing_core::{
    EventId, NewEvent, Position, RecordedEvent, StreamVersion, TenantId, Timestamp, Version,
};

use super::{Loss, Report, Witness};
use crate::fixture::{NewEventExt, event};

/// A log of three appends: one event, two events, and one more, all in one stream.
fn log() -> Vec<Arc<RecordedEvent>> {
    let marks = ["first 1", "second 2", "second 2", "third 1"];
    let recorded = |(mark, number): (&str, u64)| {
        let event = event("a.Happened", "a-1").with_binary(mark.to_owned());
        Arc::new(record(event, number))
    };
    marks.into_iter().zip(1..).map(recorded).collect()
}

fn record(event: NewEvent, number: u64) -> RecordedEvent {
    RecordedEvent {
        id: event.id,
        tenant: TenantId::DEFAULT,
        position: Position::new(number),
        event_type: event.event_type,
        schema_version: event.schema_version,
        content_type: event.content_type,
        payload: event.payload,
        metadata: event.metadata,
        recorded_at: Timestamp::from_micros(number),
        home: StreamVersion {
            stream: event.home,
            version: Version::new(number),
        },
        links: Vec::new(),
    }
}

fn acknowledged(position: u64, events: &[EventId]) -> Report {
    Report::Acknowledged {
        position: Position::new(position),
        events: events.to_vec(),
    }
}

fn seen(position: u64) -> Report {
    Report::Seen {
        position: Position::new(position),
    }
}

fn witness(reports: impl IntoIterator<Item = Report>) -> Witness {
    let mut witness = Witness::new();
    reports.into_iter().for_each(|report| witness.note(report));
    witness
}

fn losses(witness: &Witness, log: &[Arc<RecordedEvent>]) -> Vec<Loss> {
    witness.check(log).expect_err("something is lost")
}

#[test]
fn a_log_that_holds_what_was_told_is_whole() {
    let log = log();
    let told = witness([
        acknowledged(3, &[log[1].id, log[2].id]),
        seen(1),
        seen(2),
        seen(1),
        seen(2),
    ]);
    let survived = told.check(&log).expect("all is there");
    assert_eq!((survived.acknowledged, survived.events, survived.seen), (1, 4, 4));
}

#[test]
fn an_acknowledged_event_that_is_gone_is_missed() {
    let mut log = log();
    let told = witness([acknowledged(4, &[log[3].id])]);
    let gone = log.pop().expect("an event");
    let position = gone.position;
    assert_eq!(
        losses(&told, &log),
        [Loss::Gone {
            event: gone.id,
            position
        }]
    );
}

#[test]
fn an_event_that_is_there_twice_is_noticed() {
    let mut log = log();
    let mut twin = (*log[3]).clone();
    (twin.position, twin.home.version) = (Position::new(5), Version::new(5));
    let event = twin.id;
    log.push(Arc::new(twin));
    assert!(losses(&Witness::new(), &log).contains(&Loss::Doubled { event }));
}

#[test]
fn an_append_that_is_there_in_parts_is_noticed() {
    let mut log = log();
    log.truncate(2);
    let torn = Loss::Torn {
        mark: "second 2".into(),
        size: 2,
        found: 1,
    };
    assert_eq!(losses(&Witness::new(), &log), [torn]);
}

#[test]
fn a_version_that_is_left_out_is_noticed() {
    let mut log = log();
    log.remove(0);
    let gap = Loss::Gap {
        stream: log[0].home.stream.clone(),
        after: Version::ABSENT,
        found: Version::new(2),
    };
    assert_eq!(losses(&Witness::new(), &log), [gap]);
}

#[test]
fn a_reader_who_was_not_handed_everything_is_noticed() {
    let skipped = Loss::Skipped {
        position: Position::new(2),
    };
    assert_eq!(losses(&witness([seen(1), seen(3)]), &log()), [skipped]);
}

#[test]
fn a_reader_who_was_handed_what_is_not_there_is_noticed() {
    let vanished = Loss::SeenAndGone {
        position: Position::new(9),
    };
    assert_eq!(losses(&witness([seen(9)]), &log()), [vanished]);
}

#[test]
fn a_reader_who_has_not_come_to_the_end_is_noticed_in_the_end() {
    let told = witness([seen(1), seen(2), seen(3)]);
    told.check(&log()).expect("nothing is lost yet");
    let skipped = Loss::Skipped {
        position: Position::new(4),
    };
    assert_eq!(told.check_to_the_end(&log()), Err(vec![skipped]));
}
