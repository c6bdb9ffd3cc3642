//! The target of a command, and the `id` in its payload.

use serde_json::json;

use super::app::{command, dispatcher, note, success};
use crate::wire::{CommandResult, WireCommand};

#[tokio::test]
async fn the_id_of_an_aggregate_need_not_be_repeated() {
    let dispatcher = dispatcher();
    for payload in [
        r#"{"text":"one"}"#,
        r#" { "text" : "two" } "#,
        r#"{"id":1,"text":"three"}"#,
        r#"{"text":"the \"id\" is not here"}"#,
    ] {
        let command = WireCommand::from_bytes("Write", payload).for_target(note(1));
        let success = success(dispatcher.dispatch(command).await);
        assert_eq!(success.events[0].home.stream, note(1), "{payload}");
    }
}

#[tokio::test]
async fn an_id_that_contradicts_the_target_is_refused() {
    let command = command("Write", &json!({ "id": 2, "text": "one" })).for_target(note(1));
    assert_eq!(
        dispatcher().dispatch(command).await,
        CommandResult::Invalid {
            path: "/payload/id".to_owned(),
            message: "the command is for `note-2`, and was sent to `note-1`".to_owned()
        }
    );
}

#[tokio::test]
async fn a_target_whose_key_cannot_be_read_is_refused() {
    let target = crate::StreamId::new("note-one").unwrap();
    let command = command("Write", &json!({ "text": "one" })).for_target(target);
    let CommandResult::Invalid { path, message } = dispatcher().dispatch(command).await else {
        panic!("it was to be invalid");
    };
    assert_eq!(path, "/payload/id");
    assert!(
        message.starts_with("the key of `note-one` cannot be read"),
        "{message}"
    );
}

#[tokio::test]
async fn a_payload_that_is_no_object_is_refused() {
    for payload in ["", "7", "[]", "{", "}", "{}}", r#"{"text":"one",}"#] {
        let command = WireCommand::from_bytes("Write", payload).for_target(note(1));
        let result = dispatcher().dispatch(command).await;
        assert!(
            matches!(result, CommandResult::Invalid { .. }),
            "{payload}: {result:?}"
        );
    }
}
