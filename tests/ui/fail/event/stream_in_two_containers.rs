// A `#[stream]` field is a key, an `Option` or a `Vec` of keys.

use eventsourcing::prelude::*;

#[derive(StreamKey, Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[stream_key(category = "account")]
struct AccountId(String);

#[derive(Event)]
enum AccountEvent {
    Merged {
        #[stream]
        into: AccountId,
        #[stream]
        accounts: Option<Vec<AccountId>>,
    },
}

fn main() {}
