//! The bank that the tests work on.

use std::sync::Arc;

use eventsourcing::TenantId;
use eventsourcing::prelude::*;
use eventsourcing::store::{EventStore, ReadStream, ReadStreams, StreamSlice};

#[derive(StreamKey, Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[stream_key(category = "account")]
pub struct AccountId(pub String);

#[derive(StreamKey, Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[stream_key(category = "rules")]
pub struct RulesId(pub String);

#[derive(Event, Clone, Debug, PartialEq)]
#[event(prefix = "account")]
pub enum AccountEvent {
    Deposited {
        #[stream]
        account: AccountId,
        amount: i64,
    },
    Withdrawn {
        #[stream]
        account: AccountId,
        amount: i64,
    },
    /// Stored once, in both accounts.
    Transferred {
        #[stream]
        from: AccountId,
        #[stream]
        to: AccountId,
        amount: i64,
    },
    /// Further transfers pay a fee to that account.
    FeesNamed {
        #[stream]
        account: AccountId,
        payable_to: AccountId,
    },
}

/// What people write beside an account, and no balance depends on.
#[derive(Event, Clone, Debug, PartialEq, Serialize, Deserialize)]
#[event(name = "account.Noted")]
pub struct Noted {
    #[stream]
    pub account: AccountId,
    pub text: String,
}

#[derive(Event, Clone, Debug, PartialEq)]
#[event(prefix = "rules")]
pub enum RulesEvent {
    LimitSet {
        #[stream]
        rules: RulesId,
        limit: i64,
    },
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Account {
    pub balance: i64,
    /// How many events it was folded from.
    pub events: u32,
    pub fees_payable_to: Option<AccountId>,
}

#[state(name = "account", version = 1)]
impl State for Account {
    type Key = AccountId;
    type Event = AccountEvent;

    fn apply(&mut self, me: &AccountId, event: &Recorded<AccountEvent>) {
        self.events += 1;
        match event.payload() {
            AccountEvent::Deposited { amount, .. } => self.balance += amount,
            AccountEvent::Withdrawn { amount, .. } => self.balance -= amount,
            AccountEvent::Transferred { from, to, amount } => {
                self.balance -= if from == me { *amount } else { 0 };
                self.balance += if to == me { *amount } else { 0 };
            }
            AccountEvent::FeesNamed { payable_to, .. } => self.fees_payable_to = Some(payable_to.clone()),
        }
    }
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Notes {
    pub texts: Vec<String>,
}

impl State for Notes {
    type Key = AccountId;
    type Event = Noted;

    fn apply(&mut self, _: &AccountId, event: &Recorded<Noted>) {
        self.texts.push(event.payload().text.clone());
    }
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rules {
    pub limit: Option<i64>,
}

impl State for Rules {
    type Key = RulesId;
    type Event = RulesEvent;

    fn apply(&mut self, _: &RulesId, event: &Recorded<RulesEvent>) {
        let RulesEvent::LimitSet { limit, .. } = event.payload();
        self.limit = Some(*limit);
    }
}

#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum BankError {
    #[error("insufficient funds: the balance is {balance}")]
    InsufficientFunds { balance: i64 },
    #[error("more than the limit of {limit}")]
    OverLimit { limit: i64 },
}

/// Decided without looking: it reads nothing, so it cannot conflict.
#[derive(Command, Clone, Debug, Serialize, Deserialize)]
#[command(emits(AccountEvent::Deposited))]
pub struct Deposit {
    #[stream(append)]
    pub account: AccountId,
    pub amount: i64,
}

impl CommandLogic for Deposit {
    type Error = BankError;

    fn handle(&self, _: &DepositState, cx: &mut Decide<Self>) -> Result<(), BankError> {
        emit!(
            cx,
            AccountEvent::Deposited {
                account: self.account.clone(),
                amount: self.amount
            }
        );
        Ok(())
    }
}

#[derive(Command, Clone, Debug, Serialize, Deserialize)]
pub struct Withdraw {
    #[stream(state = Account)]
    pub account: AccountId,
    pub amount: i64,
}

impl CommandLogic for Withdraw {
    type Error = BankError;

