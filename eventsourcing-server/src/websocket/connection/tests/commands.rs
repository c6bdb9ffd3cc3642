use eventsourcing::{Actor, TenantId};
use serde_json::json;

use super::world::{World, command};
use crate::auth::Identity;
use crate::websocket::connection::{Action, Frame};

#[test]
fn commands_are_pipelined_and_answered_in_the_order_in_which_they_are_done() {
    let mut world = World::new();
    for request in ["1", "2"] {
        world.hears(&command(request));
    }
    for expected in ["1", "2"] {
        let Some(Action::Dispatch { request, command }) = world.connection.next_action() else {
            panic!("it dispatches nothing");
        };
        assert_eq!(request.to_string(), expected);
        assert_eq!(command.name, "Ring");
    }
    world.done("2");
    world.done("1");
    assert_eq!(world.says()["request"], "2");
    assert_eq!(world.says()["request"], "1");
}

#[test]
fn nothing_is_read_while_as_many_commands_are_under_way_as_there_may_be() {
    let mut world = World::new();
    for request in ["1", "2", "3"] {
        assert!(world.connection.wants_input());
        world.hears(&command(request));
    }
    assert!(!world.connection.wants_input());
    world.done("2");
    assert!(world.connection.wants_input());
}

#[test]
fn nothing_is_read_while_too_many_answers_wait() {
    let mut world = World::new();
    for _ in 0..4 {
        assert!(world.connection.wants_input());
        world.hears(&json!({ "type": "ping", "nonce": "7" }));
    }
    assert!(!world.connection.wants_input());
    assert_eq!(world.says(), json!({ "type": "pong", "nonce": "7" }));
    assert!(world.connection.wants_input());
}

#[test]
fn a_request_that_is_under_way_is_not_begun_twice() {
    let mut world = World::new();
    world.hears(&command("1"));
    world.hears(&command("1"));
    let answer = world.says();
    assert_eq!(
        (&answer["type"], &answer["request"]),
        (&json!("error"), &json!("1"))
    );
    assert!(world.connection.next_action().is_some());
    assert!(world.connection.next_action().is_none());
    world.done("1");
    assert_eq!(world.says()["type"], "result");
    world.hears(&command("1"));
    assert!(world.connection.next_action().is_some());
}

#[test]
fn a_command_is_that_of_whoever_has_opened_the_connection() {
    let alice = Identity::of(Actor::new("alice").unwrap()).with_tenant(TenantId::new("acme").unwrap());
    let mut world = World::of(alice);
    world.says();
    for metadata in [
        json!({}),
        json!({ "actor": "alice" }),
        json!({ "tenant": "acme" }),
    ] {
        let command = json!({ "name": "Ring", "metadata": metadata });
        world.hears(&json!({ "type": "command", "request": "1", "command": command }));
        let Some(Action::Dispatch { command, .. }) = world.connection.next_action() else {
            panic!("{metadata} is refused");
        };
        assert_eq!(command.metadata.actor.unwrap(), *"alice");
        assert_eq!(command.metadata.tenant, *"acme");
        world.done("1");
        world.says();
    }
}

#[test]
fn a_command_that_names_others_is_refused() {
    let acme = Identity::default().with_tenant(TenantId::new("acme").unwrap());
    for (identity, metadata, path) in [
        (Identity::default(), json!({ "actor": "bob" }), "/metadata/actor"),
        (
            Identity::default(),
            json!({ "tenant": "acme" }),
            "/metadata/tenant",
        ),
        (acme.clone(), json!({ "tenant": "other" }), "/metadata/tenant"),
        (acme, json!({ "tenant": TenantId::DEFAULT }), "/metadata/tenant"),
    ] {
        let mut world = World::of(identity);
        world.says();
        let command = json!({ "name": "Ring", "metadata": metadata });
        world.hears(&json!({ "type": "command", "request": "1", "command": command }));
        let answer = world.says();
        assert_eq!(
            (&answer["type"], &answer["request"]),
            (&json!("result"), &json!("1"))
        );
        assert_eq!(answer["problem"]["status"], 400, "{metadata}");
        assert_eq!(answer["problem"]["path"], path, "{metadata}");
        assert!(world.connection.next_action().is_none());
    }
}

#[test]
fn a_command_that_cannot_be_read_is_answered_with_the_place_where_it_is_wrong() {
    let mut world = World::new();
    let command = json!({ "name": "Ring", "target": "Bell 1" });
    world.hears(&json!({ "type": "command", "request": "1", "command": command }));
    let answer = world.says();
    assert_eq!(answer["problem"]["status"], 400);
    assert_eq!(answer["problem"]["path"], "/target");
    assert!(world.connection.wants_input());
}

#[test]
fn a_message_that_is_not_understood_ends_the_connection_and_says_why() {
    let deep = format!(
        r#"{{"type":"command","request":"1","command":{}{}}}"#,
        "[".repeat(400),
        "]".repeat(400)
    );
    for (text, why) in [
        ("", "EOF"),
        ("7", "invalid type"),
        ("{}", "missing field `type`"),
        (r#"{"type":"subscripe"}"#, "`subscribe`"),
        (
            r#"{"type":"command","command":{"name":"Ring"}}"#,
            "names its `request`",
        ),
        (
            r#"{"type":"credit","request":"1","events":1}"#,
            "names its `subscription`",
        ),
        (r#"{"type":"ping","nonce":"a b"}"#, "characters A-Z"),
        (r#"{"type":"ping","nonce":"1"} "#, ""),
        (r#"{"type":"ping"} {"type":"ping"}"#, "trailing"),
        (&deep, "levels"),
        (&"x".repeat(1_001), "bytes"),
    ] {
        let mut world = World::new();
        world.hears_text(text);
        let answer = world.says();
        if why.is_empty() {
            assert_eq!(answer["type"], "pong");
            continue;
        }
        assert_eq!(answer["type"], "error", "{text}");
        let detail = answer["problem"]["detail"].as_str().unwrap();
        assert!(detail.contains(why), "{text}: {detail}");
        assert!(matches!(world.sends(), Some(Frame::Close(farewell)) if farewell.code == 1002));
        assert!(world.is_silent());
    }
}
