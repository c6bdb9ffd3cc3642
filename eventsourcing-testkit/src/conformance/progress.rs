//! A reader moves together with what it has caused, or neither happens.

use std::sync::Arc;

use eventsourcing_core::Position;
use eventsourcing_core::store::{
    Append, AppendError, Appended, Checkpoint, CheckpointRefused, CommandKey, ErrorClass, EventStore,
    Fingerprint, Overtaken, Settled,
};
use tokio::task::JoinSet;

use super::poll::poll_then_drop;
use super::{Log, Reader, Subject};
use crate::fixture::{AppendExt, NewEventExt, append, event, new_command, whole};

pub(super) async fn a_reader_moves_with_what_it_has_caused(store: Subject) {
    let reader = Reader::with_three_events(&store).await;
    let appended = reader
        .log
        .write(caused().moving("reader", None, reader.at(0)))
        .await;
    assert_eq!((appended.events.len(), appended.repeated), (1, false));
    assert_eq!(reader.load().await, Some(reader.at(0)));
    let onwards = caused().moving("reader", Some(reader.at(0)), reader.at(2));
    reader.log.write(onwards).await;
    assert_eq!(reader.load().await, Some(reader.at(2)));
    assert_eq!(reader.log.head("caused-1").await, 2);
}

pub(super) async fn an_append_of_nothing_else_moves_the_reader_alone(store: Subject) {
    let reader = Reader::with_three_events(&store).await;
    let moved = reader
        .log
        .write(append([]).moving("reader", None, reader.at(1)))
        .await;
    assert!(moved.events.is_empty() && !moved.repeated);
    assert_eq!(moved.position, reader.at(2).position);
    assert_eq!(reader.load().await, Some(reader.at(1)));
    assert_eq!(reader.log.end().await, reader.at(2));
}

pub(super) async fn a_reader_may_stay_where_it_is(store: Subject) {
    let reader = Reader::with_three_events(&store).await;
    reader.save(reader.at(1)).await;
    let stay = caused().moving("reader", Some(reader.at(1)), reader.at(1));
    reader.log.write(stay).await;
    assert_eq!(reader.load().await, Some(reader.at(1)));
    assert_eq!(reader.log.head("caused-1").await, 1);
}

pub(super) async fn a_reader_that_is_elsewhere_is_overtaken(store: Subject) {
    let reader = Reader::with_three_events(&store).await;
    let (first, second, third) = (Some(reader.at(0)), Some(reader.at(1)), Some(reader.at(2)));
    let mut of_another_epoch = reader.of_another_epoch();
    of_another_epoch.position = reader.at(1).position;
    overtaken(&reader, first, None).await;
    reader.save(reader.at(1)).await;
    for expected in [None, first, third, Some(of_another_epoch)] {
        overtaken(&reader, expected, second).await;
    }
}

/// Moves the reader from where it is not.
async fn overtaken(reader: &Reader, expected: Option<Checkpoint>, saved: Option<Checkpoint>) {
    let error = reader
        .log
        .refused(append([]).moving("reader", expected, reader.at(2)))
        .await;
    assert_eq!(error.class(), ErrorClass::Overtaken);
    let overtaken = Overtaken {
        reader: "reader".into(),
        expected,
        saved,
    };
    assert!(
        matches!(&error, AppendError::Overtaken(told) if *told == overtaken),
        "{error:?} instead of {overtaken:?}"
    );
    assert_eq!(reader.load().await, saved);
}

pub(super) async fn what_an_overtaken_reader_has_caused_is_not_written(store: Subject) {
    let reader = Reader::with_three_events(&store).await;
    let command = new_command();
    let late = || caused().under(command);
    let error = reader
        .log
        .refused(late().moving("reader", Some(reader.at(0)), reader.at(1)))
        .await;
    assert!(matches!(error, AppendError::Overtaken(_)), "{error:?}");
    assert_eq!(reader.log.head("caused-1").await, 0);
    assert_eq!(reader.log.end().await, reader.at(2));
    let in_time = reader
        .log
        .write(late().moving("reader", None, reader.at(1)))
        .await;
    assert!(!in_time.repeated, "the command was not recorded");
}

pub(super) async fn a_reader_stays_if_a_condition_fails(store: Subject) {
    let reader = Reader::with_three_events(&store).await;
    let too_late = caused().if_absent("a-1").moving("reader", None, reader.at(1));
    reader.log.conflict(too_late).await;
    assert_eq!(reader.load().await, None);
    reader.save(reader.at(0)).await;
    let too_late = caused()
        .if_absent("a-1")
        .moving("reader", Some(reader.at(0)), reader.at(1));
    reader.log.conflict(too_late).await;
    assert_eq!(reader.load().await, Some(reader.at(0)));
    assert_eq!(reader.log.head("caused-1").await, 0);
}

