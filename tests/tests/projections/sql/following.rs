//! What becomes of events when nothing goes wrong.

use eventsourcing::TenantId;

use super::audit::{Audit, Auditing, noted, pay, start};
use super::database::Place;
use crate::bank::{Move, account, hasty, status, stop};
use crate::ledger::Poison;

#[tokio::test]
async fn each_event_has_its_effect_once_and_is_seen_by_who_has_waited() {
    let place = Place::start().await;
    let store = place.open().await;
    let auditing = start(&store, &Poison::default()).await;
    let done = pay(&auditing, &[("ann", 1), ("bob", 2), ("ann", 3)]).await;
    let caught_up = auditing.wait_for::<Audit>(done).await.unwrap();
    assert_eq!((caught_up.position, caught_up.parked_events), (done, 0));
    assert_eq!(noted(&place, "ann").await, [1, 3]);
    stop(auditing).await;

    let auditing = start(&place.open().await, &Poison::default()).await;
    assert_eq!(status(&auditing, "audit").position, done, "it knows where it was");
    let done = pay(&auditing, &[("ann", 4)]).await;
    auditing.wait_for::<Audit>(done).await.unwrap();
    assert_eq!(noted(&place, "ann").await, [1, 3, 4]);
    assert_eq!(noted(&place, "bob").await, [2]);
    stop(auditing).await;
}

#[tokio::test]
async fn handlers_know_whose_events_they_are() {
    let place = Place::start().await;
    let tenants = ["one", "two"].map(|name| TenantId::new(name).unwrap());
    let builder = Auditing::builder(place.open().await).projection_policy(hasty());
    let auditing = builder.tenants(tenants.clone()).start().await.unwrap();
    for (tenant, amount) in tenants.iter().zip([1, 2]) {
        let pay = Move {
            from: account(tenant.as_str()),
            to: account("shop"),
            amount,
        };
        auditing.execute(pay).tenant(tenant.clone()).await.unwrap();
    }
    auditing.settled().await.unwrap();
    let mixed_up = "select amount from {}audit where tenant <> account and account <> $1";
    assert_eq!(place.ask(mixed_up, "nobody").await.unwrap(), [0_i64; 0]);
    assert_eq!(noted(&place, "one").await, [1]);
    assert_eq!(noted(&place, "two").await, [2]);
    stop(auditing).await;
}

#[tokio::test]
async fn two_processes_do_nothing_twice() {
    let place = Place::start().await;
    let trouble = Poison::default();
    let (first, second) = (
        start(&place.open().await, &trouble).await,
        start(&place.open().await, &trouble).await,
    );
    let mut expected = Vec::new();
    for amount in 100..150 {
        pay(&first, &[("ann", amount)]).await;
        pay(&second, &[("ann", -amount)]).await;
        expected.extend([amount, -amount]);
    }
    first.settled().await.unwrap();
    stop(first).await;
    second.settled().await.unwrap();
    assert_eq!(noted(&place, "ann").await, expected);
    stop(second).await;
}
