// A wrapped event says itself where it belongs.

use eventsourcing::prelude::*;

#[derive(StreamKey, Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[stream_key(category = "account")]
struct AccountId(String);

#[derive(Event, Serialize, Deserialize)]
struct MoneyDeposited {
    #[stream]
    account: AccountId,
}

#[derive(Event)]
enum AccountEvent {
    Deposited(#[stream] MoneyDeposited),
}

fn main() {}