pub(super) async fn conditions_without_events_are_checked_before_the_reader_moves(store: Subject) {
    let reader = Reader::with_three_events(&store).await;
    let check = |seen| append([]).if_at("a-1", seen).moving("reader", None, reader.at(1));
    reader.log.conflict(check(2)).await;
    assert_eq!(reader.load().await, None);
    reader.log.write(check(3)).await;
    assert_eq!(reader.load().await, Some(reader.at(1)));
}

pub(super) async fn a_repeated_command_moves_the_reader_and_nothing_else(store: Subject) {
    let reader = Reader::with_three_events(&store).await;
    let command = new_command();
    let first = reader.log.write(caused().under(command)).await;
    let again = caused().if_absent("caused-1").under(command);
    let again = reader.log.write(again.moving("reader", None, reader.at(1))).await;
    assert!(again.repeated);
    assert_eq!((again.events, again.position), (first.events, first.position));
    assert_eq!(reader.load().await, Some(reader.at(1)));
    assert_eq!(reader.log.head("caused-1").await, 1);
}

pub(super) async fn a_repeated_command_does_not_help_an_overtaken_reader(store: Subject) {
    let reader = Reader::with_three_events(&store).await;
    let command = new_command();
    reader.log.write(caused().under(command)).await;
    reader.save(reader.at(1)).await;
    let again = caused().under(command).moving("reader", None, reader.at(2));
    let error = reader.log.refused(again).await;
    assert!(matches!(error, AppendError::Overtaken(_)), "{error:?}");
    assert_eq!(reader.load().await, Some(reader.at(1)));
}

pub(super) async fn a_command_id_used_for_something_else_is_told_first(store: Subject) {
    let reader = Reader::with_three_events(&store).await;
    let command = new_command();
    reader.log.write(caused().under(command)).await;
    let another = CommandKey {
        fingerprint: Fingerprint::of("test.Another", b"{}"),
        ..command
    };
    for (from, to) in [
        (None, reader.at(1)),
        (Some(reader.at(0)), reader.at(1)),
        (None, reader.of_another_store()),
    ] {
        let error = reader
            .log
            .refused(caused().under(another).moving("reader", from, to))
            .await;
        assert!(matches!(error, AppendError::IdReused(_)), "{error:?}");
    }
    assert_eq!(reader.load().await, None);
}

pub(super) async fn an_overtaken_reader_is_told_before_a_conflict(store: Subject) {
    let reader = Reader::with_three_events(&store).await;
    let both = caused()
        .if_absent("a-1")
        .moving("reader", Some(reader.at(0)), reader.at(1));
    let error = reader.log.refused(both).await;
    assert!(matches!(error, AppendError::Overtaken(_)), "{error:?}");
}

pub(super) async fn a_reader_moves_within_its_log_alone(store: Subject) {
    let reader = Reader::with_three_events(&store).await;
    reader.save(reader.at(0)).await;
    for strange in [reader.of_another_store(), reader.of_another_epoch()] {
        let refused = refused(&reader, strange).await;
        assert!(
            matches!(refused, CheckpointRefused::OtherStore { .. }),
            "{refused:?}"
        );
    }
}

/// Moves the reader from where it is to where it cannot be moved.
async fn refused(reader: &Reader, to: Checkpoint) -> CheckpointRefused {
    let before = reader.load().await;
    let error = reader
        .log
        .refused(caused().if_absent("a-1").moving("reader", before, to))
        .await;
    assert_eq!(error.class(), ErrorClass::Rejected);
    assert_eq!(reader.load().await, before);
    assert_eq!(reader.log.head("caused-1").await, 0);
    match error {
        AppendError::Checkpoint(refused) => refused,
        other => panic!("the checkpoint should be refused for what it is, not {other:?}"),
    }
}

pub(super) async fn a_reader_does_not_move_to_what_it_causes(store: Subject) {
    let reader = Reader::with_three_events(&store).await;
    let expected = CheckpointRefused::AheadOfLog {
        position: reader.ahead().position,
        head: reader.at(2).position,
    };
    assert_eq!(refused(&reader, reader.ahead()).await, expected);
}

pub(super) async fn a_reader_does_not_move_back(store: Subject) {
    let reader = Reader::with_three_events(&store).await;
    reader.save(reader.at(2)).await;
    let expected = CheckpointRefused::Backwards {
        position: reader.at(1).position,
        saved: reader.at(2).position,
    };
    assert_eq!(refused(&reader, reader.at(1)).await, expected);
}

