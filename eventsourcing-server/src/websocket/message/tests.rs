use eventsourcing::store::FeedFilter;
use eventsourcing::{Category, Limits, StreamId, TypeFilter};
use serde_json::json;

use super::*;
use crate::websocket::WebSocketLimits;

fn read(text: &str) -> Result<ClientMessage<'_>, Misunderstood> {
    ClientMessage::read(text, &WebSocketLimits::default(), &Limits::DEFAULT)
}

#[test]
fn a_subscription_says_from_where_what_and_how_many() {
    let message = json!({
        "type": "subscribe",
        "subscription": "bells",
        "after": "end",
        "filter": { "categories": ["bell"], "streams": ["bell-1", "bell-2"] },
        "credits": 7,
    })
    .to_string();
    let Ok(ClientMessage::Subscribe(subscribe)) = read(&message) else {
        panic!("it is not understood");
    };
    assert_eq!(subscribe.after, After::End);
    assert_eq!(subscribe.credits, Credits::Events(7));
    let filter = FeedFilter {
        types: TypeFilter::All,
        categories: Some(vec![Category::from_static("bell")]),
        streams: Some(
            ["bell-1", "bell-2"]
                .map(|stream| StreamId::new(stream).unwrap())
                .into(),
        ),
    };
    assert_eq!(subscribe.filter, filter);
}

#[test]
fn a_subscription_begins_at_the_beginning_and_wants_all_unless_it_says_otherwise() {
    let message = r#"{"type":"subscribe","subscription":"all","credits":"unlimited"}"#;
    let Ok(ClientMessage::Subscribe(subscribe)) = read(message) else {
        panic!("it is not understood");
    };
    assert_eq!(subscribe.after, After::Beginning);
    assert_eq!(subscribe.filter, FeedFilter::ALL);
    assert_eq!(subscribe.credits, Credits::Unlimited);
}

#[test]
fn members_that_are_not_known_are_refused() {
    let message = r#"{"type":"unsubscribe","subscription":"all","now":true}"#;
    let Err(Misunderstood::Subscription(_, why)) = read(message) else {
        panic!("it is understood");
    };
    assert!(why.contains("unknown field `now`"), "{why}");
}

#[test]
fn a_member_that_is_there_twice_is_refused() {
    let message = r#"{"type":"ping","type":"ping"}"#;
    assert!(matches!(read(message), Err(Misunderstood::Message(why)) if why.contains("duplicate")));
}
