// A stream of a type parameter is only written if it is not `read`.

#[path = "../../bank.rs"]
mod bank;

use bank::*;
use eventsourcing::prelude::*;

#[derive(Event, Clone, Debug, Serialize, Deserialize)]
struct Tagged<K: StreamKey> {
    #[stream]
    key: K,
}

#[derive(Command)]
#[command(emits(Tagged<K>))]
struct Tag<K: StreamKey + Serialize + for<'de> Deserialize<'de>> {
    #[stream(read)]
    key: K,
}

impl<K: StreamKey + Serialize + for<'de> Deserialize<'de>> CommandLogic for Tag<K> {
    type Error = BankError;

    fn handle(&self, _: &TagState<K>, cx: &mut Decide<Self>) -> Result<(), BankError> {
        emit!(cx, Tagged { key: self.key.clone() });
        Ok(())
    }
}

fn main() {}
