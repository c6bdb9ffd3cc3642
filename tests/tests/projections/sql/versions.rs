//! Versions have tables of their own, and take turns.

use std::num::NonZeroU32;

use eventsourcing::TenantId;
use eventsourcing::prelude::*;
use eventsourcing::store::EventStore as _;
use eventsourcing::store::rows::{ProjectionName, ProjectionVersion};

use super::audit::{noted, pay, start};
use super::database::{Place, Tx, sqlx};
use crate::bank::{AccountEvent, AccountId, Close, Move, Open, hasty, status, stop};
use crate::ledger::Poison;

/// Notes who gets something.
#[derive(Default)]
struct Audit;

#[projection(name = "audit", version = 2, tables("audit", "audit_sums"))]
impl Audit {
    #[create]
    async fn create(&self, tx: &mut Tx) -> Result<(), sqlx::Error> {
        let notes = tx.sql(
            concat!("create table {} (n ", serial!(), ", account text, amount bigint)"),
            [Self::AUDIT],
        );
        sqlx::query(notes).execute(&mut **tx).await?;
        let sums = tx.sql(
            "create table {} (account text primary key, amount bigint not null, last_line bigint references {} (n))",
            [Self::AUDIT_SUMS, Self::AUDIT],
        );
        sqlx::query(sums).execute(&mut **tx).await.map(drop)
    }

    #[on(AccountEvent::Moved)]
    async fn moved(&self, to: &AccountId, amount: &i64, tx: &mut Tx) -> Result<(), sqlx::Error> {
        let line = tx.sql(
            "insert into {} (account, amount) values ($1, $2) returning n",
            [Self::AUDIT],
        );
        let line = sqlx::query_scalar(line).bind(&to.0).bind(amount);
        let line: i64 = line.fetch_one(&mut **tx).await?;
        let sum = tx.sql(
            "insert into {} as sums values ($1, $2, $3) on conflict (account) \
             do update set amount = sums.amount + excluded.amount, last_line = excluded.last_line",
            [Self::AUDIT_SUMS],
        );
        let sum = sqlx::query(sum).bind(&to.0).bind(amount).bind(line);
        sum.execute(&mut **tx).await.map(drop)
    }
}

#[service(commands(Open, Move, Close), projections(Audit))]
struct Auditing;

async fn sum(place: &Place) -> Option<i64> {
    let sum = "select amount from {}audit_sums where account = $1";
    place.ask(sum, "shop").await.ok()?.pop()
}

#[tokio::test]
async fn a_new_version_is_filled_beside_the_old_one_and_takes_its_place() {
    let place = Place::start().await;
    let store = place.open().await;
    let first = start(&store, &Poison::default()).await;
    pay(&first, &[("ann", 1), ("bob", 2)]).await;
    first.settled().await.unwrap();
    assert_eq!(noted(&place, "ann").await, [1]);
    assert_eq!(sum(&place).await, None);

    let builder = Auditing::builder(store.clone()).projection_policy(hasty());
    let second = builder.start().await.unwrap();
    pay(&second, &[("ann", 3)]).await;
    second.settled().await.unwrap();
    assert!(status(&second, "audit").is_active);
    assert_eq!(noted(&place, "ann").await, [0_i64; 0], "people see the new one");
    assert_eq!(noted(&place, "shop").await, [1, 2, 3]);
    assert_eq!(sum(&place).await, Some(6));
    stop(first).await;

    let version = |number| NonZeroU32::new(number).unwrap();
    second
        .projections()
        .drop_version("audit", version(1))
        .await
        .unwrap();
    assert_eq!(place.tables("audit%_v1").await, 0);
    stop(second).await;

    let again = Auditing::builder(store.clone())
        .projection_policy(hasty())
        .start()
        .await
        .unwrap();
    pay(&again, &[("ann", 4)]).await;
    again.settled().await.unwrap();
    assert_eq!(sum(&place).await, Some(10), "it goes on where it was");
    stop(again).await;

    let rows = store.tenant(&TenantId::DEFAULT).rows;
    let newer = ProjectionVersion {
        name: ProjectionName::from_static("audit"),
        version: version(2),
    };
    rows.drop_version(&newer).await.unwrap();
    assert_eq!(
        place.tables("audit%").await,
        0,
        "tables that refer to each other go, too"
    );
}
