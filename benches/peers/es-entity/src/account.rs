use es_entity::{
    EntityEvents, EntityEventsBuilder, EntityHydrationError, EsEntity, EsEvent, EsRepo, FromCaller,
    IntoEvents, TryFromEvents, entity_id, errlanes,
};
use harness::bank::{MEMO, SEED_AMOUNT, account, marker};
use serde::{Deserialize, Serialize};
use sqlx::PgPool;
use uuid::Uuid;

entity_id! { AccountId }

#[derive(EsEvent, Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
#[es_event(id = "AccountId")]
pub(crate) enum AccountEvent {
    Opened {
        id: AccountId,
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

impl AccountEvent {
    fn deposited(number: u64, amount: i64) -> Self {
        Self::Deposited {
            account_id: account(number),
            amount,
            op: marker(),
            memo: MEMO.into(),
        }
    }

    fn withdrawn(number: u64, amount: i64) -> Self {
        Self::Withdrawn {
            account_id: account(number),
            amount,
            op: marker(),
            memo: MEMO.into(),
        }
    }
}

/// An account that is to be opened.
pub(crate) struct NewAccount {
    pub(crate) id: AccountId,
    pub(crate) number: u64,
    pub(crate) events: u64,
}

impl IntoEvents<AccountEvent> for NewAccount {
    type IdSource = FromCaller;

    fn into_events(
        self,
        builder: EntityEventsBuilder<AccountEvent, FromCaller>,
    ) -> EntityEvents<AccountEvent> {
        let opened = AccountEvent::Opened {
            id: self.id,
            account_id: account(self.number),
        };
        let deposits = (1..self.events).map(|_| AccountEvent::deposited(self.number, SEED_AMOUNT));
        builder.initial_events(self.id, [opened].into_iter().chain(deposits).collect::<Vec<_>>())
    }
}

#[derive(EsEntity)]
pub(crate) struct Account {
    pub(crate) id: AccountId,
    balance: i64,
    events: EntityEvents<AccountEvent>,
}

impl Account {
    pub(crate) fn balance(&self) -> i64 {
        self.balance
    }

    pub(crate) fn deposit(&mut self, number: u64, amount: i64) {
        self.balance += amount;
        self.events.push(AccountEvent::deposited(number, amount));
    }

    pub(crate) fn withdraw(&mut self, number: u64, amount: i64) {
        self.balance -= amount;
        self.events.push(AccountEvent::withdrawn(number, amount));
    }
}

impl TryFromEvents<AccountEvent> for Account {
    fn try_from_events(events: EntityEvents<AccountEvent>) -> Result<Self, EntityHydrationError> {
        let mut account = Self::hydrator();
        let mut balance = 0;
        for event in events.iter_all() {
            match event {
                AccountEvent::Opened { id, .. } => {
                    account.id(*id);
                }
                AccountEvent::Deposited { amount, .. } => balance += amount,
                AccountEvent::Withdrawn { amount, .. } => balance -= amount,
            }
        }
        account.balance(balance);
        account.build(events)
    }
}

#[derive(EsRepo)]
#[es_repo(entity = "Account", id(source = caller))]
pub(crate) struct Accounts {
    pub(crate) pool: PgPool,
}

/// Its ids are UUIDs.
pub(crate) fn id(number: u64) -> AccountId {
    AccountId::from(Uuid::new_v5(&Uuid::NAMESPACE_OID, &number.to_be_bytes()))
}
