use std::time::Duration;

use axum::Extension;
use eventsourcing::bus::Bus;
use eventsourcing::{Actor, Clock as _, SystemClock};
use eventsourcing_server::{Identity, Server, ServerLimits};

use crate::app::{app, router};
use crate::client::{Listener, Sent, create, get, get_with};

#[tokio::test]
async fn the_past_comes_first_and_then_what_is_committed() {
    let router = router().await;
    create(&router, "1").await;
    create(&router, "2").await;
    let mut listener = Listener::connect(&router, "/events", &[]).await;
    assert_eq!(listener.next().await.unwrap().retry.as_deref(), Some("2000"));
    assert_eq!(listener.event().await.subject(), "todo-1");
    assert_eq!(listener.event().await.subject(), "todo-2");
    listener.named("caught_up").await;
    create(&router, "3").await;
    assert_eq!(listener.event().await.subject(), "todo-3");
}

#[tokio::test]
async fn of_an_empty_log_everything_has_been_heard_at_once() {
    let router = router().await;
    let mut listener = Listener::connect(&router, "/events", &[]).await;
    let caught_up = listener.named("caught_up").await;
    create(&router, "1").await;
    let after = format!("/events?after={}", caught_up.id.unwrap());
    assert_eq!(
        get(&router, &after).await.json()["events"][0]["subject"],
        "todo-1"
    );
}

#[tokio::test]
async fn what_is_sent_is_what_the_pages_say() {
    let router = router().await;
    create(&router, "1").await;
    let mut listener = Listener::connect(&router, "/events", &[]).await;
    let page = get(&router, "/events").await.json();
    assert_eq!(listener.event().await.json(), page["events"][0]);
}

#[tokio::test]
async fn after_the_end_only_what_comes_is_heard() {
    let router = router().await;
    create(&router, "1").await;
    let mut listener = Listener::connect(&router, "/events?after=end", &[]).await;
    create(&router, "2").await;
    assert_eq!(listener.event().await.subject(), "todo-2");
}

#[tokio::test]
async fn whoever_was_interrupted_goes_on_after_the_last_event_that_was_heard() {
    let router = router().await;
    for id in ["1", "2", "3"] {
        create(&router, id).await;
    }
    let mut listener = Listener::connect(&router, "/events", &[]).await;
    listener.event().await;
    let last = listener.event().await.id.unwrap();
    drop(listener);
    create(&router, "4").await;
    // A browser connects to the same address, whatever that says.
    let mut listener = Listener::connect(&router, "/events?after=end", &[("last-event-id", &last)]).await;
    assert_eq!(listener.event().await.subject(), "todo-3");
    assert_eq!(listener.event().await.subject(), "todo-4");
}

#[tokio::test]
async fn every_id_is_a_cursor_also_of_pages() {
    let router = router().await;
    create(&router, "1").await;
    create(&router, "2").await;
    let mut listener = Listener::connect(&router, "/events", &[]).await;
    let first = listener.event().await.id.unwrap();
    let page = get(&router, &format!("/events?after={first}")).await.json();
    assert_eq!(page["events"][0]["subject"], "todo-2");
}

#[tokio::test]
async fn whoever_filters_hears_the_rest_not_and_remembers_to_have_passed_it() {
    let router = router().await;
    let mut listener = Listener::connect(&router, "/events?stream=todo-2&type=todo.Created", &[]).await;
    listener.next().await;
    create(&router, "1").await;
    let passed = loop {
        let sent = listener.something().await;
        if sent.event.is_none() && sent.id.is_some() {
            break sent;
        }
    };
    let silent = Sent {
        id: passed.id.clone(),
        ..Sent::default()
    };
    assert_eq!(passed, silent, "without data it is no event");
    create(&router, "2").await;
    assert_eq!(listener.event().await.subject(), "todo-2");
}

#[tokio::test]
async fn whoever_lags_behind_the_bus_misses_nothing() {
    let router = router().await;
    let mut listener = Listener::connect(&router, "/events?after=end", &[]).await;
    // It is asked for the first time when everything has happened, and the bus has forgotten most of it.
    let todos = Bus::PAGES * 3;
    for number in 0..todos {
        create(&router, &number.to_string()).await;
    }
    for number in 0..todos {
        assert_eq!(listener.event().await.subject(), format!("todo-{number}"));
    }
}

#[tokio::test]
async fn many_listeners_hear_the_same_in_the_same_order() {
    let router = router().await;
    let mut listeners = Vec::new();
    for _ in 0..20 {
        listeners.push(Listener::connect(&router, "/events", &[]).await);
    }
    for number in 0..20 {
        create(&router, &number.to_string()).await;
    }
    for listener in &mut listeners {
        for number in 0..20 {
            assert_eq!(listener.event().await.subject(), format!("todo-{number}"));
        }
    }
}

#[tokio::test]
async fn a_foreign_cursor_is_gone_before_anything_is_sent() {
    let elsewhere = router().await;
    create(&elsewhere, "1").await;
    let cursor = get(&elsewhere, "/events").await.json()["cursor"]
        .as_str()
        .unwrap()
        .to_owned();
    let router = router().await;
    let sse = ("accept", "text/event-stream");
    let answer = get_with(&router, "/events", &[sse, ("last-event-id", &cursor)]).await;
    answer.problem(410, "foreign-cursor");
    let answer = get_with(&router, &format!("/events?after={cursor}"), &[sse]).await;
    answer.problem(410, "foreign-cursor");
    let answer = get_with(&router, "/events", &[sse, ("last-event-id", "17")]).await;
    answer.problem(400, "malformed");
}

#[tokio::test(start_paused = true)]
async fn while_nothing_happens_the_connection_is_kept_alive() {
    let limits = ServerLimits {
        keep_alive: Duration::from_secs(20),
        ..ServerLimits::default()
    };
    let router = Server::new(app().await).limits(limits).router();
    let mut listener = Listener::connect(&router, "/events", &[]).await;
    loop {
        let sent = listener.next().await.unwrap();
        if sent == Sent::default() {
            break;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn whoever_is_not_vouched_for_any_more_is_sent_away() {
    let soon = SystemClock.now().after(Duration::from_mins(10));
    let identity = Identity::of(Actor::new("alice").unwrap()).with_valid_until(soon);
    let router = Server::new(app().await).router().layer(Extension(identity));
    let mut listener = Listener::connect(&router, "/events", &[]).await;
    loop {
        let sent = listener.next().await.expect("a farewell");
        if sent.event.as_deref() == Some("goodbye") {
            break;
        }
    }
    assert_eq!(listener.next().await, None);
}

#[tokio::test]
async fn when_the_service_shuts_down_listeners_are_told_to_go_elsewhere() {
    let runtime = app().await;
    let router = Server::new(runtime.clone()).router();
    let mut listener = Listener::connect(&router, "/events", &[]).await;
    runtime.shutdown(Duration::from_secs(10)).await.unwrap();
    listener.named("goodbye").await;
    assert_eq!(listener.next().await, None);
}
