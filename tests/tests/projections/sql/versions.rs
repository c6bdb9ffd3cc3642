//! Versions have tables of their own, and take turns.

use std::num::NonZeroU32;

use eventsourcing::postgres::PgTx;
use eventsourcing::postgres::sqlx;
use eventsourcing::prelude::*;

use super::audit::{Place, pay, start};
use crate::bank::{AccountEvent, AccountId, Close, Move, Open, hasty, status, stop};
use crate::ledger::Poison;

/// Notes who gets something.
#[derive(Default)]
struct Audit;

#[projection(name = "audit", version = 2, tables("audit", "audit_sums"))]
impl Audit {
    #[create]
    async fn create(&self, tx: &mut PgTx) -> Result<(), sqlx::Error> {
        let notes = tx.sql(
            "create table {} (n bigserial, account text, amount bigint)",
            [Self::AUDIT],
        );
        sqlx::query(notes).execute(&mut **tx).await?;
        let sums = tx.sql(
            "create table {} (account text primary key, amount numeric not null)",
            [Self::AUDIT_SUMS],
        );
        sqlx::query(sums).execute(&mut **tx).await.map(drop)
    }

    #[on(AccountEvent::Moved)]
    async fn moved(&self, to: &AccountId, amount: &i64, tx: &mut PgTx) -> Result<(), sqlx::Error> {
        let both = tx.sql(
            "with noted as (insert into {} (account, amount) values ($1, $2)) \
             insert into {} as sums values ($1, $2) \
             on conflict (account) do update set amount = sums.amount + excluded.amount",
            [Self::AUDIT, Self::AUDIT_SUMS],
        );
        sqlx::query(both)
            .bind(&to.0)
            .bind(amount)
            .execute(&mut **tx)
            .await
            .map(drop)
    }
}

#[service(commands(Open, Move, Close), projections(Audit))]
struct Auditing;

async fn sum(place: &Place) -> Option<i64> {
    let sum = "select amount::bigint from eventsourcing.audit_sums where account = 'shop'";
    sqlx::query_scalar(sum)
        .fetch_optional(&place.pool)
        .await
        .ok()
        .flatten()
}

#[tokio::test]
async fn a_new_version_is_filled_beside_the_old_one_and_takes_its_place() {
    let place = Place::start().await;
    let store = place.open().await;
    let first = start(&store, &Poison::default()).await;
    pay(&first, &[("ann", 1), ("bob", 2)]).await;
    first.settled().await.unwrap();
    assert_eq!(place.noted("ann").await, [1]);
    assert_eq!(sum(&place).await, None);

    let builder = Auditing::builder(store.clone()).projection_policy(hasty());
    let second = builder.start().await.unwrap();
    pay(&second, &[("ann", 3)]).await;
    second.settled().await.unwrap();
    assert!(status(&second, "audit").is_active);
    assert_eq!(place.noted("ann").await, [0_i64; 0], "people see the new one");
    assert_eq!(place.noted("shop").await, [1, 2, 3]);
    assert_eq!(sum(&place).await, Some(6));
    stop(first).await;

    let version = |number| NonZeroU32::new(number).unwrap();
    second
        .projections()
        .drop_version("audit", version(1))
        .await
        .unwrap();
    let tables =
        "select count(*) from pg_tables where schemaname = 'eventsourcing' and tablename ~ '^audit.*_v1$'";
    let left: i64 = sqlx::query_scalar(tables).fetch_one(&place.pool).await.unwrap();
    assert_eq!(left, 0);
    stop(second).await;

    let again = Auditing::builder(store)
        .projection_policy(hasty())
        .start()
        .await
        .unwrap();
    pay(&again, &[("ann", 4)]).await;
    again.settled().await.unwrap();
    assert_eq!(sum(&place).await, Some(10), "it goes on where it was");
    stop(again).await;
}
