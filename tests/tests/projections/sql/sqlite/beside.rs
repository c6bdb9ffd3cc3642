//! SQL of projections beside all else that is written to the file.

use eventsourcing::postgres::PgTx;
use eventsourcing::prelude::*;
use eventsourcing::projection::StartProjectionsError;
use tokio::task::JoinSet;

use super::audit::{noted, pay, start};
use super::database::{Place, Tx, sqlx};
use super::refusing::why_not;
use crate::bank::{AccountEvent, AccountId, Close, Move, Open, hasty, stop};
use crate::ledger::Poison;

/// Nobody is refused since somebody else writes: neither commands, nor projections, in one process and in two.
#[tokio::test]
async fn commands_and_sql_take_turns() {
    let place = Place::start().await;
    let trouble = Poison::default();
    let auditing = [
        start(&place.open().await, &trouble).await,
        start(&place.open().await, &trouble).await,
    ];
    let mut paying = JoinSet::new();
    for client in 0..8 {
        let auditing = auditing[client % 2].clone();
        paying.spawn(async move {
            let account = format!("client-{client}");
            for amount in 100..125 {
                pay(&auditing, &[(account.as_str(), amount)]).await;
            }
        });
    }
    paying.join_all().await;
    let all: Vec<i64> = (100..125).collect();
    auditing[0].settled().await.unwrap();
    for client in 0..8 {
        assert_eq!(noted(&place, &format!("client-{client}")).await, all);
    }
    for auditing in auditing {
        stop(auditing).await;
    }
}

/// Ends the transaction by itself, and goes on as if it had not.
#[derive(Default)]
struct Meddler;

#[projection(name = "meddler", version = 1, tables("meddled"))]
impl Meddler {
    #[create]
    async fn create(&self, tx: &mut Tx) -> Result<(), sqlx::Error> {
        let table = tx.sql("create table {} (account text)", [Self::MEDDLED]);
        sqlx::query(table).execute(&mut **tx).await.map(drop)
    }

    #[on(AccountEvent::Moved)]
    async fn moved(&self, from: &AccountId, amount: &i64, tx: &mut Tx) {
        let note = || sqlx::query(tx.sql("insert into {} values ($1)", [Self::MEDDLED])).bind(&from.0);
        let (before, after) = (note(), note());
        drop(before.execute(&mut **tx).await);
        if *amount != 1 {
            drop(sqlx::query("commit").execute(&mut **tx).await);
            drop(after.execute(&mut **tx).await);
        }
    }
}

#[service(commands(Open, Move, Close), projections(Meddler))]
struct Meddling;

#[tokio::test]
async fn who_ends_the_transaction_has_done_nothing_and_is_parked() {
    let place = Place::start().await;
    let builder = Meddling::builder(place.open().await).projection_policy(hasty());
    let meddling = builder.start().await.unwrap();
    pay(&meddling, &[("ann", 2), ("bob", 1)]).await;
    assert!(meddling.settled().await.is_err(), "something is parked");
    let all = "select count(*) from {}meddled where account = $1";
    assert_eq!(place.ask(all, "ann").await.unwrap(), [0]);
    assert_eq!(place.ask(all, "bob").await.unwrap(), [1]);
    stop(meddling).await;
}

/// For another database.
#[derive(Default)]
struct Stranger;

#[projection(name = "stranger", version = 1, tables("strange"))]
impl Stranger {
    #[create]
    async fn create(&self, _tx: &mut PgTx) {}

    #[on(AccountEvent::Moved)]
    async fn moved(&self, _tx: &mut PgTx) {}
}

#[service(commands(Open, Move, Close), projections(Stranger))]
struct Strange;

#[tokio::test]
async fn sql_for_postgresql_does_not_start_on_sqlite() {
    let place = Place::start().await;
    let error = why_not(Strange::builder(place.open().await).start().await);
    assert!(
        matches!(
            error,
            StartProjectionsError::OtherDatabase {
                database: "PostgreSQL",
                found: Some("SQLite"),
                ..
            }
        ),
        "{error}"
    );
}
