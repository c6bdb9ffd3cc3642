use cqrs_es::event_sink::EventSink;
use cqrs_es::{Aggregate, DomainEvent};
use harness::bank::{MEMO, SEED_AMOUNT, account, marker};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
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
}

impl Event {
    fn deposited(number: u64, amount: i64) -> Self {
        Self::Deposited {
            account_id: account(number),
            amount,
            op: marker(),
            memo: MEMO.into(),
        }
    }

    pub(crate) fn marker(&self) -> Option<i64> {
        match self {
            Self::Opened { .. } => None,
            Self::Deposited { op, .. } => Some(*op),
        }
    }
}

impl DomainEvent for Event {
    fn event_type(&self) -> String {
        match self {
            Self::Opened { .. } => "Opened".into(),
            Self::Deposited { .. } => "Deposited".into(),
        }
    }

    fn event_version(&self) -> String {
        "1.0".into()
    }
}

#[derive(Debug, thiserror::Error)]
#[error("the account is not open")]
pub(crate) struct NotOpen;

pub(crate) enum Command {
    Open { number: u64, events: u64 },
    Deposit { number: u64, amount: i64 },
}

#[derive(Default, Serialize, Deserialize)]
pub(crate) struct Account {
    open: bool,
    balance: i64,
}

impl Aggregate for Account {
    const TYPE: &'static str = "account";

    type Command = Command;
    type Event = Event;
    type Error = NotOpen;
    type Services = ();

    async fn handle(&mut self, command: Command, (): &(), sink: &EventSink<Self>) -> Result<(), NotOpen> {
        match command {
            Command::Open { number, events } => {
                sink.write(
                    Event::Opened {
                        account_id: account(number),
                    },
                    self,
                )
                .await;
                for _ in 1..events {
                    sink.write(Event::deposited(number, SEED_AMOUNT), self).await;
                }
            }
            Command::Deposit { .. } if !self.open => return Err(NotOpen),
            Command::Deposit { number, amount } => sink.write(Event::deposited(number, amount), self).await,
        }
        Ok(())
    }

    fn apply(&mut self, event: Event) {
        match event {
            Event::Opened { .. } => self.open = true,
            Event::Deposited { amount, .. } => self.balance += amount,
        }
    }
}
