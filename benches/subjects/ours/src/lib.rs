//! The bank on `eventsourcing`, whichever the store: commands through the executor, a subscriber by the feed.

mod bank;
mod bulk;
mod commands;
mod follow;

use anyhow::{Context as _, Result};
use eventsourcing::execute::{ExecuteError, Executed};
use eventsourcing::prelude::*;
use eventsourcing::store::EventStore;
use eventsourcing::{CommandId, uuid::Uuid};
use harness::Done;
use harness::bank::{ACCOUNTS, account};

use crate::bank::AccountId;
use crate::commands::{Deposit, Look, Open, Refused, Transfer, TransferAsOne};

/// What the bank can do on any of our stores.
#[derive(Clone, Debug)]
pub struct Bank {
    executor: Executor,
    extra: Extra,
}

/// How it differs from the plain one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Extra {
    /// Nothing.
    #[default]
    Nothing,
    /// A command id of their own, kept by the store.
    CommandIds,
    /// A transfer is one event, linked to both accounts, rather than one for each.
    Links,
    /// No states are kept: streams are read from their start.
    NoCache,
    /// All accounts have been looked at lately, as those that a process works with are after a while.
    Warm,
}

impl Bank {
    /// The bank on a store.
    ///
    /// # Errors
    /// If the accounts were to be looked at, and the store fails.
    pub async fn new(store: impl EventStore, extra: Extra) -> Result<Self> {
        let mut executor = Executor::builder(store);
        if extra == Extra::NoCache {
            executor = executor.state_cache(0);
        }
        let bank = Self {
            executor: executor.build(),
            extra,
        };
        if extra == Extra::Warm {
            bank.look_around().await?;
        }
        Ok(bank)
    }

    /// Looks at all accounts, twice, so that their streams are known to be quiet.
    async fn look_around(&self) -> Result<()> {
        const AT_A_TIME: u64 = 50;
        for _ in 0..2 {
            for first in (0..ACCOUNTS).step_by(AT_A_TIME.try_into()?) {
                let accounts = (first..first + AT_A_TIME).map(id).collect();
                self.execute(Look { accounts }).await?;
            }
        }
        Ok(())
    }

    /// Opens an account with so many events.
    ///
    /// # Errors
    /// If it is open, or the store fails.
    pub async fn open(&self, number: u64, events: u64) -> Result<()> {
        self.executor
            .execute(Open {
                account: id(number),
                deposits: events - 1,
            })
            .await?;
        Ok(())
    }

    /// Brings money to an account.
    ///
    /// # Errors
    /// If the executor gives up.
    pub async fn deposit(&self, number: u64, amount: i64) -> Result<Done> {
        self.execute(Deposit {
            account: id(number),
            amount,
        })
        .await
    }

    /// Moves money between two accounts.
    ///
    /// # Errors
    /// If the executor gives up.
    pub async fn transfer(&self, from: u64, to: u64, amount: i64) -> Result<Done> {
        let (from, to) = (id(from), id(to));
        if self.extra == Extra::Links {
            self.execute(TransferAsOne { from, to, amount }).await
        } else {
            self.execute(Transfer { from, to, amount }).await
        }
    }

    async fn execute<C: CommandLogic<Error = Refused> + Serialize>(&self, command: C) -> Result<Done> {
        let mut execution = self.executor.execute(command);
        if self.extra == Extra::CommandIds {
            execution = execution.command_id(CommandId::new(Uuid::now_v7()));
        }
        done(execution.await)
    }
}

fn done(executed: Result<Executed, ExecuteError<Refused>>) -> Result<Done> {
    match executed {
        Ok(executed) => Ok(Done::Committed {
            attempts: executed.attempts(),
        }),
        Err(ExecuteError::Rejected(Refused)) => Ok(Done::Refused),
        Err(error) => Err(error).context("a command failed"),
    }
}

fn id(number: u64) -> AccountId {
    AccountId(account(number))
}
