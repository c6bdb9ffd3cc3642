// Events may have type parameters, with bounds, defaults and constants.

#![deny(warnings)]

use eventsourcing::prelude::*;

#[derive(StreamKey, Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[stream_key(category = "account")]
struct AccountId(String);

#[derive(Event, Debug, Serialize, Deserialize)]
struct Signed<T> {
    by: T,
}

#[derive(Event, Debug)]
enum Note<K = AccountId, T: Clone = String, const N: usize = 1>
where
    K: StreamKey,
{
    Added {
        #[stream]
        to: K,
        #[stream]
        others: Vec<K>,
        #[stream]
        account: AccountId,
        text: T,
    },
    Signed(Signed<T>),
    Cleared,
}

fn types<E: Event>() -> usize {
    E::VARIANTS.len()
}

#[test]
fn it_runs() {
    assert_eq!(types::<Note>(), 3);
    assert_eq!(types::<Note<StreamId, u8, 7>>(), 3);
}
