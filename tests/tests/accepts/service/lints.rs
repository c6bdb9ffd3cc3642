// What the attributes write passes under every lint that a careful crate denies.

#![deny(
    warnings,
    dead_code,
    missing_docs,
    missing_debug_implementations,
    unreachable_pub,
    unused_qualifications
)]
#![deny(
    rust_2018_idioms,
    single_use_lifetimes,
    unnameable_types,
    elided_lifetimes_in_paths,
    unused_lifetimes
)]
#![forbid(unsafe_code)]

//! A documented crate.

use eventsourcing::prelude::*;

#[derive(StreamKey, Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[stream_key(category = "account")]
struct AccountId(String);

#[derive(Event)]
#[event(prefix = "account")]
enum AccountEvent {
    Opened {
        #[stream]
        account: AccountId,
    },
}

#[derive(Command, Serialize, Deserialize)]
#[command(emits(AccountEvent))]
struct Open {
    #[stream]
    account: AccountId,
}

impl CommandLogic for Open {
    type Error = std::convert::Infallible;

    fn handle(&self, _: &OpenState, cx: &mut Decide<Self>) -> Result<(), Self::Error> {
        emit!(
            cx,
            AccountEvent::Opened {
                account: self.account.clone()
            }
        );
        Ok(())
    }
}

/// A module.
#[module(commands(Open))]
#[derive(Debug)]
pub struct Accounts;

/// What things cost.
#[derive(Debug)]
pub struct Prices;

#[service(modules(Accounts), resources(Prices))]
struct Bank;

/// A service that others could see.
#[service(modules(Accounts), resources(Prices))]
#[derive(Clone, Copy, Debug, Default)]
pub struct PublicBank;

#[test]
fn it_runs() {
    let _ = Bank::builder(eventsourcing::memory::MemoryStore::new())
        .provide(Prices)
        .start();
    let _ = PublicBank::describe();
}
