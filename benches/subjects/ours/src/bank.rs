use eventsourcing::prelude::*;

#[derive(StreamKey, Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[stream_key(category = "account")]
pub(crate) struct AccountId(pub(crate) String);

#[derive(Event, Clone, Debug, PartialEq)]
#[event(prefix = "account")]
pub(crate) enum AccountEvent {
    Opened {
        #[stream]
        account: AccountId,
    },
    Deposited {
        #[stream]
        account: AccountId,
        amount: i64,
        op: i64,
        memo: String,
    },
    Withdrawn {
        #[stream]
        account: AccountId,
        amount: i64,
        op: i64,
        memo: String,
    },
    Transferred {
        #[stream]
        from: AccountId,
        #[stream]
        to: AccountId,
        amount: i64,
        op: i64,
        memo: String,
    },
}

impl AccountEvent {
    pub(crate) fn marker(&self) -> Option<i64> {
        match self {
            Self::Opened { .. } => None,
            Self::Deposited { op, .. } | Self::Withdrawn { op, .. } | Self::Transferred { op, .. } => {
                Some(*op)
            }
        }
    }
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Account {
    pub(crate) open: bool,
    pub(crate) balance: i64,
}

impl State for Account {
    type Key = AccountId;
    type Event = AccountEvent;

    fn apply(&mut self, me: &AccountId, event: &Recorded<AccountEvent>) {
        match event.payload() {
            AccountEvent::Opened { .. } => self.open = true,
            AccountEvent::Withdrawn { amount, .. } => self.balance -= amount,
            AccountEvent::Transferred { from, amount, .. } if from == me => self.balance -= amount,
            AccountEvent::Deposited { amount, .. } | AccountEvent::Transferred { amount, .. } => {
                self.balance += amount;
            }
        }
    }
}
