use harness::bank::{MEMO, account, marker};
use serde::{Deserialize, Serialize};

/// What happens to accounts.
#[derive(Serialize, Deserialize)]
#[serde(tag = "type")]
pub(crate) enum Event {
    Opened {
        account_id: String,
    },
    Deposited {
        account_id: String,
        amount: i64,
        op: i64,
        memo: String,
    },
    Withdrawn {
        account_id: String,
        amount: i64,
        op: i64,
        memo: String,
    },
}

impl Event {
    pub(crate) fn deposited(number: u64, amount: i64) -> Self {
        Self::Deposited {
            account_id: account(number),
            amount,
            op: marker(),
            memo: MEMO.into(),
        }
    }

    pub(crate) fn withdrawn(number: u64, amount: i64) -> Self {
        Self::Withdrawn {
            account_id: account(number),
            amount,
            op: marker(),
            memo: MEMO.into(),
        }
    }

    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Opened { .. } => "Opened",
            Self::Deposited { .. } => "Deposited",
            Self::Withdrawn { .. } => "Withdrawn",
        }
    }

    pub(crate) fn marker(&self) -> Option<i64> {
        match self {
            Self::Opened { .. } => None,
            Self::Deposited { op, .. } | Self::Withdrawn { op, .. } => Some(*op),
        }
    }
}

/// What they add up to.
#[derive(Default)]
pub(crate) struct Account {
    pub(crate) version: i64,
    pub(crate) balance: i64,
    pub(crate) open: bool,
}

impl Account {
    pub(crate) fn apply(&mut self, event: &Event) {
        self.version += 1;
        match event {
            Event::Opened { .. } => self.open = true,
            Event::Deposited { amount, .. } => self.balance += amount,
            Event::Withdrawn { amount, .. } => self.balance -= amount,
        }
    }
}
