// Nothing of the prelude is needed, and nothing that is called like it is taken for it.
#![no_implicit_prelude]

use ::eventsourcing::command::{Command, CommandLogic, Decide, StreamResolver};
use ::eventsourcing::emit;
use ::eventsourcing::event::{Event, Recorded};
use ::eventsourcing::state::State;
use ::eventsourcing::stream::StreamKey;
use ::std::clone::Clone;
use ::std::string::String as Text;

#[allow(dead_code)]
struct Option;
#[allow(dead_code)]
struct Result;
#[allow(dead_code)]
struct Vec;
#[allow(dead_code)]
struct String;

#[derive(StreamKey, Clone, Debug, PartialEq, Eq, Hash)]
#[stream_key(category = "account")]
struct AccountId(Text);

mod serde_impls {
    impl ::serde::Serialize for super::AccountId {
        fn serialize<S: ::serde::Serializer>(&self, serializer: S) -> ::std::result::Result<S::Ok, S::Error> {
            serializer.serialize_str(&self.0)
        }
    }

    impl<'de> ::serde::Deserialize<'de> for super::AccountId {
        fn deserialize<D: ::serde::Deserializer<'de>>(
            deserializer: D,
        ) -> ::std::result::Result<Self, D::Error> {
            ::std::result::Result::Ok(Self(<super::Text as ::serde::Deserialize>::deserialize(
                deserializer,
            )?))
        }
    }
}

#[derive(Event)]
enum AccountEvent {
    Opened {
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

#[derive(Command)]
#[command(emits(AccountEvent::Opened), discovers(other: AccountId, state = Account), discovers(log: AccountId, append))]
struct Open {
    #[stream(state = Account)]
    account: AccountId,
    #[stream(read)]
    maybe: ::std::option::Option<AccountId>,
    #[stream(append)]
    many: ::std::vec::Vec<AccountId>,
}

impl StreamResolver for Open {
    fn discover(&self, _: &OpenState, found: &mut OpenFound) {
        found.other(self.account.clone());
    }
}

impl CommandLogic for Open {
    type Error = ::std::convert::Infallible;

    fn handle(&self, _: &OpenState, cx: &mut Decide<Self>) -> ::std::result::Result<(), Self::Error> {
        emit!(
            cx,
            AccountEvent::Opened {
                account: self.account.clone()
            }
        );
        ::std::result::Result::Ok(())
    }
}
