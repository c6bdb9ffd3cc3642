use eventsourcing::query::WireParameters;
use eventsourcing::{Position, TenantId};
use serde_json::json;

use super::world::{World, answer, command, follow, followed, query, revision};
use crate::auth::Identity;
use crate::problem::{Problem, ProblemKind};
use crate::websocket::connection::Action;

#[test]
fn a_query_is_asked_for_the_tenant_of_who_is_signed_in() {
    let acme = TenantId::new("acme").unwrap();
    let mut world = World::of(Identity::default().with_tenant(acme.clone()));
    world.says();
    world.hears(&json!({
        "type": "query",
        "request": "1",
        "query": { "name": "Bells", "payload": { "loud": true }, "position": 7 },
    }));
    let Some(Action::Ask { request, query }) = world.connection.next_action() else {
        panic!("it asks nothing");
    };
    assert_eq!(
        (request.to_string().as_str(), query.name.as_str()),
        ("1", "Bells")
    );
    assert_eq!(query.parameters, WireParameters::Json(r#"{"loud":true}"#.into()));
    assert_eq!(query.tenant, acme);
    assert_eq!(query.at, Some(Position::new(7)));
}

#[test]
fn queries_count_among_what_is_under_way() {
    let mut world = World::new();
    world.hears(&query("1"));
    world.hears(&command("2"));
    world.hears(&query("2"));
    let refused = world.says();
    assert_eq!(refused["request"], "2");
    assert_eq!(
        refused["problem"]["detail"],
        "a request of this name is under way on this connection"
    );
    assert!(world.connection.wants_input());
    world.hears(&query("3"));
    assert!(!world.connection.wants_input());
    world.done("1");
    assert!(world.connection.wants_input());
}

#[test]
fn each_result_takes_a_credit_and_without_one_none_is_read() {
    let mut world = World::new();
    let feed = followed(&mut world, "s", &json!(1));
    assert!(world.connection.wants_page(feed));
    world.connection.answered(feed, Ok(answer(1)));
    assert!(!world.connection.wants_page(feed), "one waits for the socket");
    assert_eq!(
        world.says(),
        json!({ "type": "answer", "subscription": "s", "position": 1, "revision": revision(1), "result": 1 })
    );
    assert!(!world.connection.wants_page(feed), "there is no credit");
    assert!(world.is_silent());
    world.hears(&json!({ "type": "credit", "subscription": "s", "events": 1 }));
    assert!(world.connection.wants_page(feed));
    world.connection.answered(feed, Ok(answer(7)));
    assert_eq!(world.says()["result"], 7);
}

#[test]
fn who_has_a_result_says_so() {
    let mut world = World::new();
    let mut message = follow("s", &json!("unlimited"));
    message["after"] = json!(revision(5));
    world.hears(&message);
    let Some(Action::Follow { after, .. }) = world.connection.next_action() else {
        panic!("it follows nothing");
    };
    assert_eq!(after, Some(revision(5)));
    message["after"] = json!("yesterday");
    message["subscription"] = json!("t");
    world.hears(&message);
    assert_eq!(world.says()["problem"]["status"], 400);
}

#[test]
fn what_is_followed_is_a_subscription_among_others() {
    let mut world = World::new();
    let first = followed(&mut world, "s", &json!("unlimited"));
    world.subscribed("t", &json!(1), 0);
    assert_eq!(world.says()["type"], "caught_up");
    for (name, status) in [("s", 400), ("u", 429)] {
        world.hears(&follow(name, &json!(1)));
        assert_eq!(world.says()["problem"]["status"], status);
    }
    world.hears(&json!({ "type": "unsubscribe", "subscription": "s" }));
    assert_eq!(
        world.says(),
        json!({ "type": "ended", "subscription": "s", "reason": "unsubscribed" })
    );
    assert!(matches!(world.connection.next_action(), Some(Action::Close { feed }) if feed == first));
    world.connection.answered(first, Ok(answer(1)));
    assert!(world.is_silent(), "it is not followed any more");
}

#[test]
fn a_query_that_has_no_answer_ends() {
    let mut world = World::new();
    let feed = followed(&mut world, "s", &json!("unlimited"));
    let problem = Problem::new(ProblemKind::Refused, "there are no bells");
    world.connection.answered(feed, Err(problem));
    let ended = world.says();
    assert_eq!(
        (&ended["type"], &ended["reason"]),
        (&json!("ended"), &json!("failed"))
    );
    assert_eq!(ended["problem"]["detail"], "there are no bells");
}