    fn handle(&self, state: &WithdrawState, cx: &mut Decide<Self>) -> Result<(), BankError> {
        let balance = state.account.balance;
        require!(balance >= self.amount, BankError::InsufficientFunds { balance });
        emit!(
            cx,
            AccountEvent::Withdrawn {
                account: self.account.clone(),
                amount: self.amount
            }
        );
        Ok(())
    }
}

#[derive(Command, Clone, Debug, Serialize, Deserialize)]
pub struct Transfer {
    #[stream(state = Account)]
    pub from: AccountId,
    #[stream(state = Account)]
    pub to: AccountId,
    pub amount: i64,
}

impl CommandLogic for Transfer {
    type Error = BankError;

    fn handle(&self, state: &TransferState, cx: &mut Decide<Self>) -> Result<(), BankError> {
        let balance = state.from.balance;
        require!(balance >= self.amount, BankError::InsufficientFunds { balance });
        let (from, to) = (self.from.clone(), self.to.clone());
        emit!(
            cx,
            AccountEvent::Transferred {
                from,
                to,
                amount: self.amount
            }
        );
        Ok(())
    }
}

/// Leaves a note, whatever the account holds.
#[derive(Command, Clone, Debug, Serialize, Deserialize)]
#[command(emits(Noted))]
pub struct Note {
    #[stream(append)]
    pub account: AccountId,
    pub text: String,
}

impl CommandLogic for Note {
    type Error = BankError;

    fn handle(&self, _: &NoteState, cx: &mut Decide<Self>) -> Result<(), BankError> {
        emit!(
            cx,
            Noted {
                account: self.account.clone(),
                text: self.text.clone()
            }
        );
        Ok(())
    }
}

#[derive(Command, Clone, Debug, Serialize, Deserialize)]
#[command(emits(RulesEvent))]
pub struct SetLimit {
    #[stream(append)]
    pub rules: RulesId,
    pub limit: i64,
}

impl CommandLogic for SetLimit {
    type Error = BankError;

    fn handle(&self, _: &SetLimitState, cx: &mut Decide<Self>) -> Result<(), BankError> {
        emit!(
            cx,
            RulesEvent::LimitSet {
                rules: self.rules.clone(),
                limit: self.limit
            }
        );
        Ok(())
    }
}

/// Says which account transfers from an account pay fees to.
#[derive(Command, Clone, Debug, Serialize, Deserialize)]
#[command(emits(AccountEvent::FeesNamed))]
pub struct NameFees {
    #[stream(append)]
    pub account: AccountId,
    pub payable_to: AccountId,
}

impl CommandLogic for NameFees {
    type Error = BankError;

    fn handle(&self, _: &NameFeesState, cx: &mut Decide<Self>) -> Result<(), BankError> {
        let (account, payable_to) = (self.account.clone(), self.payable_to.clone());
        emit!(cx, AccountEvent::FeesNamed { account, payable_to });
        Ok(())
    }
}

pub fn account(name: &str) -> AccountId {
    AccountId(name.into())
}

pub fn rules(name: &str) -> RulesId {
    RulesId(name.into())
}

pub fn deposit(to: &str, amount: i64) -> Deposit {
    Deposit {
        account: account(to),
        amount,
    }
}

pub fn withdraw(from: &str, amount: i64) -> Withdraw {
    Withdraw {
        account: account(from),
        amount,
    }
}

pub fn transfer(from: &str, to: &str, amount: i64) -> Transfer {
    Transfer {
        from: account(from),
        to: account(to),
        amount,
    }
}

pub fn note(on: &str, text: &str) -> Note {
    Note {
        account: account(on),
        text: text.into(),
    }
}

/// What is stored of an account.
pub async fn stored(store: &dyn EventStore, name: &str) -> StreamSlice {
    let stream = account(name).to_stream_id().unwrap();
    let read = ReadStream::whole(stream);
    let read = ReadStreams {
        streams: vec![read],
        command: None,
    };
    let log = store.tenant(&TenantId::DEFAULT).log;
    log.read_streams(&read).await.unwrap().slices.remove(0)
}

/// What the stored events of an account add up to.
pub async fn balance(store: &dyn EventStore, name: &str) -> i64 {
    let mut state = Account::default();
    for event in stored(store, name).await.events {
        if AccountEvent::TYPES.contains(event.event_type.as_str()) {
            state.apply(&account(name), &Recorded::decode(Arc::clone(&event)).unwrap());
        }
    }
    state.balance
}
