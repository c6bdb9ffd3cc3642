use axum::middleware::from_fn;
use eventsourcing_server::{Server, Serving};
use serde_json::{Value, json};

use super::client::Client;
use crate::auth::by_name;
use crate::board::board;

async fn server() -> Serving {
    Server::new(board().await)
        .bind("127.0.0.1:0")
        .start()
        .await
        .unwrap()
}

async fn asks(client: &mut Client, query: Value) -> Value {
    client
        .says(json!({ "type": "query", "request": "q", "query": query }))
        .await;
    let answer = client.hears_of("answer").await;
    assert_eq!(answer["request"], "q");
    answer
}

async fn follows(client: &mut Client, message: Value) {
    let mut message = message;
    message["type"] = json!("follow");
    client.says(message).await;
    client.hears_of("following").await;
}

#[tokio::test]
async fn a_query_at_the_position_of_a_command_knows_of_it() {
    let server = server().await;
    let mut client = Client::of(&server).await;
    for number in 1..=10 {
        let id = number.to_string();
        let done = client.commands(&id, super::client::create(&id)).await;
        let position = &done["success"]["position"];
        let answer = asks(&mut client, json!({ "name": "ListTodos", "position": position })).await;
        assert_eq!(answer["result"].as_array().unwrap().len(), number);
        assert!(answer["position"].as_u64() >= position.as_u64());
    }
    server.shutdown().await.unwrap();
}

#[tokio::test]
async fn what_is_wrong_with_a_query_is_told_as_over_http() {
    let server = server().await;
    let mut client = Client::of(&server).await;
    for (query, status) in [
        (json!({ "name": "ListTodo" }), 404),
        (json!({ "name": "ListTodos", "payload": { "done": 7 } }), 400),
        (json!({ "name": "ListTodos", "payload": { "panic": true } }), 500),
        (json!({ "name": "TodoOf", "payload": { "todo": "7" } }), 422),
    ] {
        assert_eq!(asks(&mut client, query).await["problem"]["status"], status);
    }
    server.shutdown().await.unwrap();
}

#[tokio::test]
async fn a_query_that_is_followed_gives_its_result_and_each_that_differs() {
    let server = server().await;
    let mut client = Client::of(&server).await;
    let list = json!({ "name": "ListTodos" });
    follows(
        &mut client,
        json!({ "subscription": "list", "query": list, "credits": "unlimited" }),
    )
    .await;
    let first = client.hears_of("answer").await;
    assert_eq!(
        (&first["subscription"], &first["result"]),
        (&json!("list"), &json!([]))
    );
    client.creates("1").await;
    let second = client.hears_of("answer").await;
    assert_eq!(second["result"][0]["title"], "buy milk");
    drop(client);

    // What has not changed is not told again, on whichever connection.
    let mut client = Client::of(&server).await;
    let after = &second["revision"];
    follows(
        &mut client,
        json!({ "subscription": "list", "query": list, "credits": 1, "after": after }),
    )
    .await;
    client.creates("2").await;
    assert_eq!(
        client.hears_of("answer").await["result"]
            .as_array()
            .unwrap()
            .len(),
        2
    );
    server.shutdown().await.unwrap();
}

#[tokio::test]
async fn who_has_no_credit_is_told_the_newest_when_they_have() {
    let server = server().await;
    let mut client = Client::of(&server).await;
    let list = json!({ "name": "ListTodos" });
    follows(
        &mut client,
        json!({ "subscription": "list", "query": list, "credits": 1 }),
    )
    .await;
    client.hears_of("answer").await;
    let mut position = json!(0);
    for number in 1..=10 {
        let id = number.to_string();
        let done = client.commands(&id, super::client::create(&id)).await;
        position = done["success"]["position"].clone();
    }
    // So that the projection is there, whoever follows it or not.
    asks(&mut client, json!({ "name": "ListTodos", "position": position })).await;
    client
        .says(json!({ "type": "credit", "subscription": "list", "events": 1 }))
        .await;
    let answer = client.hears_of("answer").await;
    assert!(
        answer["result"].as_array().unwrap().len() > 1,
        "not each of them: {answer}"
    );
    server.shutdown().await.unwrap();
}

#[tokio::test]
async fn queries_are_of_the_tenant_of_who_has_opened_the_connection() {
    let server = Server::new(board().await)
        .auth(from_fn(by_name))
        .bind("127.0.0.1:0")
        .start()
        .await
        .unwrap();
    let acme = [("x-name", "ada"), ("x-org", "acme")];
    let (mut ada, _) = Client::greeted(server.address(), &acme).await;
    let done = ada.commands("1", super::client::create("1")).await;
    let query = json!({ "name": "ListTodos", "position": done["success"]["position"] });
    assert_eq!(
        asks(&mut ada, query.clone()).await["result"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
    let (mut bob, _) = Client::greeted(server.address(), &[("x-name", "bob")]).await;
    assert_eq!(asks(&mut bob, query).await["result"], json!([]));
    server.shutdown().await.unwrap();
}
