//! A reader moves together with what it has caused, or neither happens.

use eventsourcing_core::store::{
    Append, AppendError, Checkpoint, CheckpointRefused, CommandKey, ErrorClass, Fingerprint, Overtaken,
};

use super::{Reader, Subject};
use crate::fixture::{AppendExt, append, event, new_command};

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

/// What a reader writes because of what it has read, with an event id of its own each time.
fn caused() -> Append {
    append([event("a.Caused", "caused-1")])
}
