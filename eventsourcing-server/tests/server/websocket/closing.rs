use std::time::Duration;

use eventsourcing_server::{Server, ServerLimits, WebSocketLimits};
use serde_json::json;
use tokio_tungstenite::tungstenite::Message;

use super::client::{Client, create};
use crate::app::{app, listening, start};
use crate::gate::GatedStore;

#[tokio::test]
async fn what_is_not_understood_ends_the_connection_with_a_reason() {
    let limits = ServerLimits {
        websocket: WebSocketLimits {
            message_bytes: 2_000,
            ..WebSocketLimits::default()
        },
        ..ServerLimits::default()
    };
    let server = Server::new(app().await)
        .limits(limits)
        .bind("127.0.0.1:0")
        .start()
        .await
        .unwrap();
    for (message, detail, code) in [
        (Message::text("hello"), "expected value", 1002),
        (
            Message::text(r#"{"type":"sing"}"#),
            "the `type` of a message is `command`",
            1002,
        ),
        (Message::binary(&b"{}"[..]), "messages are text", 1003),
        (Message::text("x".repeat(2_001)), "at most 2000 bytes", 1009),
    ] {
        let mut client = Client::of(&server).await;
        client.sends(message).await;
        let error = client.hears_of("error").await;
        let told = error["problem"]["detail"].as_str().unwrap();
        assert!(told.contains(detail), "{told}");
        assert_eq!(client.ends().await.code, code, "{detail}");
    }
    server.shutdown().await.unwrap();
}

#[tokio::test]
async fn at_shutdown_commands_are_settled_and_subscribers_sent_elsewhere() {
    let store = GatedStore::new();
    let server = listening(start(store.clone()).await).await;
    let mut client = Client::of(&server).await;
    let cursor = client
        .subscribes(json!({ "subscription": "all", "credits": "unlimited" }))
        .await;
    client
        .says(json!({ "type": "command", "request": "1", "command": create("1") }))
        .await;
    store.arrived().await;

    let leave = async {
        let ended = client.hears_of("ended").await;
        assert_eq!(
            (&ended["reason"], &ended["cursor"]),
            (&json!("shutting_down"), &cursor)
        );
        let goodbye = client.hears_of("goodbye").await;
        assert_eq!(goodbye["reason"], "shutting_down");
        assert!(goodbye["retry_after_ms"].is_u64());
        store.open();
        let result = client.hears_of("result").await;
        assert!(result["success"].is_object(), "{result}");
        let closed = client.ends().await;
        assert_eq!(
            (closed.code, &*closed.reason),
            (1012, "the service is shutting down")
        );
    };
    let (shutdown, ()) = tokio::join!(server.shutdown(), leave);
    shutdown.unwrap();
}

#[tokio::test]
async fn who_does_not_read_is_cut_off_and_gives_up_its_place() {
    let limits = ServerLimits {
        connections: 1,
        websocket: WebSocketLimits {
            write_timeout: Duration::from_millis(50),
            close_timeout: Duration::from_millis(50),
            // Nothing else comes to pass meanwhile.
            ping_interval: Duration::from_hours(1),
            ..WebSocketLimits::default()
        },
        ..ServerLimits::default()
    };
    let runtime = app().await;
    let server = Server::new(runtime.clone())
        .limits(limits)
        .bind("127.0.0.1:0")
        .start()
        .await
        .unwrap();
    let mut client = Client::of(&server).await;
    client
        .subscribes(json!({ "subscription": "all", "credits": "unlimited" }))
        .await;
    // More than any operating system keeps for a connection.
    let title = "x".repeat(900_000);
    for id in 0..32 {
        let create = eventsourcing::wire::WireCommand::new("Create", &json!({ "title": title })).unwrap();
        let target = eventsourcing::StreamId::new(&format!("todo-{id}")).unwrap();
        assert!(runtime.dispatch(create.for_target(target)).await.is_success());
    }
    // There is room for another one as soon as the first is cut off.
    let mut other = Client::of(&server).await;
    other.creates("other").await;
    drop(client);
    server.shutdown().await.unwrap();
}
