use std::sync::Arc;
use std::time::Duration;

use axum::http::StatusCode;
use eventsourcing::memory::MemoryStore;
use eventsourcing_server::Server;
use eventsourcing_testkit::fault::{Fault, FaultPlan, FaultyStore};
use serde_json::json;

use crate::app::{app, start};
use crate::client::get;

#[tokio::test]
async fn a_service_that_runs_lives_and_is_ready() {
    let router = Server::new(app().await).router();
    assert_eq!(get(&router, "/livez").await.json(), json!({ "live": true }));
    let ready = get(&router, "/readyz").await;
    assert_eq!(ready.status, StatusCode::OK);
    assert_eq!(
        ready.json(),
        json!({ "ready": true, "phase": "running", "store": true })
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
        json!({ "ready": false, "phase": "running", "store": false })
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
