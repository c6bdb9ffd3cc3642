//! Accounts, and what is kept of them.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::Arc;

use crate::prelude::*;
use crate::projection::batch::Batch;
use crate::projection::derived::Projects;
use crate::projection::{Batches as _, Parked, Projected, RowError, Step};
use crate::store::rows::Value;
use crate::{
    ContentType, EventId, EventTypeName, Position, RecordedEvent, StreamVersion, TenantId, uuid::Uuid,
};

#[derive(StreamKey, Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[stream_key(category = "account")]
pub(in crate::projection) struct AccountId(pub(in crate::projection) String);

#[derive(Event, Clone, Debug, PartialEq)]
#[event(prefix = "account")]
pub(in crate::projection) enum AccountEvent {
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
    Inherited {
        #[stream]
        account: AccountId,
    },
    Closed {
        #[stream]
        account: AccountId,
    },
    Puzzled {
        #[stream]
        account: AccountId,
    },
}

#[derive(Row, Clone, Debug, PartialEq)]
#[row(table = "balances")]
pub(in crate::projection) struct BalanceRow {
    #[key]
    pub(in crate::projection) account: AccountId,
    pub(in crate::projection) owner: String,
    /// Who gets what is left.
    pub(in crate::projection) heir: Option<String>,
    pub(in crate::projection) balance: i64,
}

#[derive(Default)]
pub(in crate::projection) struct Balances;

#[projection(name = "balances", version = 1, row = BalanceRow)]
impl Balances {
    #[on(AccountEvent::Opened)]
    fn opened(&self, account: &AccountId, owner: &str, rows: &mut Rows<BalanceRow>) -> Result<(), String> {
        match owner {
            "nobody" => return Err("nobody has no accounts".to_owned()),
            "chaos" => panic!("chaos"),
            "thief" => rows.entry(account).account = AccountId("stolen".into()),
            _ => {
                let row = rows.entry(account);
                owner.clone_into(&mut row.owner);
                row.heir = owner.strip_prefix("heir of ").map(ToOwned::to_owned);
            }
        }
        Ok(())
    }

    #[on(AccountEvent::Moved)]
    fn moved(&self, from: &AccountId, to: &AccountId, amount: &i64, rows: &mut Rows<BalanceRow>) {
        rows.entry(from).balance -= amount;
        rows.entry(to).balance += amount;
    }

    /// Which row it changes, another row says.
    #[on(AccountEvent::Inherited)]
    fn inherited(&self, account: &AccountId, rows: &mut Rows<BalanceRow>) -> Result<(), RowError> {
        let row = rows.existing(account)?;
        let left = std::mem::take(&mut row.balance);
        if let Some(heir) = row.heir.clone() {
            rows.entry(&AccountId(heir)).balance += left;
        }
        Ok(())
    }

    #[on(AccountEvent::Closed)]
    fn closed(&self, account: &AccountId, rows: &mut Rows<BalanceRow>) -> Result<(), Infallible> {
        rows.remove(account);
        Ok(())
    }

    /// It never comes to an end.
    #[on(AccountEvent::Puzzled)]
    fn puzzled(&self, rows: &mut Rows<BalanceRow>) {
        let account = AccountId(Uuid::now_v7().to_string());
        rows.entry(&account).balance += 1;
    }
}

pub(in crate::projection) fn account(name: &str) -> AccountId {
    AccountId(name.to_owned())
}

pub(in crate::projection) fn opened(name: &str, owner: &str) -> AccountEvent {
    AccountEvent::Opened {
        account: account(name),
        owner: owner.to_owned(),
    }
}

pub(in crate::projection) fn moved(from: &str, to: &str, amount: i64) -> AccountEvent {
    AccountEvent::Moved {
        from: account(from),
        to: account(to),
        amount,
    }
}

pub(in crate::projection) fn inherited(name: &str) -> AccountEvent {
    AccountEvent::Inherited {
        account: account(name),
    }
}

pub(in crate::projection) fn closed(name: &str) -> AccountEvent {
    AccountEvent::Closed {
        account: account(name),
    }
}

pub(in crate::projection) fn row(name: &str, owner: &str, balance: i64) -> BalanceRow {
    BalanceRow {
        account: account(name),
        owner: owner.to_owned(),
        heir: owner.strip_prefix("heir of ").map(ToOwned::to_owned),
        balance,
    }
}

/// Events as a store has them.
pub(in crate::projection) fn recorded(events: &[AccountEvent]) -> Vec<Arc<RecordedEvent>> {
    let recorded = events.iter().zip(1..).map(|(event, number)| {
        let encoded = event.encode().unwrap();
        Arc::new(RecordedEvent {
            id: EventId::new(Uuid::from_u128(number)),
            tenant: TenantId::DEFAULT,
            position: Position::new(u64::try_from(number).unwrap()),
            event_type: EventTypeName::from_static(encoded.event_type.name),
            schema_version: encoded.event_type.version,
            content_type: encoded.content_type,
            payload: encoded.payload,
            metadata: bytes::Bytes::new(),
            recorded_at: Timestamp::UNIX_EPOCH,
            home: StreamVersion {
                stream: event.streams().unwrap().remove(0),
                version: Version::new(1),
            },
            links: Vec::new(),
        })
    });
    recorded.collect()
}

/// An event that nobody can read.
pub(in crate::projection) fn garbled(event: &Arc<RecordedEvent>) -> Arc<RecordedEvent> {
    let mut event = (**event).clone();
    event.payload = "{".into();
    event.content_type = ContentType::JSON;
    Arc::new(event)
}

/// A store with one table, which counts what it is asked for.
#[derive(Default)]
pub(in crate::projection) struct World {
    pub(in crate::projection) rows: BTreeMap<Vec<Value>, Vec<Value>>,
    /// What is set aside.
    pub(in crate::projection) parked: Parked,
    /// How many keys were loaded, each time.
    pub(in crate::projection) loads: Vec<usize>,
}

impl World {
    /// Begins a batch, and leads it to its end; what comes of it is not written.
    pub(in crate::projection) fn project<P: Projects>(
        &mut self,
        batch: &mut Batch<P>,
        events: &[Arc<RecordedEvent>],
    ) -> Projected {
        let mut step = batch.start(events, &self.parked);
        loop {
            match step {
                Step::Load(keys) => {
                    self.loads.push(keys.len());
                    step = batch.resume(keys.iter().map(|key| self.rows.get(key).cloned()).collect());
                }
                Step::Write(projected) => return projected,
            }
        }
    }

    /// Does so, and writes it.
    pub(in crate::projection) fn write<P: Projects>(
        &mut self,
        batch: &mut Batch<P>,
        events: &[AccountEvent],
    ) -> Projected {
        let projected = self.project(batch, &recorded(events));
        for row in &projected.changes.put {
            self.rows.insert(row[..1].to_vec(), row.clone());
        }
        for key in &projected.changes.remove {
            self.rows.remove(key);
        }
        batch.written(crate::projection::RowChanges {
            put: projected.changes.put.clone(),
            remove: projected.changes.remove.clone(),
        });
        projected
    }

    pub(in crate::projection) fn rows(&self) -> Vec<BalanceRow> {
        self.rows
            .values()
            .cloned()
            .map(|values| BalanceRow::from_values(values).unwrap())
            .collect()
    }
}

pub(in crate::projection) fn batch() -> Batch<Balances> {
    Batch::new(Arc::new(Balances))
}
