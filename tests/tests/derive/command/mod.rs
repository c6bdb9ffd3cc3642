//! Commands: what they plan, what is folded into them, and what `emit!` lets out.

mod discovery;
mod emits;
mod emitting;
mod folding;
mod own_state;
mod planning;
mod schema;
mod versions;

use std::sync::Arc;

use eventsourcing::command::{Access, Plan, Reads, Slot};
use eventsourcing::prelude::*;
use eventsourcing::uuid::Uuid;
use eventsourcing::{EventId, EventTypeName, EventTypes, Position, RecordedEvent, StreamVersion, TenantId};

#[derive(StreamKey, Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[stream_key(category = "account")]
struct AccountId(String);

#[derive(StreamKey, Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[stream_key(category = "rules")]
struct RulesId(u32);

#[derive(Event, Clone, Debug, PartialEq, Serialize, Deserialize)]
#[event(name = "account.Deposited")]
struct Deposited {
    #[stream]
    account: AccountId,
    amount: i64,
}

#[derive(Event, Clone, Debug, PartialEq)]
#[event(prefix = "account")]
enum AccountEvent {
    Transferred {
        #[stream]
        from: AccountId,
        #[stream]
        to: AccountId,
        amount: i64,
    },
    Deposited(Deposited),
}

#[derive(Event, Clone, Debug, PartialEq)]
#[event(prefix = "rules")]
enum RulesEvent {
    LimitSet {
        #[stream]
        rules: RulesId,
        amount: i64,
    },
}

#[derive(Clone, Debug, Default, PartialEq)]
struct Account {
    balance: i64,
}

impl State for Account {
    type Key = AccountId;
    type Event = AccountEvent;

    fn apply(&mut self, me: &AccountId, event: &Recorded<AccountEvent>) {
        match event.payload() {
            AccountEvent::Transferred { from, to, amount } => {
                if from == me {
                    self.balance -= amount;
                }
                if to == me {
                    self.balance += amount;
                }
            }
            AccountEvent::Deposited(deposited) => self.balance += deposited.amount,
        }
    }
}

#[derive(Clone, Debug, Default, PartialEq)]
struct Rules {
    limit: Option<i64>,
}

impl State for Rules {
    type Key = RulesId;
    type Event = RulesEvent;

    fn apply(&mut self, _: &RulesId, event: &Recorded<RulesEvent>) {
        let RulesEvent::LimitSet { amount, .. } = event.payload();
        self.limit = Some(*amount);
    }
}

/// Which streams events were read through.
#[derive(Clone, Debug, Default, PartialEq)]
struct Log {
    read: Vec<String>,
}

impl State for Log {
    type Key = StreamId;
    type Event = AccountEvent;

    fn apply(&mut self, me: &StreamId, event: &Recorded<AccountEvent>) {
        self.read.push(format!("{me}@{}", event.version().get()));
    }
}

#[derive(Debug, PartialEq, thiserror::Error)]
#[error("refused")]
struct Refused;

fn account(id: &str) -> AccountId {
    AccountId(id.into())
}

fn stream(id: &str) -> StreamId {
    StreamId::new(id).unwrap()
}

fn deposited(to: &str, amount: i64) -> AccountEvent {
    AccountEvent::Deposited(Deposited {
        account: account(to),
        amount,
    })
}

fn transferred(from: &str, to: &str, amount: i64) -> AccountEvent {
    AccountEvent::Transferred {
        from: account(from),
        to: account(to),
        amount,
    }
}

/// An event as it comes from a store; of each of its streams it is the event of this version.
fn recorded(event: &impl Event, version: u64) -> Arc<RecordedEvent> {
    let encoded = event.encode().unwrap();
    let mut places = event.streams().unwrap().into_iter().map(|stream| StreamVersion {
        stream,
        version: Version::new(version),
    });
    Arc::new(RecordedEvent {
        id: EventId::new(Uuid::from_u128(version.into())),
        tenant: TenantId::DEFAULT,
        position: Position::new(version),
        event_type: EventTypeName::from_static(encoded.event_type.name),
        schema_version: encoded.event_type.version,
        content_type: encoded.content_type,
        payload: encoded.payload,
        metadata: Vec::new().into(),
        recorded_at: Timestamp::UNIX_EPOCH,
        home: places.next().unwrap(),
        links: places.collect(),
    })
}

fn slot(field: u16, index: u32) -> Slot {
    Slot { field, index }
}

/// What a command plans, as text: the slot, the stream, what it may do with it, and what it reads.
fn planned(plan: &Plan) -> Vec<String> {
    let streams = plan.streams().iter().map(|planned| {
        let access = match planned.access {
            Access::ReadWrite => "read-write",
            Access::Read => "read",
            Access::Append => "append",
        };
        let reads = match &planned.reads {
            Reads::Events(types) => {
                let mut names = Vec::new();
                types.for_each(&mut |name| names.push(name.to_owned()));
                names.join(" ")
            }
            Reads::Head => "head".to_owned(),
            Reads::Nothing => "nothing".to_owned(),
        };
        let Slot { field, index } = planned.slot;
        format!("{field}.{index} {}: {access}, {reads}", planned.stream)
    });
    streams.collect()
}

fn plan_of(command: &impl Command) -> Vec<String> {
    let mut plan = Plan::default();
    command.plan(&mut plan).unwrap();
    planned(&plan)
}

fn names(types: &[&'static EventTypes]) -> Vec<&'static str> {
    let mut names = Vec::new();
    for types in types {
        types.for_each(&mut |event_type| names.push(event_type.name));
    }
    names
}
