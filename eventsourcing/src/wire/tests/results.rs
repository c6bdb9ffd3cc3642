//! Every class of result.

use std::time::Duration;

use serde_json::json;

use super::app::{Failing, NoteId, Wipe, builder, command, dispatcher, id, note, success, wipe, write};
use crate::execute::Executor;
use crate::memory::MemoryStore;
use crate::service::Service as _;
use crate::store::{AppendError, StoreError};
use crate::wire::{CommandResult, Dispatcher, Rejection, WireMetadata};
use crate::{Actor, StreamId, TenantId, Version};

#[tokio::test]
async fn success_tells_what_has_happened() {
    let dispatcher = dispatcher();
    let first = success(dispatcher.dispatch(write(1, "one")).await);
    assert_eq!(first.versions, [(note(1), Version::FIRST)].into());
    assert_eq!(first.events[0].event_type, "note.Written");
    assert!(!first.repeated);

    let second = success(dispatcher.dispatch(wipe(1, 2)).await);
    assert!(second.position > first.position);
    assert_eq!(
        second.versions,
        [(note(1), Version::new(2)), (note(2), Version::FIRST)].into()
    );
}

#[tokio::test]
async fn a_rejection_tells_what_the_domain_says() {
    let dispatcher = dispatcher();
    assert_eq!(
        dispatcher.dispatch(write(1, "")).await,
        CommandResult::Rejected(Rejection::new("there is nothing to write"))
    );
    let with_code = Rejection::new("there is nothing to write")
        .with_code("empty")
        .with_details(json!({ "notes": 2 }));
    assert_eq!(
        dispatcher.dispatch(wipe(1, 2)).await,
        CommandResult::Rejected(with_code)
    );
}

#[tokio::test]
async fn what_cannot_be_prepared_is_rejected() {
    let executor = Executor::builder(MemoryStore::new())
        .resource(vec![number(3)])
        .build();
    let dispatcher = Dispatcher::builder(executor, super::app::Notes::TABLE).build();
    let CommandResult::Rejected(rejection) = dispatcher.dispatch(wipe(3, 1)).await else {
        panic!("it was to be rejected");
    };
    assert_eq!(rejection.message, "`3` is not to be written");
}

fn number(number: u32) -> NoteId {
    serde_json::from_value(json!(number)).unwrap()
}

#[tokio::test]
async fn another_version_than_the_expected_one_is_a_conflict() {
    let dispatcher = dispatcher();
    let expecting = |version| {
        let mut command = write(1, &format!("at {version}"));
        command.metadata.expected_version = Some(Version::new(version));
        command
    };
    assert_eq!(
        dispatcher.dispatch(expecting(1)).await,
        CommandResult::Conflict {
            message: "the stream `note-1` was expected at version 1, and is at 0".to_owned()
        }
    );
    success(dispatcher.dispatch(expecting(0)).await);
    success(dispatcher.dispatch(expecting(1)).await);
    assert!(matches!(
        dispatcher.dispatch(expecting(1)).await,
        CommandResult::Conflict { .. }
    ));
}

#[tokio::test]
async fn a_repeated_command_is_no_conflict_with_itself() {
    let dispatcher = dispatcher();
    let mut command = write(1, "one").with_id(id(1));
    command.metadata.expected_version = Some(Version::ABSENT);
    let first = success(dispatcher.dispatch(command.clone()).await);
    let second = success(dispatcher.dispatch(command).await);
    assert!(second.repeated);
    assert_eq!((first.position, first.events), (second.position, second.events));
}

#[tokio::test]
async fn what_makes_no_sense_is_told_with_its_place() {
    let dispatcher = dispatcher();
    let place_and_message = async |command| match dispatcher.dispatch(command).await {
        CommandResult::Invalid { path, message } => (path, message),
        other => panic!("it was to be invalid: {other:?}"),
    };

    let (path, message) = place_and_message(command("Wipe", &json!({ "note": 1, "other": "two" }))).await;
    assert_eq!(path, "/payload/other");
    assert!(
        message.starts_with("invalid type: string \"two\", expected u32"),
        "{message}"
    );

    let (path, message) = place_and_message(command("Wipe", &json!({ "note": 1 }))).await;
    assert_eq!(path, "/payload");
    assert!(message.starts_with("missing field `other`"), "{message}");

    let deep = crate::wire::WireCommand::from_bytes("Wipe", "[".repeat(1_000));
    let (path, message) = place_and_message(deep).await;
    assert_eq!(
        (&*path, &*message),
        ("/payload", "1000 levels of a JSON payload, 64 are allowed")
    );

    let mut without_target = wipe(1, 2);
    without_target.metadata.expected_version = Some(Version::FIRST);
    let (path, _) = place_and_message(without_target).await;
    assert_eq!(path, "/metadata/expected_version");

    success(dispatcher.dispatch(write(1, "one").with_id(id(1))).await);
    let (path, message) = place_and_message(write(1, "two").with_id(id(1))).await;
    assert_eq!(path, "/id");
    assert!(
        message.ends_with("was used before, for something else"),
        "{message}"
    );
}

