// Commands and events with type parameters; a key type may be one of them.
#[path = "../../../ui/bank.rs"]
mod bank;

use std::marker::PhantomData;

use bank::*;
use eventsourcing::prelude::*;

#[derive(Event, Clone, Debug, PartialEq, Serialize, Deserialize)]
#[event(name = "tag")]
struct Tagged<K: StreamKey> {
    #[stream]
    key: K,
}

#[derive(Event, Clone, Debug, PartialEq)]
#[event(prefix = "tag")]
enum TagEvent<K: StreamKey> {
    Added {
        #[stream]
        key: K,
    },
    Tagged(Tagged<K>),
    Deposited(MoneyDeposited),
}

#[derive(Clone)]
struct Tags<K>(PhantomData<K>);

impl<K> Default for Tags<K> {
    fn default() -> Self {
        Self(PhantomData)
    }
}

impl<K: StreamKey + Serialize + for<'de> Deserialize<'de>> State for Tags<K> {
    type Key = K;
    type Event = TagEvent<K>;

    fn apply(&mut self, _: &K, _: &Recorded<TagEvent<K>>) {}
}

#[derive(Command)]
#[command(emits(TagEvent<K>, AccountEvent::Withdrawn))]
struct Tag<
    K: StreamKey + Serialize + for<'de> Deserialize<'de>,
    T: Send + Sync + 'static = (),
    const N: usize = 3,
> where
    T: Clone,
{
    #[stream(state = Tags<K>)]
    keys: Vec<K>,
    #[stream(state = Account)]
    fees: AccountId,
    #[stream(append)]
    log: K,
    extra: [T; N],
}

impl<K: StreamKey + Serialize + for<'de> Deserialize<'de>> CommandLogic for Tag<K> {
    type Error = BankError;

    fn handle(&self, state: &TagState<K>, cx: &mut Decide<Self>) -> Result<(), BankError> {
        let _: (&Vec<(K, Tags<K>)>, &Account) = (&state.keys, &state.fees);
        emit!(
            cx,
            Tagged {
                key: self.log.clone()
            }
        );
        emit!(
            cx,
            TagEvent::Added {
                key: self.log.clone()
            }
        );
        emit!(
            cx,
            TagEvent::<K>::Tagged(Tagged {
                key: self.log.clone()
            })
        );
        emit!(
            cx,
            MoneyDeposited {
                account: self.fees.clone(),
                amount: 1
            }
        );
        emit!(
            cx,
            AccountEvent::Withdrawn {
                account: self.fees.clone(),
                amount: 1
            }
        );
        Ok(())
    }
}

#[derive(Command)]
struct Fold<S: State> {
    #[stream(state = S)]
    stream: S::Key,
}

#[derive(Command)]
#[command(discovers(more: K, state = Tags<K>))]
struct Find<K: StreamKey + Serialize + for<'de> Deserialize<'de>> {
    #[stream(state = Tags<K>)]
    stream: K,
}

impl<K: StreamKey + Serialize + for<'de> Deserialize<'de>> StreamResolver for Find<K> {
    fn discover(&self, _: &FindState<K>, found: &mut FindFound<K>) {
        found.more(self.stream.clone());
    }
}

fn is_command<C: Command>() {}

#[test]
fn it_runs() {
    is_command::<Tag<AccountId>>();
    is_command::<Tag<RulesId, String, 5>>();
    is_command::<Fold<Account>>();
    is_command::<Find<AccountId>>();
}
