use std::sync::Arc;

use anyhow::Result;
use clap::ValueEnum;
use fastrand::Rng;
use serde::{Deserialize, Serialize};

use crate::bank::{ACCOUNTS, EVENTS_PER_ACCOUNT, HOT_ACCOUNTS, TRANSFER_ACCOUNTS, seeded_balance};
use crate::subject::{Done, Subject};

/// Which commands the clients issue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Work {
    /// Deposits to one of 10,000 accounts.
    W1,
    /// Transfers between two of 1,000 accounts.
    W2,
    /// 800 deposits to one account.
    W3,
    /// Deposits to one of 10 accounts.
    Hot,
    /// Deposits to an account of 1,000 events.
    #[value(name = "long-1k")]
    Long1k,
    /// Deposits to an account of 10,000 events.
    #[value(name = "long-10k")]
    Long10k,
    /// Four events for each of 1,000 new streams, in one commit.
    Bulk,
}

/// The one account of a work.
const THE_ACCOUNT: u64 = 2_000_000;

impl Work {
    /// As it is named on the command line.
    pub fn name(self) -> String {
        self.to_possible_value()
            .map_or_else(String::new, |value| value.get_name().to_owned())
    }

    /// Whether the clients stop after so many commands rather than after a time.
    pub(crate) fn commands(self) -> Option<u64> {
        match self {
            Self::W3 => Some(800),
            Self::Long1k => Some(200),
            Self::Long10k => Some(40),
            Self::Bulk => Some(5),
            Self::W1 | Self::W2 | Self::Hot => None,
        }
    }

    /// What the clients do first, unmeasured, to open connections and fill caches.
    pub(crate) fn warm_up(self) -> Self {
        match self {
            Self::W2 | Self::Hot => self,
            Self::W1 | Self::W3 | Self::Long1k | Self::Long10k | Self::Bulk => Self::W1,
        }
    }

    /// Makes what the commands need beside the seeded accounts, and says how much money that is.
    pub(crate) async fn prepare(self, subject: &impl Subject) -> Result<i64> {
        let events = match self {
            Self::W3 => EVENTS_PER_ACCOUNT,
            Self::Long1k => 1_000,
            Self::Long10k => 10_000,
            Self::W1 | Self::W2 | Self::Hot | Self::Bulk => return Ok(0),
        };
        subject.open(THE_ACCOUNT, events).await?;
        Ok(seeded_balance(events))
    }

    /// Issues one command, and says what came of it and how much money it has brought; `None` if the subject cannot.
    pub(crate) async fn command<S: Subject>(
        self,
        subject: Arc<S>,
        random: &mut Rng,
    ) -> Result<Option<(Done, i64)>> {
        match self {
            Self::W1 => deposit(&*subject, random.u64(..ACCOUNTS)).await,
            Self::Hot => deposit(&*subject, random.u64(..HOT_ACCOUNTS)).await,
            Self::W3 | Self::Long1k | Self::Long10k => deposit(&*subject, THE_ACCOUNT).await,
            Self::W2 => {
                let from = random.u64(..TRANSFER_ACCOUNTS);
                let to = (from + random.u64(1..TRANSFER_ACCOUNTS)) % TRANSFER_ACCOUNTS;
                let done = subject.transfer(from, to, random.i64(1..=20)).await?;
                Ok(done.map(|done| (done, 0)))
            }
            Self::Bulk => {
                let first = THE_ACCOUNT + 1_000 * random.u64(1..90_000);
                let done = subject.bulk(first, 1_000, 4).await?;
                Ok(done.map(|()| (Done::Committed { attempts: 1 }, 4_000)))
            }
        }
    }
}

async fn deposit(subject: &impl Subject, account: u64) -> Result<Option<(Done, i64)>> {
    let done = subject.deposit(account, 1).await?;
    let brought = i64::from(matches!(done, Done::Committed { .. }));
    Ok(Some((done, brought)))
}
