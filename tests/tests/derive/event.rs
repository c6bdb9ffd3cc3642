use eventsourcing::prelude::*;

#[derive(StreamKey, Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[stream_key(category = "account")]
struct AccountId(String);

#[derive(Event, Clone, Debug, PartialEq)]
#[event(prefix = "account")]
enum AccountEvent {
    Opened { #[stream] account: AccountId, owner: String },
    Transferred { #[stream] from: AccountId, #[stream] to: Vec<AccountId>, amount: u64 },
    Closed,
    Deposited(Deposited),
}
#[derive(Event, Clone, Debug, PartialEq, Serialize, Deserialize)]
#[event(version = 2, upcast(1 -> 2 = old))]
struct Deposited { #[stream] account: AccountId }

fn old(a: serde_json::Value) -> Deposited { Deposited { account: AccountId("x".into()) } }
#[test] fn x() {
    let e = AccountEvent::Opened { account: AccountId("a".into()), owner: "b".into() };
    let enc = e.encode().unwrap();
    println!("{enc:?}");
    assert_eq!(AccountEvent::decode(enc.as_stored()).unwrap(), e);
    let enc = AccountEvent::Closed.encode().unwrap();
    println!("{enc:?}");
    assert_eq!(AccountEvent::decode(enc.as_stored()).unwrap(), AccountEvent::Closed);
}
