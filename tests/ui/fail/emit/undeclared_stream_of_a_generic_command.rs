// A type parameter does not stand for another key type.

#[path = "../../bank.rs"]
mod bank;

use bank::*;
use eventsourcing::prelude::*;

#[derive(Command)]
#[command(emits(MoneyDeposited))]
struct Pay<K: StreamKey> {
    #[stream]
    key: K,
}

impl<K: StreamKey> CommandLogic for Pay<K> {
    type Error = BankError;

    fn handle(&self, _: &PayState<K>, cx: &mut Decide<Self>) -> Result<(), BankError> {
        emit!(cx, MoneyDeposited { account: AccountId("a".into()), amount: 1 });
        Ok(())
    }
}

fn main() {}
