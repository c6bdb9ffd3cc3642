// All mistakes are reported at once, and using the event adds no other.

use eventsourcing::prelude::*;

#[derive(StreamKey, Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[stream_key(category = "account")]
struct AccountId(String);

#[derive(Event)]
#[event(prefix = "account.", version = 2)]
enum AccountEvent {
    #[event(version = 3, upcast(1 -> 2 = one))]
    Opened {
        #[stream(read)]
        account: AccountId,
    },
    Moved(AccountId, AccountId),
    #[event(name = "Opened", alias = "1st")]
    Closed,
}

#[derive(Clone, Default)]
struct Account;

impl State for Account {
    type Key = AccountId;
    type Event = AccountEvent;

    fn apply(&mut self, _: &AccountId, _: &Recorded<AccountEvent>) {}
}

#[derive(Event)]
enum AnyEvent {
    Account(AccountEvent),
}

fn main() {}
