// Everything can be defined in the body of a function.
#[test]
fn it_runs() {
    use eventsourcing::prelude::*;

    #[derive(StreamKey, Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
    #[stream_key(category = "account")]
    struct AccountId(String);

    #[derive(Event, Clone, Debug)]
    enum AccountEvent {
        Opened {
            #[stream]
            account: AccountId,
        },
        Closed {
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
    #[command(emits(AccountEvent::Opened, AccountEvent::Closed), discovers(other: AccountId, state = Account))]
    struct Open {
        #[stream(read, state = Account)]
        read: AccountId,
        #[stream(state = Account)]
        account: AccountId,
    }

    impl StreamResolver for Open {
        fn discover(&self, _: &OpenState, found: &mut OpenFound) {
            found.other(self.read.clone());
        }
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
            emit!(
                cx,
                AccountEvent::Closed {
                    account: self.account.clone()
                }
            );
            Ok(())
        }
    }
}
