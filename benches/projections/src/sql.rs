//! The same balances, in SQL of one's own.

use std::sync::Arc;

use eventsourcing::postgres::sqlx::{self, PgPool};
use eventsourcing::postgres::{PgTx, PostgresOptions};
use eventsourcing::prelude::*;
use memory::{AccountEvent, AccountId, Deposit};
use postgres_server::Server;
use tokio::time::Instant;

use crate::bank::{EVENTS, Fill, fill};

#[derive(Default)]
pub(crate) struct InSql;

#[projection(name = "in_sql", version = 1, tables("in_sql"))]
impl InSql {
    #[create]
    async fn create(&self, tx: &mut PgTx) -> sqlx::Result<()> {
        let table = tx.sql(
            "create table {} (account text primary key, cents bigint not null, deposits bigint not null)",
            [Self::IN_SQL],
        );
        sqlx::query(table).execute(&mut **tx).await.map(drop)
    }

    #[on(AccountEvent::Deposited)]
    async fn deposited(&self, account: &AccountId, amount: &i64, tx: &mut PgTx) -> sqlx::Result<()> {
        let deposit = tx.sql(
            "insert into {} as b values ($1, $2, 1) on conflict (account) do update \
             set cents = b.cents + excluded.cents, deposits = b.deposits + 1",
            [Self::IN_SQL],
        );
        let deposit = sqlx::query(deposit).bind(&account.0).bind(amount);
        deposit.execute(&mut **tx).await.map(drop)
    }
}

#[service(commands(Deposit, Fill), projections(InSql))]
struct BankInSql;

/// Events per second.
pub(crate) async fn catch_up() -> f64 {
    let server = Server::start().expect("a server");
    let pool = PgPool::connect(&server.url()).await.expect("it connects");
    let options = PostgresOptions::new(&server.url()).expect("an address");
    let store = options.sql_pool(pool.clone()).connect().await;
    let store = store.expect("it connects");
    fill(Arc::new(store.clone())).await;
    let begin = Instant::now();
    let bank = BankInSql::builder(store).start().await.expect("it starts");
    bank.settled().await.expect("it comes to the end");
    let rate = f64::from(EVENTS) / begin.elapsed().as_secs_f64();
    let sum = "select sum(deposits)::bigint from eventsourcing.in_sql";
    let deposits: i64 = sqlx::query_scalar(sum)
        .fetch_one(&pool)
        .await
        .expect("it is read");
    assert_eq!(deposits, i64::from(EVENTS), "each once");
    rate
}
