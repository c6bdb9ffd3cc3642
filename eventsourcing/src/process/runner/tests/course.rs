use std::sync::Arc;

use super::super::course::Course;
use super::super::step::{Answer, Effect, End, Input, Site};
use super::super::trouble::{Remedy, SendError};
use super::world::*;
use crate::execute::StoreNumber;
use crate::process::{Behaviour, Outgoing};
use crate::store::{Append, AppendError, Conflict, Progress, StreamSlice};
use crate::wire::Rejection;
use crate::{NewEvent, RecordedEvent, StreamId, Version};

const OTHER: StoreNumber = StoreNumber::new(1);

/// Everything is in one store.
const TOGETHER: Site = Site {
    source: StoreNumber::MAIN,
    own: StoreNumber::MAIN,
    records: false,
    is_split: false,
};

/// The event is in the main store, and the stream of the instance in another one.
const APART: Site = Site {
    own: OTHER,
    is_split: true,
    ..TOGETHER
};

/// The event is in the main store, and commands may go to another one.
const RECORDING: Site = Site {
    records: true,
    is_split: true,
    ..TOGETHER
};

/// The course of an order that was placed, at position 5.
fn course(manager: (&'static str, Behaviour)) -> Course {
    course_at(TOGETHER, manager)
}

fn course_at(site: Site, (manager, behaviour): (&'static str, Behaviour)) -> Course {
    let placed = recorded(&OrderEvent::Placed { order: OrderId(1) }, 5);
    let own = match behaviour {
        Behaviour::Stateless(_) => "order-1",
        Behaviour::Stateful(_) => "fulfilment-1",
    };
    Course::new(
        manager,
        behaviour,
        site,
        placed,
        StreamId::new(own).unwrap(),
        Some(progress(5)),
    )
}

fn sent(effect: Effect) -> (Outgoing, Option<Progress>) {
    match effect {
        Effect::Send {
            command, progress, ..
        } => (command, progress),
        other => panic!("a command should be sent, not {other:?}"),
    }
}

fn written(effect: Effect) -> Append {
    match effect {
        Effect::Write(_, append) => append,
        other => panic!("something should be written, not {other:?}"),
    }
}

fn written_to(store: StoreNumber, effect: Effect) -> Append {
    match effect {
        Effect::Write(at, append) if at == store => append,
        other => panic!("something should be written to store {store:?}, not {other:?}"),
    }
}

fn done(events: Vec<Arc<RecordedEvent>>) -> Input {
    Input::Answered(Ok(Answer {
        events,
        could_move: true,
    }))
}

fn done_elsewhere(events: Vec<Arc<RecordedEvent>>) -> Input {
    Input::Answered(Ok(Answer {
        events,
        could_move: false,
    }))
}

fn rejected() -> Input {
    rejected_in(StoreNumber::MAIN)
}

fn rejected_in(store: StoreNumber) -> Input {
    let rejection = Rejection::new("no");
    Input::Answered(Err(SendError::Rejected { rejection, store }))
}

/// It was written.
fn ok() -> Input {
    Input::Written(Ok(appended(Vec::new(), false)))
}

fn history(records: &[&NewEvent]) -> Input {
    let events = (1..)
        .zip(records)
        .map(|(version, record)| as_recorded(record, version));
    Input::Read(Ok(StreamSlice {
        head: Version::new(records.len() as u64),
        events: events.collect(),
    }))
}

fn conflict() -> Conflict {
    Conflict {
        stream: StreamId::new("fulfilment-1").unwrap(),
        seen: Version::ABSENT,
        head: Version::FIRST,
    }
}

#[test]
fn without_state_the_last_command_carries_the_progress() {
    let mut course = course(stateless());
    let (first, progress_of_first) = sent(course.start());
    let (second, progress_of_second) = sent(course.resume(done(Vec::new())));
    assert_ne!(first.id, second.id);
    assert_eq!((progress_of_first, progress_of_second), (None, Some(progress(5))));
    assert!(matches!(
        course.resume(done(Vec::new())),
        Effect::Finish(End::Settled)
    ));
}

#[test]
fn without_state_a_rejection_is_for_people() {
    let mut course = course(stateless());
    sent(course.start());
    let Effect::Finish(End::Failed(trouble)) = course.resume(rejected()) else {
        panic!("it should fail");
    };
    assert_eq!(trouble.remedy(), Remedy::Park);
    assert_eq!(trouble.reason(), "the command `Ship` was refused: no");
}

#[test]
fn with_state_a_reaction_is_recorded_before_anything_is_sent() {
    let mut course = course(stateful());
    assert!(matches!(course.start(), Effect::Read(_, stream) if stream == "fulfilment-1"));
    let record = written(course.resume(history(&[])));
    assert_eq!(record.conditions[0].seen, Version::ABSENT);
    assert_eq!(record.events[0].event_type, "process.Reacted");
    assert_eq!(record.progress, None, "there is something to send");
    let (pay, _) = sent(course.resume(ok()));
    assert_eq!(name(&pay), "Pay");
}

/// Up to the command `Pay`, with the record of the reaction.
fn paying(course: &mut Course) -> (NewEvent, Outgoing, Option<Progress>) {
    course.start();
    let record = written(course.resume(history(&[]))).events.remove(0);
    let (pay, progress) = sent(course.resume(ok()));
    (record, pay, progress)
}

#[test]
fn a_command_whose_refusal_may_be_recorded_does_not_carry_the_progress() {
    let mut course = course(stateful());
    let (_, _, progress_of_pay) = paying(&mut course);
    assert_eq!(progress_of_pay, None);
    let moved = written(course.resume(done(Vec::new())));
    assert_eq!(moved.progress, Some(progress(5)));
    assert!(moved.events.is_empty());
    assert_eq!(
        moved.conditions[0].seen,
        Version::FIRST,
        "nothing was recorded since"
    );
    let end = course.resume(ok());
    assert!(matches!(end, Effect::Finish(End::Settled)));
}

#[test]
fn a_refusal_is_recorded_under_the_id_of_the_command_and_reacted_to() {
    let mut course = course(stateful());
    let (_, pay, _) = paying(&mut course);
    let refusal = written(course.resume(rejected()));
    assert_eq!(refusal.command, Some(pay.key().unwrap()));
    assert_eq!(refusal.events[0].event_type, "process.Refused");
    assert_eq!(refusal.progress, None);
    let (cancel, progress_of_cancel) = sent(course.resume(ok()));
    assert_eq!(name(&cancel), "Cancel");
    assert_eq!(progress_of_cancel, Some(progress(5)));
}

#[test]
fn what_was_recorded_before_a_crash_is_sent_again_and_not_recorded_again() {
    let mut before = course(stateful());
    let (record, pay, _) = paying(&mut before);

    let mut after = course(stateful());
    after.start();
    let (again, _) = sent(after.resume(history(&[&record])));
    assert_eq!(again, pay);
}

#[test]
fn what_another_instance_has_refused_is_not_taken_for_executed() {
    let mut other = course(stateful());
    let (record, ..) = paying(&mut other);
    let refusal = written(other.resume(rejected())).events.remove(0);

    let mut course = course(stateful());
    paying(&mut course);
    let outcome = vec![as_recorded(&refusal, 2)];
    assert!(matches!(course.resume(done(outcome.clone())), Effect::Read(..)));
    sent(course.resume(history(&[&record, &refusal])));
    let (cancel, _) = sent(course.resume(done(outcome)));
    assert_eq!(name(&cancel), "Cancel");
}

#[test]
fn what_another_instance_has_executed_is_not_refused() {
    let mut course = course(stateful());
    let (record, pay, _) = paying(&mut course);
    written(course.resume(rejected()));
    let executed = Input::Written(Ok(appended(Vec::new(), true)));
    assert!(matches!(course.resume(executed), Effect::Read(..)));
    let (again, _) = sent(course.resume(history(&[&record])));
    assert_eq!(again, pay);
}

#[test]
fn whoever_finds_the_stream_changed_reads_it_again() {
    let mut course = course(stateful());
    course.start();
    written(course.resume(history(&[])));
    let changed = Input::Written(Err(AppendError::Conflict(conflict())));
    assert!(matches!(course.resume(changed), Effect::Read(..)));
}

#[test]
fn whoever_is_overtaken_stops() {
    let mut course = course(stateless());
    sent(course.start());
    sent(course.resume(done(Vec::new())));
    let end = course.resume(Input::Answered(Err(SendError::Overtaken)));
    assert!(matches!(end, Effect::Finish(End::Overtaken)));
}

#[test]
fn an_event_for_an_instance_that_is_not_running_is_passed_over() {
    let (manager, behaviour) = stateful();
    let paid = recorded(&OrderEvent::Paid { order: OrderId(1) }, 6);
    let own = StreamId::new("fulfilment-1").unwrap();
    let mut course = Course::new(manager, behaviour, TOGETHER, paid, own, Some(progress(6)));
    course.start();
    assert!(matches!(
        course.resume(history(&[])),
        Effect::Finish(End::Nothing)
    ));
}

#[test]
fn the_progress_is_written_by_itself_after_a_command_that_went_elsewhere() {
    let mut course = course_at(RECORDING, stateless());
    assert!(matches!(course.start(), Effect::Read(StoreNumber::MAIN, _)));
    let record = written_to(StoreNumber::MAIN, course.resume(history(&[])));
    assert_eq!(record.events[0].event_type, "process.Reacted");
    assert_eq!(record.progress, None, "there is something to send");
    sent(course.resume(ok()));
    sent(course.resume(done_elsewhere(Vec::new())));
    let moved = written_to(StoreNumber::MAIN, course.resume(done_elsewhere(Vec::new())));
    assert_eq!((moved.events.len(), moved.progress), (0, Some(progress(5))));
    assert_eq!(moved.conditions[0].seen, Version::FIRST);
    assert!(matches!(course.resume(ok()), Effect::Finish(End::Settled)));
}

#[test]
fn without_state_too_what_was_recorded_before_a_crash_is_sent_again_and_not_recorded_again() {
    let mut before = course_at(RECORDING, stateless());
    before.start();
    let record = written(before.resume(history(&[]))).events.remove(0);
    let (first, _) = sent(before.resume(ok()));

    let mut after = course_at(RECORDING, stateless());
    after.start();
    let (again, _) = sent(after.resume(history(&[&record])));
    assert_eq!(again, first);
}

#[test]
fn an_instance_in_another_store_is_recorded_there_and_the_progress_is_not() {
    let (manager, behaviour) = stateful();
    let paid = recorded(&OrderEvent::Paid { order: OrderId(1) }, 6);
    let own = StreamId::new("fulfilment-1").unwrap();
    let mut placed = course_at(APART, (manager, behaviour));
    placed.start();
    let start = written(placed.resume(history(&[]))).events.remove(0);

    let mut course = Course::new(manager, behaviour, APART, paid, own, Some(progress(6)));
    assert!(matches!(course.start(), Effect::Read(OTHER, _)));
    let record = written_to(OTHER, course.resume(history(&[&start])));
    assert_eq!(record.progress, None);
    let (_, progress_of_ship) = sent(course.resume(ok()));
    assert_eq!(
        progress_of_ship,
        Some(progress(6)),
        "if it goes to the store of the event"
    );
    assert!(matches!(
        course.resume(done(Vec::new())),
        Effect::Finish(End::Settled)
    ));
}

#[test]
fn a_command_that_was_refused_elsewhere_is_withdrawn_there_before_the_instance_is_told() {
    let mut course = course(stateful());
    let (_, pay, _) = paying(&mut course);
    let withdrawal = written_to(OTHER, course.resume(rejected_in(OTHER)));
    assert_eq!(withdrawal.command, Some(pay.key().unwrap()));
    assert_eq!(withdrawal.events[0].event_type, "process.Withdrawn");
    assert!(withdrawal.conditions.is_empty());
    let withdrawn = vec![as_recorded(&withdrawal.events[0], 1)];
    let refusal = course.resume(Input::Written(Ok(appended(withdrawn, false))));
    let refusal = written_to(StoreNumber::MAIN, refusal);
    assert_eq!(refusal.events[0].event_type, "process.Refused");
    assert_eq!(refusal.command, None);
    let (cancel, _) = sent(course.resume(ok()));
    assert_eq!(name(&cancel), "Cancel");
}

/// The record that a command was withdrawn, and of the reaction in which it was sent.
fn withdrawal() -> (NewEvent, NewEvent) {
    let mut other = course(stateful());
    let (record, ..) = paying(&mut other);
    let withdrawal = written(other.resume(rejected_in(OTHER))).events.remove(0);
    (record, withdrawal)
}

#[test]
fn what_another_instance_has_withdrawn_is_refused_for_the_same_reason() {
    let (_, withdrawal) = withdrawal();
    let mut course = course(stateful());
    paying(&mut course);
    let refusal = written(course.resume(done_elsewhere(vec![as_recorded(&withdrawal, 1)])));
    assert_eq!(refusal.events[0].event_type, "process.Refused");
    let payload = String::from_utf8(refusal.events[0].payload.to_vec()).unwrap();
    assert!(payload.contains(r#""message":"no""#), "{payload}");
}

#[test]
fn what_another_instance_has_executed_elsewhere_is_not_refused() {
    let mut course = course(stateful());
    let (record, pay, _) = paying(&mut course);
    written_to(OTHER, course.resume(rejected_in(OTHER)));
    let executed = Input::Written(Ok(appended(Vec::new(), true)));
    assert!(matches!(course.resume(executed), Effect::Read(..)));
    let (again, _) = sent(course.resume(history(&[&record])));
    assert_eq!(again, pay);
}

#[test]
fn who_was_cut_off_after_the_withdrawal_tells_the_instance() {
    let (record, withdrawal) = withdrawal();
    let mut course = course(stateful());
    course.start();
    sent(course.resume(history(&[&record])));
    let refusal = written(course.resume(done_elsewhere(vec![as_recorded(&withdrawal, 1)])));
    assert_eq!(refusal.conditions[0].seen, Version::FIRST);
    let (cancel, _) = sent(course.resume(ok()));
    assert_eq!(name(&cancel), "Cancel");
}
