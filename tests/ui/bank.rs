//! A domain that cases share.
#![allow(dead_code)]

use eventsourcing::prelude::*;

#[derive(StreamKey, Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[stream_key(category = "account")]
pub struct AccountId(pub String);

#[derive(StreamKey, Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[stream_key(category = "rules")]
pub struct RulesId(pub String);

#[derive(Event, Clone, Debug, PartialEq, Serialize, Deserialize)]
#[event(prefix = "account")]
pub struct MoneyDeposited {
    #[stream]
    pub account: AccountId,
    pub amount: i64,
}

#[derive(Event, Clone, Debug, PartialEq)]
#[event(prefix = "account")]
pub enum AccountEvent {
    Opened {
        #[stream]
        account: AccountId,
        owner: String,
    },
    Withdrawn {
        #[stream]
        account: AccountId,
        amount: i64,
    },
    Limited {
        #[stream]
        account: AccountId,
        #[stream]
        rules: RulesId,
    },
    Deposited(MoneyDeposited),
}

#[derive(Event, Clone, Debug, PartialEq)]
#[event(prefix = "rules")]
pub enum RulesEvent {
    LimitSet {
        #[stream]
        rules: RulesId,
        amount: i64,
    },
}

#[derive(Clone, Default)]
pub struct Account {
    pub balance: i64,
}

impl State for Account {
    type Key = AccountId;
    type Event = AccountEvent;

    fn apply(&mut self, _: &AccountId, _: &Recorded<AccountEvent>) {}
}

#[derive(Clone, Default)]
pub struct Rules {
    pub limit: i64,
}

impl State for Rules {
    type Key = RulesId;
    type Event = RulesEvent;

    fn apply(&mut self, _: &RulesId, _: &Recorded<RulesEvent>) {}
}

#[derive(Debug, thiserror::Error)]
pub enum BankError {
    #[error("insufficient funds")]
    InsufficientFunds,
}
