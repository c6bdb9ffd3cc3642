// All mistakes are reported at once, and using the key adds no other.

use eventsourcing::prelude::*;

#[derive(StreamKey, Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[stream_key(category = "Account", colour = "red")]
struct AccountId(String, String);

#[derive(Event)]
enum AccountEvent {
    Opened {
        #[stream]
        account: AccountId,
    },
}

fn main() {}
