//! The bytes that are stored.

use super::*;

#[derive(Event, Clone, Debug, PartialEq)]
#[event(prefix = "account")]
enum AccountEvent {
    Opened {
        #[stream]
        account: AccountId,
        owner: String,
    },
    Limited {
        #[stream]
        account: AccountId,
        limit: Option<i64>,
        tags: Vec<String>,
    },
    Empty {},
    Closed,
}

#[derive(Event, Clone, Debug, PartialEq, Serialize, Deserialize)]
#[event(name = "money.Deposited")]
struct MoneyDeposited {
    #[stream]
    account: AccountId,
    #[serde(rename = "cents")]
    amount: u64,
}

#[test]
fn a_variant_is_stored_as_its_own_fields_and_nothing_else() {
    let opened = AccountEvent::Opened {
        account: account("alice"),
        owner: "Alice".into(),
    };
    assert_eq!(stored(&opened), r#"{"account":"alice","owner":"Alice"}"#);
    let limited = AccountEvent::Limited {
        account: account("alice"),
        limit: None,
        tags: vec!["a".into()],
    };
    assert_eq!(
        stored(&limited),
        r#"{"account":"alice","limit":null,"tags":["a"]}"#
    );
}

#[test]
fn a_variant_without_fields_is_stored_as_an_empty_object() {
    assert_eq!(stored(&AccountEvent::Closed), "{}");
    assert_eq!(stored(&AccountEvent::Empty {}), "{}");
}

#[test]
fn a_struct_is_stored_as_its_serialize_says() {
    let deposited = MoneyDeposited {
        account: account("alice"),
        amount: 7,
    };
    assert_eq!(stored(&deposited), r#"{"account":"alice","cents":7}"#);
    assert_eq!(read_back(&deposited), deposited);
}

#[test]
fn fields_that_are_not_known_are_passed_over() {
    let payload = serde_json::json!({ "account": "alice", "owner": "Alice", "colour": "red" });
    let opened = AccountEvent::Opened {
        account: account("alice"),
        owner: "Alice".into(),
    };
    assert_eq!(
        read::<AccountEvent>("account.Opened", 1, &payload).unwrap(),
        opened
    );
    assert_eq!(
        read::<AccountEvent>("account.Closed", 1, &payload).unwrap(),
        AccountEvent::Closed
    );
}

#[test]
fn a_payload_that_does_not_fit_is_an_error_with_its_source() {
    let error = read_recorded::<AccountEvent>("account.Opened", 1, r#"{"account":"alice"}"#).unwrap_err();
    assert_eq!(
        error.to_string(),
        "cannot read event 3 of stream `account-alice`, a `account.Opened` of schema version 1 at position 17"
    );
    let DecodeFailure::Payload(source) = error.failure else {
        panic!("{:?}", error.failure)
    };
    assert_eq!(source.to_string(), "missing field `owner` at line 1 column 19");
}

#[test]
fn bytes_that_are_no_json_are_an_error() {
    let error = read_recorded::<AccountEvent>("account.Closed", 1, "{").unwrap_err();
    assert!(matches!(error.failure, DecodeFailure::Payload(_)));
}
