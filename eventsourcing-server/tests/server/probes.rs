use std::sync::Arc;
use std::time::Duration;

use axum::http::StatusCode;
use eventsourcing::memory::MemoryStore;
use eventsourcing::prelude::*;
use eventsourcing_server::Server;
use eventsourcing_testkit::fault::{Fault, FaultPlan, FaultyStore};
use serde_json::json;

use crate::app::{Todo, TodoEvent, app, start};
use crate::client::{create, get};

#[tokio::test]
async fn a_service_that_runs_lives_and_is_ready() {
    let router = Server::new(app().await).router();
    assert_eq!(get(&router, "/livez").await.json(), json!({ "live": true }));
    let ready = get(&router, "/readyz").await;
    assert_eq!(ready.status, StatusCode::OK);
    assert_eq!(
        ready.json(),
        json!({ "ready": true, "phase": "running", "store": true, "parked_events": 0, "projections": [] })
    );
}

#[tokio::test]
async fn without_its_store_a_service_lives_and_is_not_ready() {
    let store = Arc::new(FaultyStore::new(Arc::new(MemoryStore::new()), FaultPlan::NONE));
    let router = Server::new(start(Arc::clone(&store)).await).router();
    store.script_pages([Some(Fault::Unavailable)]);
    assert_eq!(get(&router, "/livez").await.status, StatusCode::OK);
    let ready = get(&router, "/readyz").await;
    assert_eq!(ready.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(
        ready.json(),
        json!({ "ready": false, "phase": "running", "store": false, "parked_events": 0, "projections": [] })
    );
    assert_eq!(get(&router, "/readyz").await.status, StatusCode::OK, "it is back");
}

#[tokio::test]
async fn a_service_that_has_shut_down_lives_and_is_not_ready() {
    let runtime = app().await;
    let router = Server::new(runtime.clone()).router();
    runtime.shutdown(Duration::from_secs(10)).await.unwrap();
    assert_eq!(get(&router, "/livez").await.status, StatusCode::OK);
    let ready = get(&router, "/readyz").await;
    assert_eq!(ready.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(ready.json()["phase"], "stopped");
}

#[derive(Row)]
#[row(table = "titles")]
struct TitleRow {
    #[key]
    title: String,
}

/// Cannot deal with anything.
#[derive(Default)]
struct Titles;

#[projection(name = "titles", version = 1, row = TitleRow)]
impl Titles {
    #[on(TodoEvent::Created)]
    fn created(&self, rows: &mut Rows<TitleRow>) -> Result<(), &'static str> {
        rows.entry("title");
        Err("nobody likes titles")
    }
}

#[service(aggregates(Todo), projections(Titles))]
struct Titled;

#[tokio::test(start_paused = true)]
async fn who_watches_is_told_how_many_events_are_parked() {
    let runtime = Titled::builder(MemoryStore::new()).start().await.unwrap();
    let router = Server::new(runtime.clone()).router();
    create(&router, "1").await;
    runtime.settled().await.unwrap_err();
    let ready = get(&router, "/readyz").await;
    assert_eq!(ready.status, StatusCode::OK, "commands are decided all the same");
    assert_eq!(ready.json()["parked_events"], 1);
    assert_eq!(
        ready.json()["projections"],
        json!([{
            "projection": "titles",
            "version": 1,
            "ready": true,
            "state": "live",
            "position": 1,
            "lag_events": 0,
            "lag_seconds": 0,
            "parked_events": 1,
        }])
    );
}
