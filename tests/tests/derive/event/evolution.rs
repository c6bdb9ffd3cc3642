//! Payloads of older versions become the newest by upcasts.

use super::*;
use serde_json::json;

#[derive(Event, Clone, Debug, PartialEq)]
#[event(prefix = "account")]
enum AccountEvent {
    /// Version 1 had no owner, version 2 had one name, version 3 has two.
    #[event(version = 3, alias = "account.Created", upcast(1 -> 2 = OpenedV1::with_owner, 2 -> 3 = split_name))]
    Opened {
        #[stream]
        account: AccountId,
        first: String,
        last: String,
    },
    /// Versions 1 and 2 are upcast as JSON; version 2 was never more than a draft, so 1 leaps over it.
    #[event(version = 3, upcast(1 -> 3 = dollars_to_cents, 2 -> 3 = rename_amount))]
    Deposited {
        #[stream]
        account: AccountId,
        cents: u64,
    },
    /// What version 1 meant is another event today.
    #[event(version = 2, upcast(1 -> 2 = frozen_or_closed))]
    Frozen {
        reason: String,
    },
    Closed,
}

#[derive(Deserialize)]
struct OpenedV1 {
    account: AccountId,
}

#[derive(Deserialize)]
struct OpenedV2 {
    account: AccountId,
    owner: String,
}

impl OpenedV1 {
    fn with_owner(self) -> OpenedV2 {
        OpenedV2 {
            account: self.account,
            owner: "Unknown Person".into(),
        }
    }
}

fn split_name(old: OpenedV2) -> AccountEvent {
    let (first, last) = old.owner.split_once(' ').unwrap_or((&old.owner, ""));
    AccountEvent::Opened {
        account: old.account,
        first: first.into(),
        last: last.into(),
    }
}

fn dollars_to_cents(mut payload: Value) -> Value {
    payload["cents"] = (payload["dollars"].as_u64().unwrap_or(0) * 100).into();
    payload
}

fn rename_amount(mut payload: Value) -> Value {
    payload["cents"] = payload["amount"].take();
    payload
}

#[derive(Deserialize)]
struct FrozenV1 {
    until_further_notice: Option<String>,
}

fn frozen_or_closed(old: FrozenV1) -> AccountEvent {
    match old.until_further_notice {
        Some(reason) => AccountEvent::Frozen { reason },
        None => AccountEvent::Closed,
    }
}

#[derive(Event, Clone, Debug, PartialEq, Serialize, Deserialize)]
#[event(version = 2, upcast(1 -> 2 = <Renamed as From<RenamedV1>>::from))]
struct Renamed {
    name: String,
}

#[derive(Deserialize)]
struct RenamedV1(String);

impl From<RenamedV1> for Renamed {
    fn from(old: RenamedV1) -> Self {
        Self { name: old.0 }
    }
}

fn opened(first: &str, last: &str) -> AccountEvent {
    AccountEvent::Opened {
        account: account("alice"),
        first: first.into(),
        last: last.into(),
    }
}

#[test]
fn typed_upcasts_lead_from_every_version_to_the_newest() {
    let read = |version, payload| read::<AccountEvent>("account.Opened", version, &payload).unwrap();
    assert_eq!(
        read(1, json!({ "account": "alice" })),
        opened("Unknown", "Person")
    );
    assert_eq!(
        read(2, json!({ "account": "alice", "owner": "Alice Liddell" })),
        opened("Alice", "Liddell")
    );
    assert_eq!(
        read(3, json!({ "account": "alice", "first": "A", "last": "L" })),
        opened("A", "L")
    );
}

#[test]
fn an_alias_is_upcast_too() {
    let payload = json!({ "account": "alice" });
    assert_eq!(
        read::<AccountEvent>("account.Created", 1, &payload).unwrap(),
        opened("Unknown", "Person")
    );
}

#[test]
fn json_upcasts_may_leap_over_versions() {
    let read = |version, payload| read::<AccountEvent>("account.Deposited", version, &payload).unwrap();
    let deposited = AccountEvent::Deposited {
        account: account("alice"),
        cents: 700,
    };
    assert_eq!(read(1, json!({ "account": "alice", "dollars": 7 })), deposited);
    assert_eq!(read(2, json!({ "account": "alice", "amount": 700 })), deposited);
    assert_eq!(read(3, json!({ "account": "alice", "cents": 700 })), deposited);
}

#[test]
fn an_upcast_may_lead_to_another_variant() {
    let read = |payload| read::<AccountEvent>("account.Frozen", 1, &payload).unwrap();
    let frozen = AccountEvent::Frozen {
        reason: "inquiry".into(),
    };
    assert_eq!(read(json!({ "until_further_notice": "inquiry" })), frozen);
    assert_eq!(read(json!({})), AccountEvent::Closed);
}

#[test]
fn a_struct_event_is_upcast_as_well() {
    assert_eq!(
        read::<Renamed>("Renamed", 1, &json!("new")).unwrap(),
        Renamed { name: "new".into() }
    );
    assert_eq!(
        read::<Renamed>("Renamed", 2, &json!({ "name": "new" })).unwrap(),
        Renamed { name: "new".into() }
    );
}

#[test]
fn new_events_are_stored_in_the_newest_version() {
    assert_eq!(stored_type(&opened("Alice", "Liddell")), ("account.Opened", 3));
    assert_eq!(read_back(&opened("Alice", "Liddell")), opened("Alice", "Liddell"));
}

#[test]
fn a_newer_version_than_the_program_knows_is_an_error() {
    let error = read_recorded::<AccountEvent>("account.Opened", 4, "{}").unwrap_err();
    assert_eq!(
        error.to_string(),
        "cannot read event 3 of stream `account-alice`, a `account.Opened` of schema version 4 at position 17"
    );
    assert!(matches!(error.failure, DecodeFailure::NewerVersion { known: 3 }));
    assert!(matches!(
        read_recorded::<AccountEvent>("account.Closed", 2, "{}")
            .unwrap_err()
            .failure,
        DecodeFailure::NewerVersion { known: 1 }
    ));
}

#[test]
fn a_version_zero_is_an_error() {
    for name in ["account.Opened", "account.Closed"] {
        let error = read_recorded::<AccountEvent>(name, 0, "{}").unwrap_err();
        assert!(matches!(error.failure, DecodeFailure::VersionZero));
    }
}

#[test]
fn an_older_payload_that_does_not_fit_is_an_error() {
    let error = read_recorded::<AccountEvent>("account.Opened", 2, r#"{"account":"alice"}"#).unwrap_err();
    let DecodeFailure::Payload(source) = error.failure else {
        panic!("{:?}", error.failure)
    };
    assert_eq!(source.to_string(), "missing field `owner` at line 1 column 19");
}

#[test]
fn json_that_an_upcast_leaves_unfit_is_an_error() {
    let error = read_recorded::<AccountEvent>("account.Deposited", 1, r#"{"dollars":7}"#).unwrap_err();
    let DecodeFailure::Payload(source) = error.failure else {
        panic!("{:?}", error.failure)
    };
    assert_eq!(source.to_string(), "missing field `account`");
}
