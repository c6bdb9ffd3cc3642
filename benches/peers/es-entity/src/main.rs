//! The bank on es-entity. An entity is one stream and a row in an index; two can be updated in one transaction. It does not
//! try again, so we do. It has no subscribers.
//!
//! Its macros check their queries against a database, or against what is kept of one in `.sqlx`.

#[expect(
    clippy::future_not_send,
    reason = "the futures of its macro are as sendable as what they are given"
)]
mod account;

use std::fmt::Debug;
use std::process::ExitCode;

use anyhow::{Result, anyhow};
use harness::{Attempt, Audit, Done, Place, Subject, retry};
use sqlx::PgPool;
use sqlx::postgres::PgPoolOptions;

use crate::account::{Accounts, NewAccount, id};

fn main() -> ExitCode {
    harness::run::<EsEntity>()
}

struct EsEntity {
    pool: PgPool,
    accounts: Accounts,
}

impl Subject for EsEntity {
    async fn connect(place: &Place) -> Result<Self> {
        let options = PgPoolOptions::new().max_connections(32).min_connections(8);
        let pool = options.connect(&place.at).await?;
        Ok(Self {
            accounts: Accounts { pool: pool.clone() },
            pool,
        })
    }

    async fn create(&self) -> Result<()> {
        let schema = include_str!("../migrations/0001_accounts.sql");
        sqlx::raw_sql(schema).execute(&self.pool).await?;
        Ok(())
    }

    async fn open(&self, number: u64, events: u64) -> Result<()> {
        let new = NewAccount {
            id: id(number),
            number,
            events,
        };
        self.accounts
            .create(new)
            .await
            .map_err(|error| anyhow!("{error:?}"))?;
        Ok(())
    }

    async fn deposit(&self, number: u64, amount: i64) -> Result<Done> {
        retry(|| self.try_deposit(number, amount)).await
    }

    async fn transfer(&self, from: u64, to: u64, amount: i64) -> Result<Option<Done>> {
        Ok(Some(retry(|| self.try_transfer(from, to, amount)).await?))
    }

    async fn audit(&self) -> Result<Audit> {
        let (total, lowest) = sqlx::query_as(include_str!("audit.sql"))
            .fetch_one(&self.pool)
            .await?;
        Ok(Audit { total, lowest })
    }
}

impl EsEntity {
    async fn try_deposit(&self, number: u64, amount: i64) -> Result<Attempt> {
        let mut account = self
            .accounts
            .find_by_id(id(number))
            .await
            .map_err(|error| anyhow!("{error:?}"))?;
        account.deposit(number, amount);
        attempted(self.accounts.update(&mut account).await)
    }

    async fn try_transfer(&self, from: u64, to: u64, amount: i64) -> Result<Attempt> {
        let accounts = &self.accounts;
        let fail = |error: &dyn Debug| anyhow!("{error:?}");
        let mut operation = accounts.begin_op().await.map_err(|error| fail(&error))?;
        let giver = accounts.find_by_id_in_op(&mut operation, id(from)).await;
        let mut giver = giver.map_err(|error| fail(&error))?;
        let taker = accounts.find_by_id_in_op(&mut operation, id(to)).await;
        let mut taker = taker.map_err(|error| fail(&error))?;
        if giver.balance() < amount {
            return Ok(Attempt::Refused);
        }
        giver.withdraw(from, amount);
        taker.deposit(to, amount);
        // Always in the same order, or else opposite transfers lock each other out.
        let (first, second) = if from < to {
            (&mut giver, &mut taker)
        } else {
            (&mut taker, &mut giver)
        };
        for account in [first, second] {
            let attempt = attempted(accounts.update_in_op(&mut operation, account).await)?;
            if !matches!(attempt, Attempt::Committed) {
                return Ok(attempt);
            }
        }
        attempted(operation.commit().await)
    }
}

/// Its errors tell a conflict from others by their text alone.
fn attempted<T, E: Debug>(done: Result<T, E>) -> Result<Attempt> {
    let Err(error) = done else {
        return Ok(Attempt::Committed);
    };
    let text = format!("{error:?}");
    if ["23505", "40P01", "Concurren"]
        .iter()
        .any(|sign| text.contains(sign))
    {
        Ok(Attempt::Conflict)
    } else {
        Err(anyhow!(text))
    }
}
