//! A bank, with its balances and its number of movements.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use eventsourcing::Position;
use eventsourcing::prelude::*;
use eventsourcing::projection::{ProjectionPolicy, ProjectionStatus};
use eventsourcing::service::Runtime;
use eventsourcing::store::EventStore;

#[derive(StreamKey, Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[stream_key(category = "account")]
pub struct AccountId(pub String);

#[derive(Event, Clone, Debug, PartialEq)]
#[event(prefix = "account")]
pub enum AccountEvent {
    Opened {
        #[stream]
        account: AccountId,
        owner: String,
    },
    Moved {
        #[stream]
        from: AccountId,
        #[stream]
        to: AccountId,
        amount: i64,
    },
    Closed {
        #[stream]
        account: AccountId,
    },
}

macro_rules! command {
    ($name:ident { $(#[stream(append)] $key:ident,)* $($field:ident: $ty:ty,)* } $state:ident => $event:ident) => {
        #[derive(Command, Clone, Debug, Serialize, Deserialize)]
        #[command(emits(AccountEvent::$event))]
        pub struct $name {
            $(#[stream(append)] pub $key: AccountId,)*
            $(pub $field: $ty,)*
        }

        impl CommandLogic for $name {
            type Error = Infallible;

            fn handle(&self, _: &$state, cx: &mut Decide<Self>) -> Result<(), Infallible> {
                emit!(cx, AccountEvent::$event {
                    $($key: self.$key.clone(),)*
                    $($field: self.$field.clone(),)*
                });
                Ok(())
            }
        }
    };
}

command!(Open { #[stream(append)] account, owner: String, } OpenState => Opened);
command!(Move { #[stream(append)] from, #[stream(append)] to, amount: i64, } MoveState => Moved);
command!(Close { #[stream(append)] account, } CloseState => Closed);

#[derive(Row, Clone, Debug, PartialEq)]
#[row(table = "balances")]
pub struct BalanceRow {
    #[key]
    pub account: AccountId,
    pub owner: Option<String>,
    #[index]
    pub balance: i64,
    pub moves: u32,
}

#[derive(Default)]
pub struct Balances;

#[projection(name = "balances", version = 1, row = BalanceRow)]
impl Balances {
    #[on(AccountEvent::Opened)]
    fn opened(&self, account: &AccountId, owner: &str, rows: &mut Rows<BalanceRow>) {
        rows.entry(account).owner = Some(owner.to_owned());
    }

    #[on(AccountEvent::Moved)]
    fn moved(&self, from: &AccountId, to: &AccountId, amount: &i64, rows: &mut Rows<BalanceRow>) {
        for (account, amount) in [(from, -amount), (to, *amount)] {
            let row = rows.entry(account);
            row.balance += amount;
            row.moves += 1;
        }
    }

    #[on(AccountEvent::Closed)]
    fn closed(&self, account: &AccountId, rows: &mut Rows<BalanceRow>) {
        rows.remove(account);
    }
}

#[derive(Row, Clone, Debug, PartialEq)]
#[row(table = "owners")]
pub struct OwnerRow {
    #[key]
    pub owner: String,
    pub accounts: u32,
}

/// Does not go on while somebody says so.
#[derive(Default)]
pub struct Owners {
    pub is_broken: Arc<AtomicBool>,
}

#[projection(name = "owners", version = 1, row = OwnerRow)]
impl Owners {
    #[on(AccountEvent::Opened)]
    fn opened(&self, owner: &str, rows: &mut Rows<OwnerRow>) -> Result<(), &'static str> {
        if owner == "Ada" && self.is_broken.load(Ordering::Relaxed) {
            return Err("the census is closed");
        }
        rows.entry(owner).accounts += 1;
        Ok(())
    }
}

#[service(commands(Open, Move, Close), projections(Balances, Owners))]
pub struct Bank;

/// Pauses are short.
pub fn hasty() -> ProjectionPolicy {
    ProjectionPolicy::default().with_pauses(Duration::from_millis(1), Duration::from_millis(5))
}

pub async fn start(store: &(impl EventStore + Clone)) -> Runtime {
    let builder = Bank::builder(store.clone()).projection_policy(hasty());
    builder.start().await.unwrap()
}

pub async fn stop(bank: Runtime) {
    bank.shutdown(Duration::from_mins(1)).await.unwrap();
}

pub fn account(name: &str) -> AccountId {
    AccountId(name.to_owned())
}

pub async fn open(bank: &Runtime, name: &str, owner: &str) -> Position {
    let open = Open {
        account: account(name),
        owner: owner.to_owned(),
    };
    bank.execute(open).await.unwrap().position()
}

pub async fn transfer(bank: &Runtime, from: &str, to: &str, amount: i64) -> Position {
    let transfer = Move {
        from: account(from),
        to: account(to),
        amount,
    };
    bank.execute(transfer).await.unwrap().position()
}

/// All balances, by account.
pub async fn balances(bank: &Runtime) -> BTreeMap<String, i64> {
    let rows = bank.rows::<BalanceRow>().all().await.unwrap();
    rows.into_iter().map(|row| (row.account.0, row.balance)).collect()
}

pub fn status(bank: &Runtime, projection: &str) -> ProjectionStatus {
    let status = bank.status().projections;
    status
        .into_iter()
        .find(|status| status.projection == projection)
        .unwrap()
}