pub(super) async fn what_was_saved_counts(store: Subject) {
    let reader = Reader::with_three_events(&store).await;
    reader.save(reader.at(0)).await;
    let onwards = caused().moving("reader", Some(reader.at(0)), reader.at(1));
    reader.log.write(onwards).await;
    let expected = CheckpointRefused::Backwards {
        position: reader.at(0).position,
        saved: reader.at(1).position,
    };
    assert_eq!(reader.refused(reader.at(0)).await, expected);
    reader.save(reader.at(2)).await;
    overtaken(&reader, Some(reader.at(1)), Some(reader.at(2))).await;
}

pub(super) async fn a_reader_that_was_forgotten_has_no_checkpoint(store: Subject) {
    let reader = Reader::with_three_events(&store).await;
    reader
        .log
        .write(caused().moving("reader", None, reader.at(2)))
        .await;
    let checkpoints = reader.checkpoints();
    checkpoints.forget("reader").await.expect("it can be forgotten");
    overtaken(&reader, Some(reader.at(2)), None).await;
    reader
        .log
        .write(caused().moving("reader", None, reader.at(0)))
        .await;
    assert_eq!(reader.load().await, Some(reader.at(0)));
}

pub(super) async fn readers_of_one_name_are_apart_by_tenant(store: Subject) {
    let reader = Reader::with_three_events(&store).await;
    let theirs = store.tenant("theirs");
    reader
        .log
        .write(caused().moving("reader", None, reader.at(2)))
        .await;
    theirs.write(caused().moving("reader", None, reader.at(1))).await;
    let error = theirs
        .refused(caused().moving("reader", Some(reader.at(2)), reader.at(2)))
        .await;
    let place = Some(reader.at(1));
    assert!(
        matches!(&error, AppendError::Overtaken(told) if told.saved == place),
        "{error:?}"
    );
    assert_eq!(reader.load().await, Some(reader.at(2)));
    assert_eq!(theirs.head("caused-1").await, 1);
}

pub(super) async fn whoever_opens_the_store_next_finds_the_reader_where_it_was_moved(store: Subject) {
    let reader = Reader::with_three_events(&store).await;
    reader
        .log
        .write(caused().moving("reader", None, reader.at(1)))
        .await;
    let place = reader.at(1);
    drop(reader);
    let opened = store.reopen().await;
    let checkpoints = opened.log().tenant.checkpoints;
    let found = checkpoints.load("reader").await.expect("it should be readable");
    assert_eq!(found, Some(place));
}

pub(super) async fn an_append_that_moved_a_reader_is_settled_by_its_events(store: Subject) {
    let reader = Reader::with_three_events(&store).await;
    let sent = Arc::new(caused().moving("reader", None, reader.at(1)));
    assert_eq!(settled(&reader.log, &sent).await, None);
    let written = reader.log.write(Arc::clone(&sent)).await;
    let rival = Arc::new(caused().moving("reader", None, reader.at(1)));
    assert_eq!(settled(&reader.log, &rival).await, None, "that was another one");
    let checkpoints = reader.checkpoints();
    checkpoints.forget("reader").await.expect("it can be forgotten");
    let found = settled(&reader.log, &sent).await.expect("it took effect");
    assert_eq!((found.events, found.position), (written.events, written.position));
}

pub(super) async fn an_append_that_only_moves_a_reader_is_settled_by_its_checkpoint(store: Subject) {
    let reader = Reader::with_three_events(&store).await;
    let to = |event| Arc::new(append([]).moving("reader", None, reader.at(event)));
    assert_eq!(settled(&reader.log, &to(1)).await, None);
    reader.log.write(to(1)).await;
    for passed in [0, 1] {
        let found = settled(&reader.log, &to(passed))
            .await
            .expect("the reader has come there");
        assert_eq!(found.events, []);
        assert_eq!(found.position, reader.at(2).position);
    }
    assert_eq!(settled(&reader.log, &to(2)).await, None);
    let onwards = append([]).moving("reader", Some(reader.at(1)), reader.at(2));
    reader.log.write(onwards).await;
    assert!(settled(&reader.log, &to(2)).await.is_some());
}

pub(super) async fn an_append_under_a_command_id_is_settled_by_that_and_its_checkpoint(store: Subject) {
    let reader = Reader::with_three_events(&store).await;
    let command = new_command();
    let first = reader.log.write(caused().under(command)).await;
    let again = Arc::new(caused().under(command).moving("reader", None, reader.at(1)));
    assert_eq!(
        settled(&reader.log, &again).await,
        None,
        "the reader was not moved"
    );
    reader.log.write(Arc::clone(&again)).await;
    let found = settled(&reader.log, &again).await.expect("the reader was moved");
    assert_eq!((found.events, found.position), (first.events, first.position));
    let unsent = Arc::new(
        append([])
            .under(new_command())
            .moving("reader", None, reader.at(1)),
    );
    assert_eq!(settled(&reader.log, &unsent).await, None);
}

