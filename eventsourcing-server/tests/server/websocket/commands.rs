use eventsourcing::store::FeedFilter;
use eventsourcing_server::{Server, ServerLimits};
use serde_json::json;

use super::client::{Client, create};
use crate::app::{app, listening, start};
use crate::gate::GatedStore;

#[tokio::test]
async fn what_comes_of_a_command_is_told_as_over_http() {
    let server = listening(app().await).await;
    let mut client = Client::of(&server).await;

    let result = client.commands("create", create("1")).await;
    assert_eq!(result["success"]["versions"], json!({ "todo-1": 1 }));
    assert_eq!(result["success"]["repeated"], false);
    let event = &result["success"]["events"][0];
    assert_eq!(event["type"], "todo.Created");
    assert_eq!(event["data"], json!({ "title": "buy milk" }));

    let rejected = client.commands("again", create("1")).await;
    assert_eq!(rejected["problem"]["status"], 422);
    assert_eq!(rejected["problem"]["detail"], "there is such a todo already");

    let mut early = create("1");
    early["metadata"] = json!({ "expected_version": 7 });
    let problem = client.commands("early", early).await["problem"].clone();
    assert_eq!(
        (&problem["status"], &problem["version"]),
        (&json!(412), &json!(1))
    );

    let mut wrong = create("2");
    wrong["payload"] = json!({ "title": 7 });
    let problem = client.commands("wrong", wrong).await["problem"].clone();
    assert_eq!(
        (&problem["status"], &problem["path"]),
        (&json!(400), &json!("/payload/title"))
    );

    let unknown = json!({ "name": "Creat", "target": "todo-2" });
    let problem = client.commands("unknown", unknown).await["problem"].clone();
    assert_eq!(problem["status"], 404);
    assert_eq!(problem["suggestions"], json!(["todo/Create", "todo/Complete"]));
    server.shutdown().await.unwrap();
}

#[tokio::test]
async fn a_command_under_an_id_happens_once() {
    let server = listening(app().await).await;
    let mut client = Client::of(&server).await;
    let mut command = create("1");
    command["id"] = json!("b5f1c5f0-8a3e-4c11-9d6c-0a1b2c3d4e5f");
    let first = client.commands("1", command.clone()).await;
    let second = client.commands("2", command.clone()).await;
    assert_eq!(second["success"]["repeated"], true);
    assert_eq!(first["success"]["events"], second["success"]["events"]);
    command["payload"]["title"] = json!("buy bread");
    let reused = client.commands("3", command).await;
    assert_eq!(
        reused["problem"]["type"],
        "https://docs.rs/eventsourcing-server#key-reused"
    );
    server.shutdown().await.unwrap();
}

#[tokio::test]
async fn a_command_that_waits_holds_up_none_that_follow() {
    let store = GatedStore::new();
    let server = listening(start(store.clone()).await).await;
    let mut client = Client::of(&server).await;
    client
        .says(json!({ "type": "command", "request": "slow", "command": create("1") }))
        .await;
    store.arrived().await;
    let unknown = json!({ "name": "Unknown" });
    client
        .says(json!({ "type": "command", "request": "quick", "command": unknown }))
        .await;
    assert_eq!(client.hears_of("result").await["request"], "quick");
    store.open();
    assert_eq!(client.hears_of("result").await["request"], "slow");
    server.shutdown().await.unwrap();
}

#[tokio::test]
async fn a_command_goes_on_when_its_connection_has_ended() {
    let store = GatedStore::new();
    let runtime = start(store.clone()).await;
    let mut events = runtime.subscribe(FeedFilter::ALL).await.unwrap();
    let one_connection = ServerLimits {
        connections: 1,
        ..ServerLimits::default()
    };
    let server = Server::new(runtime)
        .limits(one_connection)
        .bind("127.0.0.1:0")
        .start()
        .await
        .unwrap();
    let mut client = Client::of(&server).await;
    client
        .says(json!({ "type": "command", "request": "1", "command": create("1") }))
        .await;
    store.arrived().await;
    drop(client);
    // There is room for another one as soon as the first has ended.
    let _other = Client::of(&server).await;
    store.open();
    let page = events.next().await.unwrap();
    assert_eq!(page.events[0].home.stream, "todo-1");
    server.shutdown().await.unwrap();
}
