//! A domain that cases of projections share.
#![allow(dead_code)]

use eventsourcing::prelude::*;

#[derive(StreamKey, Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[stream_key(category = "account")]
pub struct AccountId(pub String);

#[derive(Event, Clone, Debug, PartialEq)]
#[event(prefix = "account")]
pub enum AccountEvent {
    Opened { #[stream] account: AccountId, owner: String },
    Moved { #[stream] from: AccountId, #[stream] to: AccountId, amount: i64 },
    Closed { #[stream] account: AccountId },
}

#[derive(Command, Clone, Debug, Serialize, Deserialize)]
#[command(emits(AccountEvent::Opened))]
pub struct Open {
    #[stream(append)]
    pub account: AccountId,
    pub owner: String,
}

impl CommandLogic for Open {
    type Error = std::convert::Infallible;

    fn handle(&self, _: &OpenState, cx: &mut Decide<Self>) -> Result<(), Self::Error> {
        emit!(cx, AccountEvent::Opened { account: self.account.clone(), owner: self.owner.clone() });
        Ok(())
    }
}

#[derive(Row, Clone, Debug, PartialEq)]
#[row(table = "balances")]
pub struct BalanceRow {
    #[key]
    pub account: AccountId,
    pub owner: String,
    #[index]
    pub balance: i64,
}

#[derive(Default)]
pub struct Balances;

#[projection(name = "balances", version = 1, row = BalanceRow)]
impl Balances {
    #[on(AccountEvent::Opened)]
    fn opened(&self, account: &AccountId, owner: &str, rows: &mut Rows<BalanceRow>) {
        rows.entry(account).owner = owner.to_owned();
    }
}
