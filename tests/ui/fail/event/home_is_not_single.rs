// The first stream is the home, and there is one.

use eventsourcing::prelude::*;

#[derive(StreamKey, Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[stream_key(category = "account")]
struct AccountId(String);

#[derive(Event)]
enum AccountEvent {
    Opened {
        #[stream]
        account: Option<AccountId>,
    },
    Merged {
        #[stream]
        accounts: Vec<AccountId>,
        #[stream]
        into: AccountId,
    },
}

fn main() {}
