// Roles of streams are for commands.

use eventsourcing::prelude::*;

#[derive(StreamKey, Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[stream_key(category = "account")]
struct AccountId(String);

#[derive(Event)]
enum AccountEvent {
    Opened {
        #[stream(read)]
        account: AccountId,
    },
}

fn main() {}
