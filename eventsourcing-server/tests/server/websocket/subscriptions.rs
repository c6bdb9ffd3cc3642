use serde_json::{Value, json};

use super::client::Client;
use crate::app::{app, listening};

fn all() -> Value {
    json!({ "subscription": "all", "credits": "unlimited" })
}

#[tokio::test]
async fn a_subscription_gives_what_there_is_and_then_what_comes() {
    let server = listening(app().await).await;
    let mut client = Client::of(&server).await;
    client.creates("1").await;
    client.creates("2").await;
    client.subscribes(all()).await;
    assert_eq!(client.hears_events(2).await, ["todo-1", "todo-2"]);
    let caught_up = client.hears_of("caught_up").await;
    assert_eq!(caught_up["subscription"], "all");
    client
        .says(json!({ "type": "command", "request": "3", "command": super::client::create("3") }))
        .await;
    assert_eq!(client.hears_events(1).await, ["todo-3"]);
    server.shutdown().await.unwrap();
}

#[tokio::test]
async fn events_are_those_of_http() {
    let server = listening(app().await).await;
    let mut client = Client::of(&server).await;
    let result = client.commands("1", super::client::create("1")).await;
    client.subscribes(all()).await;
    let message = client.hears_of("events").await;
    assert_eq!(message["events"], result["success"]["events"]);
    assert_eq!(message["events"][0]["specversion"], "1.0");
    server.shutdown().await.unwrap();
}

#[tokio::test]
async fn a_subscription_goes_on_after_the_cursor_of_another_connection() {
    let server = listening(app().await).await;
    let mut first = Client::of(&server).await;
    first.creates("1").await;
    first.subscribes(all()).await;
    let cursor = first.hears_of("events").await["cursor"].clone();
    first.creates("2").await;
    drop(first);
    let mut second = Client::of(&server).await;
    let mut rest = all();
    rest["after"] = cursor.clone();
    assert_eq!(second.subscribes(rest).await, cursor);
    assert_eq!(second.hears_events(1).await, ["todo-2"]);
    server.shutdown().await.unwrap();
}

#[tokio::test]
async fn from_the_end_only_what_comes_is_heard() {
    let server = listening(app().await).await;
    let mut client = Client::of(&server).await;
    client.creates("1").await;
    let mut now = all();
    now["after"] = json!("end");
    let cursor = client.subscribes(now).await;
    assert_eq!(client.hears_of("caught_up").await["cursor"], cursor);
    client
        .says(json!({ "type": "command", "request": "2", "command": super::client::create("2") }))
        .await;
    assert_eq!(client.hears_events(1).await, ["todo-2"]);
    server.shutdown().await.unwrap();
}

#[tokio::test]
async fn a_client_gets_as_many_events_as_it_has_given_credit_for() {
    let server = listening(app().await).await;
    let mut client = Client::of(&server).await;
    for id in ["1", "2", "3", "4"] {
        client.creates(id).await;
    }
    client
        .subscribes(json!({ "subscription": "some", "credits": 1 }))
        .await;
    let events = client.hears_of("events").await;
    assert_eq!(events["events"].as_array().unwrap().len(), 1);
    // Nothing comes between: the pong would be behind it.
    client.says(json!({ "type": "ping", "nonce": "any-more" })).await;
    assert_eq!(
        client.hears().await,
        json!({ "type": "pong", "nonce": "any-more" })
    );
    client
        .says(json!({ "type": "credit", "subscription": "some", "events": 2 }))
        .await;
    assert_eq!(client.hears_events(2).await, ["todo-2", "todo-3"]);
    client
        .says(json!({ "type": "unsubscribe", "subscription": "some" }))
        .await;
    let ended = client.hears_of("ended").await;
    assert_eq!(ended["reason"], "unsubscribed");
    let mut rest = all();
    rest["after"] = ended["cursor"].clone();
    client.subscribes(rest).await;
    assert_eq!(client.hears_events(1).await, ["todo-4"]);
    server.shutdown().await.unwrap();
}

#[tokio::test]
async fn each_subscription_has_a_filter_of_its_own() {
    let server = listening(app().await).await;
    let mut client = Client::of(&server).await;
    client.creates("1").await;
    client.creates("2").await;
    let link = json!({ "name": "Link", "payload": { "first": "1", "second": "2" } });
    client.commands("link", link).await;
    for (name, filter, expected) in [
        (
            "of-types",
            json!({ "types": ["link.Linked"] }),
            &["link.Linked"][..],
        ),
        (
            "of-streams",
            json!({ "streams": ["todo-2"] }),
            &["todo.Created", "link.Linked"],
        ),
        (
            "of-categories",
            json!({ "categories": ["todo"] }),
            &["todo.Created", "todo.Created", "link.Linked"],
        ),
    ] {
        client
            .subscribes(json!({ "subscription": name, "filter": filter, "credits": "unlimited" }))
            .await;
        let mut types = Vec::new();
        while types.len() < expected.len() {
            let message = client.hears_of("events").await;
            assert_eq!(message["subscription"], name);
            let events = message["events"].as_array().unwrap().clone();
            types.extend(events.iter().map(|event| event["type"].clone()));
        }
        assert_eq!(types, expected);
    }
    server.shutdown().await.unwrap();
}

#[tokio::test]
async fn a_cursor_of_another_log_is_gone() {
    let elsewhere = listening(app().await).await;
    let cursor = Client::of(&elsewhere).await.subscribes(all()).await;
    elsewhere.shutdown().await.unwrap();

    let server = listening(app().await).await;
    let mut client = Client::of(&server).await;
    client
        .says(json!({ "type": "subscribe", "subscription": "s", "after": cursor, "credits": 1 }))
        .await;
    let ended = client.hears_of("ended").await;
    assert_eq!(ended["reason"], "failed");
    assert_eq!(ended["problem"]["status"], 410);
    client.subscribes(all()).await;
    server.shutdown().await.unwrap();
}
