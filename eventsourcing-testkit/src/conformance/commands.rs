//! A command id makes an append take effect once, however often it is sent.

use eventsourcing_core::store::{
    Append, AppendError, CommandKey, ErrorClass, Fingerprint, ReadError, StreamsRead,
};
use tokio::task::JoinSet;

use super::{Log, Subject};
use crate::fixture::{AppendExt, append, event, new_command, read, whole};

pub(super) async fn a_repeated_command_returns_its_first_outcome(store: Subject) {
    let log = store.log();
    let command = new_command();
    let first = log.write(deposit().under(command)).await;
    let again = log.write(deposit().under(command)).await;
    assert!(!first.repeated && again.repeated);
    assert_eq!((again.events, again.position), (first.events, first.position));
}

pub(super) async fn a_repeated_command_writes_nothing(store: Subject) {
    let log = store.log();
    let command = new_command();
    log.write(deposit().under(command)).await;
    log.write(deposit().under(command)).await;
    assert_eq!(log.head("account-1").await, 1);
    assert_eq!(log.feed().await.len(), 1);
}

pub(super) async fn a_repeated_command_is_found_before_its_conditions_are_checked(store: Subject) {
    let log = store.log();
    let command = new_command();
    log.write(deposit().if_absent("account-1").under(command)).await;
    let again = log.write(deposit().if_absent("account-1").under(command)).await;
    assert!(again.repeated);
}

pub(super) async fn the_first_outcome_stays_what_it_was(store: Subject) {
    let log = store.log();
    let command = new_command();
    let first = log.write(deposit().under(command)).await;
    for _ in 0..3 {
        log.write(deposit()).await;
    }
    let again = log.write(deposit().under(command)).await;
    assert_eq!((again.events, again.position), (first.events, first.position));
}

pub(super) async fn a_command_without_events_is_recorded(store: Subject) {
    let log = store.log();
    log.write(deposit()).await;
    let command = new_command();
    let first = log.write(append([]).if_at("account-1", 1).under(command)).await;
    log.write(deposit()).await;
    let again = log.write(append([]).if_at("account-1", 1).under(command)).await;
    assert!(!first.repeated && again.repeated);
    assert!(again.events.is_empty());
    assert_eq!(again.position, first.position);
}

pub(super) async fn another_command_under_the_same_id_is_refused(store: Subject) {
    let log = store.log();
    let command = new_command();
    log.write(deposit().under(command)).await;
    let error = log
        .refused(deposit().under(another_with_the_id_of(command)))
        .await;
    assert!(
        matches!(&error, AppendError::IdReused(reused) if reused.id == command.id),
        "{error:?}"
    );
    assert_eq!(error.class(), ErrorClass::Rejected);
    assert_eq!(log.head("account-1").await, 1);
}

pub(super) async fn another_command_under_the_same_id_is_refused_before_conditions_are_checked(
    store: Subject,
) {
    let log = store.log();
    let command = new_command();
    log.write(deposit().under(command)).await;
    let error = log
        .refused(
            deposit()
                .if_absent("account-1")
                .under(another_with_the_id_of(command)),
        )
        .await;
    assert!(matches!(error, AppendError::IdReused(_)), "{error:?}");
}

pub(super) async fn another_command_under_the_same_id_is_refused_when_streams_are_read(store: Subject) {
    let log = store.log();
    let command = new_command();
    log.write(deposit().under(command)).await;
    let mut lookup = read([whole("account-1")]);
    lookup.command = Some(another_with_the_id_of(command));
    let error = log
        .raw()
        .read_streams(&lookup)
        .await
        .expect_err("the id is taken");
    assert!(
        matches!(&error, ReadError::IdReused(reused) if reused.id == command.id),
        "{error:?}"
    );
}

pub(super) async fn a_failed_append_records_no_command(store: Subject) {
    let log = store.log();
    log.write(deposit()).await;
    let command = new_command();
    log.conflict(deposit().if_absent("account-1").under(command))
        .await;
    assert_eq!(look_up(&log, command).await.repeated, None);
    let retried = log.write(deposit().if_at("account-1", 1).under(command)).await;
    assert!(!retried.repeated);
    assert_eq!(log.head("account-1").await, 2);
}

pub(super) async fn a_command_is_found_when_streams_are_read(store: Subject) {
    let log = store.log();
    let command = new_command();
    let first = log.write(deposit().under(command)).await;
    let found = look_up(&log, command)
        .await
        .repeated
        .expect("the command has run");
    assert!(found.repeated);
    assert_eq!((found.events, found.position), (first.events, first.position));
}

pub(super) async fn a_command_without_events_is_found_when_streams_are_read(store: Subject) {
    let log = store.log();
    let command = new_command();
    let first = log.write(append([]).under(command)).await;
    let found = look_up(&log, command)
        .await
        .repeated
        .expect("the command has run");
    assert!(found.events.is_empty());
    assert_eq!(found.position, first.position);
}

pub(super) async fn a_command_that_has_not_run_is_not_found(store: Subject) {
    let log = store.log();
    log.write(deposit().under(new_command())).await;
    let looked_up = look_up(&log, new_command()).await;
    assert_eq!(looked_up.repeated, None);
    assert_eq!(
        looked_up.slices[0].events.len(),
        1,
        "the streams are read all the same"
    );
}

pub(super) async fn commands_sent_at_the_same_time_take_effect_once(store: Subject) {
    let log = store.log();
    for round in 1..=10 {
        let command = new_command();
        let mut senders = JoinSet::new();
        for _ in 0..8 {
            let log = log.clone();
            senders.spawn(async move { log.insist(deposit().under(command)).await });
        }
        let outcomes = senders.join_all().await;
        let outcomes: Vec<_> = outcomes
            .into_iter()
            .map(|outcome| outcome.expect("a repetition succeeds"))
            .collect();
        assert_eq!(outcomes.iter().filter(|outcome| !outcome.repeated).count(), 1);
        assert!(
            outcomes
                .iter()
                .all(|outcome| outcome.events == outcomes[0].events)
        );
        assert_eq!(log.head("account-1").await, round);
    }
}

/// An event with an id of its own each time, as a command makes it that is decided anew.
fn deposit() -> Append {
    append([event("account.Deposited", "account-1")])
}

fn another_with_the_id_of(command: CommandKey) -> CommandKey {
    CommandKey {
        id: command.id,
        fingerprint: Fingerprint::of("test.Another", b"{}"),
    }
}

async fn look_up(log: &Log, command: CommandKey) -> StreamsRead {
    let mut lookup = read([whole("account-1")]);
    lookup.command = Some(command);
    log.raw()
        .read_streams(&lookup)
        .await
        .expect("the streams should be readable")
}