pub(super) async fn a_dropped_append_moves_the_reader_or_writes_nothing(store: Subject) {
    let reader = Reader::with_three_events(&store).await;
    let mut place = None;
    let mut written = 0;
    for polls in 0..20 {
        let events = if polls % 2 == 0 { caused() } else { append([]) };
        let sent = Arc::new(events.moving("reader", place, reader.log.end().await));
        poll_then_drop(reader.log.raw().append(Arc::clone(&sent)), polls).await;
        let moved = match reader.log.settle(&sent).await {
            Settled::Present(_) => sent.progress.as_ref().map(|progress| progress.to),
            Settled::Absent => None,
        };
        if moved.is_some() {
            written += sent.events.len() as u64;
            place = moved;
        }
        assert_eq!(reader.load().await, place, "dropped at poll {polls}");
        assert_eq!(
            reader.log.head("caused-1").await,
            written,
            "dropped at poll {polls}"
        );
        reader.log.write(append([event("a.Happened", "a-1")])).await;
        assert_eq!(reader.load().await, place, "what was settled stays so");
    }
}

pub(super) async fn of_appends_at_the_same_time_one_moves_the_reader(store: Subject) {
    let reader = Reader::with_three_events(&store).await;
    let mut place = None;
    for round in 1..=10 {
        let to = reader.log.end().await;
        let mut rivals = JoinSet::new();
        for rival in 0..8 {
            let log = reader.log.clone();
            // What is written elsewhere does not keep the rivals apart.
            let own = append([event("a.Caused", &format!("own-{rival}"))]);
            rivals.spawn(async move { log.insist(own.moving("reader", place, to)).await });
        }
        let outcomes = rivals.join_all().await;
        let (done, failed): (Vec<_>, Vec<_>) = outcomes.into_iter().partition(Result::is_ok);
        assert_eq!(done.len(), 1, "in round {round}");
        for error in failed.into_iter().filter_map(Result::err) {
            assert!(
                matches!(&error, AppendError::Overtaken(told) if told.saved == Some(to)),
                "{error:?}"
            );
        }
        assert_eq!(
            reader.log.end().await.position,
            Position::new(to.position.get() + 1)
        );
        place = Some(to);
    }
}

pub(super) async fn readers_that_race_take_each_step_once(store: Subject) {
    const STEPS: u64 = 200;
    let log = store.log();
    log.write(append((0..STEPS).map(|_| event("a.Happened", "a-1"))))
        .await;
    let steps: Arc<[Checkpoint]> = log
        .feed()
        .await
        .iter()
        .map(|event| Checkpoint {
            store: store.store.identity(),
            position: event.position,
        })
        .collect();
    let mut instances = JoinSet::new();
    for _ in 0..16 {
        instances.spawn(take_steps(log.clone(), Arc::clone(&steps)));
    }
    let taken: usize = instances.join_all().await.into_iter().sum();
    let caused = log.slice(whole("caused-1")).await.events;
    let payloads: Vec<_> = caused.iter().map(|event| event.payload.clone()).collect();
    let expected: Vec<_> = (0..STEPS).map(|step| step.to_string()).collect();
    assert_eq!(payloads, expected, "each step has its event once, in order");
    assert_eq!(taken as u64, STEPS);
}

/// Takes steps until all are taken by somebody, and counts its own.
async fn take_steps(log: Log, steps: Arc<[Checkpoint]>) -> usize {
    let mut taken = 0;
    let mut place = load(&log).await;
    loop {
        let next = steps
            .iter()
            .position(|step| Some(*step) == place)
            .map_or(0, |at| at + 1);
        let Some(to) = steps.get(next) else { return taken };
        let caused = event("a.Caused", "caused-1").with_payload(next.to_string());
        place = match log.insist(append([caused]).moving("reader", place, *to)).await {
            Ok(_) => {
                taken += 1;
                Some(*to)
            }
            Err(AppendError::Overtaken(overtaken)) => overtaken.saved,
            Err(other) => panic!("somebody else should be faster at most, not {other:?}"),
        };
    }
}

async fn load(log: &Log) -> Option<Checkpoint> {
    let loaded = log.tenant.checkpoints.load("reader").await;
    loaded.expect("the checkpoint should be readable")
}

/// What a reader writes because of what it has read, with an event id of its own each time.
fn caused() -> Append {
    append([event("a.Caused", "caused-1")])
}

async fn settled(log: &Log, append: &Arc<Append>) -> Option<Appended> {
    match log.settle(append).await {
        Settled::Present(appended) => Some(appended),
        Settled::Absent => None,
    }
}
