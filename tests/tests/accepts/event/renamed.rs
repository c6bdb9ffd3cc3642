// The facade may be found elsewhere than at `::eventsourcing`.

mod framework {
    pub use eventsourcing as es;
}

mod domain {
    use crate::event::renamed::framework::es::prelude::*;

    #[derive(StreamKey, Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
    #[stream_key(category = "account", crate = crate::event::renamed::framework::es)]
    pub struct AccountId(String);

    #[derive(Event, Debug, Serialize, Deserialize)]
    #[event(crate = crate::event::renamed::framework::es)]
    pub struct Deposited {
        #[stream]
        pub account: AccountId,
    }

    #[derive(Event, Debug)]
    #[event(crate = crate::event::renamed::framework::es)]
    pub enum AccountEvent {
        Opened {
            #[stream]
            account: AccountId,
        },
        Deposited(Deposited),
    }
}
