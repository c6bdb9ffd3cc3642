use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use eventsourcing::{Actor, TenantId};
use eventsourcing_server::{Identity, Server, ServerLimits, WebSocketLimits};
use serde_json::json;
use tokio_tungstenite::tungstenite::Error;

use super::client::{Client, create};
use crate::app::{app, listening, router};
use crate::client::get;

#[tokio::test]
async fn the_server_says_hello_with_what_a_client_has_to_know() {
    let limits = ServerLimits {
        websocket: WebSocketLimits {
            commands: 7,
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
    let (_, hello) = Client::greeted(server.address(), &[]).await;
    let expected = json!({
        "type": "hello",
        "protocol": "eventsourcing.v1",
        "service": "TodoApp",
        "limits": {
            "message_bytes": (1024 + 128) * 1024,
            "commands": 7,
            "subscriptions": 16,
            "ping_interval_ms": 20_000,
        },
    });
    assert_eq!(hello, expected);
    server.shutdown().await.unwrap();
}

#[tokio::test]
async fn what_is_no_websocket_is_told_so() {
    get(&router().await, "/ws").await.problem(400, "malformed");
}

#[tokio::test]
async fn who_does_not_speak_the_protocol_is_refused() {
    let server = listening(app().await).await;
    for headers in [&[][..], &[("sec-websocket-protocol", "eventsourcing.v0")]] {
        let Err(error) = Client::connect(server.address(), headers).await else {
            panic!("{headers:?} is accepted");
        };
        let Error::Http(response) = *error else {
            panic!("{error:?}");
        };
        assert_eq!(response.status(), 400);
        let body = String::from_utf8(response.into_body().unwrap()).unwrap();
        assert!(
            body.contains("offer the subprotocol `eventsourcing.v1`"),
            "{body}"
        );
    }
    server.shutdown().await.unwrap();
}

#[tokio::test]
async fn one_of_several_protocols_is_enough() {
    let server = listening(app().await).await;
    let offer = ("sec-websocket-protocol", "soap, eventsourcing.v1");
    Client::connect(server.address(), &[offer]).await.unwrap();
    server.shutdown().await.unwrap();
}

#[tokio::test]
async fn commands_run_on_behalf_of_whoever_has_opened_the_connection_and_in_their_tenant() {
    let alice = from_fn(async |mut request: Request, next: Next| {
        let alice = Identity::of(Actor::new("alice").unwrap());
        let tenant = request.headers()["x-org"].to_str().unwrap().to_owned();
        let identity = alice.with_tenant(TenantId::new(&tenant).unwrap());
        request.extensions_mut().insert(identity);
        next.run(request).await
    });
    let server = Server::new(app().await)
        .auth(alice)
        .bind("127.0.0.1:0")
        .start()
        .await
        .unwrap();
    let (mut client, _) = Client::greeted(server.address(), &[("x-org", "acme")]).await;
    let (mut other, _) = Client::greeted(server.address(), &[("x-org", "other")]).await;

    let result = client.commands("1", create("1")).await;
    assert_eq!(result["success"]["events"][0]["actor"], "alice");
    assert_eq!(result["success"]["events"][0]["tenantid"], "acme");

    let mut foreign = create("2");
    foreign["metadata"] = json!({ "actor": "bob" });
    assert_eq!(client.commands("2", foreign).await["problem"]["status"], 400);

    other
        .subscribes(json!({ "subscription": "all", "credits": 9 }))
        .await;
    other.creates("3").await;
    let event = other.hears_of("events").await["events"][0].clone();
    assert_eq!(
        (&event["subject"], &event["tenantid"]),
        (&json!("todo-3"), &json!("other"))
    );
    server.shutdown().await.unwrap();
}
