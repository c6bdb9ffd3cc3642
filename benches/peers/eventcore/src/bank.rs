use anyhow::{Result, anyhow};
use eventcore::{Command, CommandError, CommandLogic, NewEvents, StreamId};
use harness::bank::{MEMO, account, marker};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "type")]
pub(crate) enum Event {
    Opened {
        account_id: StreamId,
    },
    Deposited {
        account_id: StreamId,
        amount: i64,
        op: i64,
        memo: String,
    },
    Withdrawn {
        account_id: StreamId,
        amount: i64,
        op: i64,
        memo: String,
    },
}

impl Event {
    pub(crate) fn deposited(account_id: StreamId, amount: i64) -> Self {
        Self::Deposited {
            account_id,
            amount,
            op: marker(),
            memo: MEMO.into(),
        }
    }

    fn withdrawn(account_id: StreamId, amount: i64) -> Self {
        Self::Withdrawn {
            account_id,
            amount,
            op: marker(),
            memo: MEMO.into(),
        }
    }

    pub(crate) fn marker(&self) -> Option<i64> {
        match self {
            Self::Opened { .. } => None,
            Self::Deposited { op, .. } | Self::Withdrawn { op, .. } => Some(*op),
        }
    }
}

impl eventcore::Event for Event {
    fn stream_id(&self) -> &StreamId {
        match self {
            Self::Opened { account_id }
            | Self::Deposited { account_id, .. }
            | Self::Withdrawn { account_id, .. } => account_id,
        }
    }

    fn event_type_name() -> &'static str {
        "AccountEvent"
    }
}

/// The stream of an account.
pub(crate) fn stream(number: u64) -> Result<StreamId> {
    StreamId::try_new(account(number)).map_err(|error| anyhow!("{error:?}"))
}

#[derive(Default)]
pub(crate) struct Account {
    open: bool,
    balance: i64,
}

impl Account {
    fn after(mut self, event: &Event) -> Self {
        match event {
            Event::Opened { .. } => self.open = true,
            Event::Deposited { amount, .. } => self.balance += amount,
            Event::Withdrawn { amount, .. } => self.balance -= amount,
        }
        self
    }
}

#[derive(Command)]
pub(crate) struct Deposit {
    #[stream]
    pub(crate) account: StreamId,
    pub(crate) amount: i64,
}

impl CommandLogic for Deposit {
    type Event = Event;
    type State = Account;

    fn apply(&self, state: Account, event: &Event) -> Account {
        state.after(event)
    }

    fn handle(&self, state: Account) -> Result<NewEvents<Event>, CommandError> {
        if !state.open {
            return Err(CommandError::ValidationError("not open".into()));
        }
        Ok(vec![Event::deposited(self.account.clone(), self.amount)].into())
    }
}

#[derive(Command)]
pub(crate) struct Transfer {
    #[stream]
    pub(crate) from: StreamId,
    #[stream]
    pub(crate) to: StreamId,
    pub(crate) amount: i64,
}

impl CommandLogic for Transfer {
    type Event = Event;
    type State = (Account, Account);

    fn apply(&self, (from, to): Self::State, event: &Event) -> Self::State {
        if eventcore::Event::stream_id(event) == &self.from {
            (from.after(event), to)
        } else {
            (from, to.after(event))
        }
    }

    fn handle(&self, (from, to): Self::State) -> Result<NewEvents<Event>, CommandError> {
        if !from.open || !to.open || from.balance < self.amount {
            return Err(CommandError::ValidationError("refused".into()));
        }
        let withdrawn = Event::withdrawn(self.from.clone(), self.amount);
        let deposited = Event::deposited(self.to.clone(), self.amount);
        Ok(vec![withdrawn, deposited].into())
    }
}
