// The facade may be known under another path.
mod inner {
    pub use eventsourcing as es;
}

use inner::es::prelude::{CommandLogic, Decide, Deserialize, Recorded, Serialize, State};
use inner::es::{command::Command, event::Event, stream::StreamKey};

#[derive(StreamKey, Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[stream_key(category = "account", crate = crate::command::renamed::inner::es)]
struct AccountId(String);

#[derive(Event, Clone, Debug)]
#[event(crate = crate::command::renamed::inner::es)]
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
#[command(crate = crate::command::renamed::inner::es)]
struct Open {
    #[stream(state = Account)]
    account: AccountId,
}

impl CommandLogic for Open {
    type Error = std::convert::Infallible;

    fn handle(&self, _: &OpenState, cx: &mut Decide<Self>) -> Result<(), Self::Error> {
        inner::es::emit!(
            cx,
            AccountEvent::Opened {
                account: self.account.clone()
            }
        );
        Ok(())
    }
}
