//! An event that fails, in whichever way, is undone, tried again, and parked; and what fails for want of the database is not.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use eventsourcing::TenantId;
use eventsourcing::environment::Environment;
use eventsourcing::projection::ParkedError;

use super::audit::{
    Audit, Auditing, DEFERRED, OUTAGE, PANICKING, REFUSED, SILENT, SLOW, noted, parked, pay, start,
    try_to_start,
};
use super::database::Place;
use crate::bank::{hasty, stop};
use crate::ledger::Poison;

#[tokio::test]
async fn a_poisoned_account_waits_and_the_others_go_on() {
    let place = Place::start().await;
    let trouble = Poison::of([REFUSED, 33]);
    let auditing = start(&place.open().await, &trouble).await;
    let payments = [
        ("ann", 1),
        ("ann", REFUSED),
        ("bob", 2),
        ("ann", 3),
        ("bob", 33),
        ("cem", 4),
    ];
    pay(&auditing, &payments).await;
    assert!(auditing.settled().await.is_err(), "something is parked");
    assert_eq!(noted(&place, "ann").await, [1]);
    assert_eq!(noted(&place, "bob").await, [2]);
    assert_eq!(noted(&place, "cem").await, [4]);
    let told = parked(&auditing).await.into_iter();
    let told: Vec<_> = told
        .map(|event| (event.sequence, event.attempts, event.reason))
        .collect();
    let because = |reason: &str| Some(format!("the handler failed: {reason} cannot be noted"));
    assert_eq!(
        told,
        [
            ("account-ann".to_owned(), 3, because("13")),
            ("account-ann".to_owned(), 0, None),
            ("account-bob".to_owned(), 3, because("33")),
        ]
    );

    let projections = auditing.projections();
    let retry = |sequence: &'static str| projections.retry(&TenantId::DEFAULT, "audit", sequence);
    let again = retry("account-ann").await.unwrap_err();
    assert!(
        matches!(&again, ParkedError::FailedAgain { event } if event.attempts == 4),
        "{again}"
    );
    assert_eq!(noted(&place, "ann").await, [1]);
    trouble.mend(REFUSED);
    retry("account-ann").await.unwrap();
    assert_eq!(noted(&place, "ann").await, [1, REFUSED, 3]);
    let of_bob = parked(&auditing).await.remove(0).event;
    projections
        .skip(&TenantId::DEFAULT, "audit", of_bob, "it was paid in cash")
        .await
        .unwrap();
    pay(&auditing, &[("bob", 5)]).await;
    auditing.settled().await.unwrap();
    assert_eq!(noted(&place, "bob").await, [2, 5]);
    stop(auditing).await;
}

/// Pays an amount that makes trouble between others, and tells why it is parked.
async fn why_it_is_parked(amount: i64) -> String {
    let place = Place::start().await;
    let audit = Audit {
        trouble: Poison::of([amount]),
        ..Audit::default()
    };
    let store = place.open().await;
    let writer = Auditing::builder(store.clone())
        .tenants([])
        .start()
        .await
        .unwrap();
    pay(
        &writer,
        &[("ann", 1), ("bob", amount), ("cem", 2), ("bob", 3), ("ann", 4)],
    )
    .await;

    let policy = hasty().with_handler_limit(Duration::from_millis(200));
    let auditing = try_to_start(&store, audit, policy, Environment::default())
        .await
        .unwrap();
    assert!(auditing.settled().await.is_err(), "something is parked");
    assert_eq!(noted(&place, "ann").await, [1, 4]);
    assert_eq!(noted(&place, "bob").await, [0_i64; 0]);
    assert_eq!(noted(&place, "cem").await, [2]);
    let mut parked = parked(&auditing).await;
    assert_eq!(parked.len(), 2, "what comes later waits behind it: {parked:?}");
    stop(auditing).await;
    parked.remove(0).reason.unwrap()
}

#[tokio::test]
async fn a_handler_that_panics() {
    let why = why_it_is_parked(PANICKING).await;
    assert_eq!(why, "the handler panicked: no 14");
}

#[tokio::test]
async fn a_handler_that_takes_too_long() {
    let why = why_it_is_parked(SLOW).await;
    let by_whom = ["the handler takes longer than", "statement timeout"];
    assert!(by_whom.iter().any(|told| why.contains(told)), "{why}");
}

#[tokio::test]
async fn a_statement_that_leaves_nothing_to_be_committed_and_nobody_says_so() {
    let why = why_it_is_parked(SILENT).await;
    assert!(why.contains("have not said so"), "{why}");
}

#[tokio::test]
async fn what_a_deferred_constraint_finds() {
    let why = why_it_is_parked(DEFERRED).await;
    assert!(why.to_lowercase().contains("foreign key constraint"), "{why}");
}

#[tokio::test]
async fn what_the_database_is_to_blame_for_is_tried_again_and_parks_nothing() {
    let place = Place::start().await;
    let calls = Arc::new(AtomicU32::new(0));
    let audit = Audit {
        trouble: Poison::of([OUTAGE]),
        calls: Arc::clone(&calls),
    };
    // One attempt, and it would be parked.
    let policy = hasty().with_attempts(1);
    let store = place.open().await;
    let auditing = try_to_start(&store, audit, policy, Environment::default())
        .await
        .unwrap();
    pay(&auditing, &[("ann", 1), ("ann", OUTAGE), ("ann", 2)]).await;
    auditing.settled().await.unwrap();
    assert_eq!(noted(&place, "ann").await, [1, OUTAGE, 2]);
    assert!(calls.load(Ordering::Relaxed) > 3, "it was tried again");
    stop(auditing).await;
}
