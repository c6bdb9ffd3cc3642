// A field is marked once.

use eventsourcing::prelude::*;

#[derive(StreamKey, Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[stream_key(category = "account")]
struct AccountId(String);

#[derive(Event)]
enum AccountEvent {
    Opened {
        #[stream]
        #[stream]
        account: AccountId,
    },
}

fn main() {}
