//! A service whose streams are in two stores.

use axum::Router;
use axum::http::StatusCode;
use eventsourcing::memory::MemoryStore;
use eventsourcing::prelude::*;
use eventsourcing_server::Server;

use crate::client::{get, post};

#[derive(Event, Clone, Debug, PartialEq)]
#[event(prefix = "desk")]
enum DeskEvent {
    Noted { text: String },
    Sent { text: String },
}

struct Diary;

#[aggregate(id = DiaryId(String), category = "diary", event = DeskEvent, stateless)]
impl Diary {
    #[command]
    fn note(&self, text: String) -> DeskEvent {
        DeskEvent::Noted { text }
    }
}

struct Letter;

#[aggregate(id = LetterId(String), category = "letter", event = DeskEvent, stateless)]
impl Letter {
    #[command]
    fn send(&self, text: String) -> DeskEvent {
        DeskEvent::Sent { text }
    }
}

#[service(aggregates(Diary, Letter))]
struct Desk;

/// A note in one store, and a letter in the other.
async fn desk() -> Router {
    let desk = Desk::builder(MemoryStore::new()).store_for::<LetterId>(MemoryStore::new());
    let router = Server::new(desk.start().await.unwrap()).router();
    for command in ["/commands/diary/mine/Note", "/commands/letter/1/Send"] {
        let answer = post(&router, command, r#"{ "text": "hello" }"#).await;
        assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
    }
    router
}

async fn subjects(router: &Router, path: &str) -> Vec<String> {
    let page = get(router, path).await;
    assert_eq!(page.status, StatusCode::OK, "{page:?}");
    let page = page.json();
    let events = page["events"].as_array().unwrap().iter();
    events
        .map(|event| event["subject"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn a_stream_is_read_from_where_it_is() {
    let desk = desk().await;
    assert_eq!(subjects(&desk, "/streams/diary-mine").await, ["diary-mine"]);
    assert_eq!(subjects(&desk, "/streams/letter-1").await, ["letter-1"]);
}

#[tokio::test]
async fn the_log_is_that_of_what_is_asked_for() {
    let desk = desk().await;
    assert_eq!(subjects(&desk, "/events").await, ["diary-mine"]);
    assert_eq!(subjects(&desk, "/events?category=letter").await, ["letter-1"]);
    assert_eq!(subjects(&desk, "/events?stream=letter-1").await, ["letter-1"]);
}

#[tokio::test]
async fn events_of_two_stores_have_no_common_order() {
    let answer = get(&desk().await, "/events?category=letter&category=diary").await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    assert_eq!(
        answer.json()["detail"],
        "the streams or categories are in several stores, whose events have no common order"
    );
}
