// A container of keys is written as one.

use eventsourcing::prelude::*;

#[derive(StreamKey, Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[stream_key(category = "account")]
struct AccountId(String);

type AccountIds = Vec<AccountId>;

#[derive(Event)]
enum AccountEvent {
    Merged {
        #[stream]
        into: AccountId,
        #[stream]
        accounts: AccountIds,
    },
}

fn main() {}