#[tokio::test]
async fn an_unknown_command_brings_suggestions() {
    let dispatcher = dispatcher();
    for sent in [
        command("Wirte", &json!({})).for_target(note(1)),
        command("Write", &json!({})),
    ] {
        let CommandResult::UnknownCommand { name, suggestions } = dispatcher.dispatch(sent.clone()).await
        else {
            panic!("it is not known");
        };
        assert_eq!(name, sent.name);
        assert_eq!(suggestions[0], "note/Write");
    }
}

#[tokio::test]
async fn too_many_commands_at_a_time_are_too_many() {
    let dispatcher = builder(MemoryStore::new()).max_in_flight(0).build();
    assert!(matches!(
        dispatcher.dispatch(write(1, "one")).await,
        CommandResult::Overloaded { .. }
    ));
}

#[tokio::test]
async fn a_command_that_has_no_time_finds_the_service_unavailable() {
    let store = Failing(|| StoreError::unavailable("gone fishing").into());
    let mut command = write(1, "one");
    command.metadata.deadline = Some(Duration::ZERO);
    assert!(matches!(
        builder(store).build().dispatch(command).await,
        CommandResult::Unavailable { .. }
    ));
}

#[tokio::test]
async fn an_answer_that_is_lost_for_good_leaves_the_outcome_unknown() {
    let store = Failing(|| AppendError::UnknownOutcome("line cut".into()));
    assert!(matches!(
        builder(store).build().dispatch(write(1, "one")).await,
        CommandResult::UnknownOutcome { .. }
    ));
}

#[tokio::test]
async fn what_is_broken_is_told_as_such() {
    let dispatcher = dispatcher();
    assert_eq!(
        dispatcher.dispatch(write(1, "panic")).await,
        CommandResult::Failed {
            message: "the command panicked: told to".to_owned()
        }
    );
    success(dispatcher.dispatch(write(1, "one")).await);

    let store = Failing(|| StoreError::broken("a disk").into());
    assert_eq!(
        builder(store).build().dispatch(write(1, "one")).await,
        CommandResult::Failed {
            message: "the command cannot be decided: the store is broken: a disk".to_owned()
        }
    );
}

#[tokio::test]
async fn a_command_of_the_same_id_is_the_same_by_name_and_by_type() {
    let executor = Executor::new(MemoryStore::new());
    let dispatcher = Dispatcher::builder(executor.clone(), super::app::Notes::TABLE).build();
    success(dispatcher.dispatch(write(1, "one")).await);
    let by_name = success(dispatcher.dispatch(wipe(1, 2).with_id(id(1))).await);

    let typed = Wipe {
        note: number(1),
        other: number(2),
    };
    let by_type = executor.execute(typed).command_id(id(1)).await.unwrap();
    assert!(by_type.is_repeated());
    assert_eq!(by_type.position(), by_name.position);
}

#[tokio::test]
async fn everything_that_is_known_of_a_command_is_kept_beside_its_events() {
    let sent = WireMetadata {
        correlation_id: Some(id(2).into()),
        causation_id: Some(id(3).into()),
        actor: Some(Actor::new("alice").unwrap()),
        tenant: TenantId::new("acme").unwrap(),
        extra: [("ip".to_owned(), "127.0.0.1".to_owned())].into(),
        ..WireMetadata::default()
    };
    let command = write(1, "one").with_id(id(1)).with_metadata(sent.clone());
    let success = success(dispatcher().dispatch(command).await);
    let event = &success.events[0];
    assert_eq!(event.tenant, sent.tenant);
    let kept = event.metadata().unwrap();
    assert_eq!((success.command_id, kept.command_id), (id(1), id(1)));
    assert_eq!(Some(kept.correlation_id), sent.correlation_id);
    assert_eq!(Some(kept.causation_id), sent.causation_id);
    assert_eq!((kept.actor, kept.extra), (sent.actor, sent.extra));
}

#[tokio::test]
async fn a_typed_command_may_expect_the_version_of_any_stream() {
    let executor = Executor::new(MemoryStore::new());
    let dispatcher = Dispatcher::builder(executor.clone(), super::app::Notes::TABLE).build();
    success(dispatcher.dispatch(write(1, "one")).await);
    let wipe = Wipe {
        note: number(1),
        other: number(2),
    };
    let elsewhere = StreamId::new("clock").unwrap();
    let expecting = |version| {
        executor
            .execute(wipe.clone())
            .expected_version(elsewhere.clone(), version)
    };
    assert!(expecting(Version::FIRST).await.is_err());
    assert!(expecting(Version::ABSENT).await.is_ok());
}
