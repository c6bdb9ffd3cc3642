// What the derives write passes under every lint that a careful crate denies.

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

/// A key.
#[derive(StreamKey, Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[stream_key(category = "account")]
pub struct AccountId(String);

/// An event.
#[derive(Event, Clone, Debug)]
pub enum AccountEvent {
    /// A variant.
    Opened {
        /// A field.
        #[stream]
        account: AccountId,
    },
}

#[derive(Clone, Default)]
struct Account;

impl State for Account {
    type Key = AccountId;
    type Event = AccountEvent;

    fn apply(&mut self, _: &AccountId, _: &Recorded<AccountEvent>) {}
}

/// A command, whose state is not public.
#[derive(Command, Debug)]
#[command(emits(AccountEvent::Opened), discovers(other: AccountId, state = Account))]
pub struct Open {
    #[stream(state = Account)]
    account: AccountId,
    #[stream(read)]
    version: Option<StreamId>,
}

impl StreamResolver for Open {
    fn discover(&self, _: &OpenState, found: &mut OpenFound) {
        found.other(self.account.clone());
    }
}

impl CommandLogic for Open {
    type Error = std::convert::Infallible;

    fn handle(&self, state: &OpenState, cx: &mut Decide<Self>) -> Result<(), Self::Error> {
        let _ = (&state.account, &self.version);
        emit!(
            cx,
            AccountEvent::Opened {
                account: self.account.clone()
            }
        );
        Ok(())
    }
}
