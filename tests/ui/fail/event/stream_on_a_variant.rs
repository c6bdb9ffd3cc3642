// `#[stream]` marks a field.

use eventsourcing::prelude::*;

#[derive(StreamKey, Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[stream_key(category = "account")]
struct AccountId(String);

#[derive(Event)]
#[stream]
enum AccountEvent {
    #[stream]
    Opened { account: AccountId },
}

fn main() {}
