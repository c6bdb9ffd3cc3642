use eventsourcing::prelude::*;
use eventsourcing::stream::{InvalidStreamId, InvalidStreamKey};
use uuid::Uuid;

#[derive(StreamKey, Clone, Debug, PartialEq, Eq, Hash)]
#[stream_key(category = "account")]
struct AccountId(String);

#[derive(StreamKey, Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[stream_key(category = "order")]
struct OrderId(Uuid);

#[derive(StreamKey, Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[stream_key(category = "table")]
struct TableId {
    number: u32,
}

fn stream(text: &str) -> StreamId {
    StreamId::new(text).unwrap()
}

#[test]
fn a_key_names_a_stream_of_its_category() {
    assert_eq!(AccountId("alice".into()).to_stream_id().unwrap(), "account-alice");
    assert_eq!(TableId { number: 7 }.to_stream_id().unwrap(), "table-7");
    assert_eq!(AccountId::CATEGORY.unwrap(), "account");
}

#[test]
fn a_stream_gives_its_key_back() {
    let order = OrderId(Uuid::from_u128(42));
    assert_eq!(
        OrderId::from_stream_id(&order.to_stream_id().unwrap()).unwrap(),
        order
    );
    assert_eq!(
        AccountId::from_stream_id(&stream("account-a-b")).unwrap(),
        AccountId("a-b".into())
    );
}

#[test]
fn a_stream_of_another_category_is_refused() {
    let error = AccountId::from_stream_id(&stream("table-7")).unwrap_err();
    assert!(matches!(error, InvalidStreamKey::OtherCategory { .. }));
    assert_eq!(
        error.to_string(),
        "`table-7` is not a stream of the category `account`"
    );
}

#[test]
fn a_key_that_does_not_parse_is_refused_with_its_reason() {
    let error = TableId::from_stream_id(&stream("table-seven")).unwrap_err();
    let InvalidStreamKey::Unreadable { source, .. } = error else {
        panic!("{error}")
    };
    assert_eq!(source.to_string(), "invalid digit found in string");
}

#[test]
fn a_stream_without_a_key_is_refused() {
    let error = AccountId::from_stream_id(&stream("account")).unwrap_err();
    assert!(matches!(error, InvalidStreamKey::Unreadable { .. }));
}

#[test]
fn a_text_that_makes_no_stream_id_is_refused() {
    assert_eq!(
        AccountId(String::new()).to_stream_id(),
        Err(InvalidStreamId::EmptyKey)
    );
    assert!(AccountId("a\nb".into()).to_stream_id().is_err());
    assert!(AccountId("x".repeat(250)).to_stream_id().is_err());
}
