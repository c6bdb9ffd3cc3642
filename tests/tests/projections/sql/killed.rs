//! Whoever is killed at any call has noted everything once.

use std::time::Duration;

use eventsourcing::TenantId;
use eventsourcing::projection::ParkedError;
use eventsourcing::service::Runtime;
use tokio::time::sleep;

use super::audit::{Audit, Auditing, REFUSED, noted, parked, pay, start, try_to_start};
use super::database::Place;
use crate::bank::{hasty, stop};
use crate::ledger::Poison;
use crate::mortal::{Death, Process};

async fn killed_at_every_call(death: fn(u32) -> Death) {
    let server = Place::start().await;
    for call in 0.. {
        let place = server.beside(format!("killed_{call}"));
        let store = place.open().await;
        let writer = Auditing::builder(store.clone())
            .tenants([])
            .start()
            .await
            .unwrap();
        pay(&writer, &[("ann", 1), ("bob", REFUSED), ("ann", 2), ("bob", 3)]).await;

        let trouble = Poison::of([REFUSED]);
        let process = Process::until(death(call));
        let seen = process.sees(store.clone());
        let survived = process
            .run(async {
                let audit = Audit {
                    trouble: trouble.clone(),
                    ..Audit::default()
                };
                let auditing = try_to_start(&seen, audit, hasty(), process.environment())
                    .await
                    .unwrap();
                a_day(&auditing, &trouble).await;
            })
            .await;

        let auditing = start(&store, &trouble).await;
        a_day(&auditing, &trouble).await;
        auditing.settled().await.unwrap();
        assert_eq!(noted(&place, "ann").await, [1, 2], "{:?}", death(call));
        assert_eq!(noted(&place, "bob").await, [REFUSED, 3], "{:?}", death(call));
        stop(auditing).await;
        if survived {
            assert!(call > 10, "{call}");
            return;
        }
    }
}

/// Parks what is refused, and makes up for it once whoever was killed is taken for dead.
async fn a_day(auditing: &Runtime, trouble: &Poison) {
    // That something is parked is what it is about.
    let _ = auditing.settled().await;
    trouble.mend(REFUSED);
    for event in parked(auditing).await {
        let projections = auditing.projections();
        let retry = || projections.retry(&TenantId::DEFAULT, "audit", &event.sequence);
        // Other errors say that it was done with the one before.
        while let Err(ParkedError::Standby { .. }) = retry().await {
            sleep(Duration::from_millis(5)).await;
        }
    }
}

#[tokio::test]
async fn who_is_killed_before_any_call_goes_on_from_there() {
    killed_at_every_call(Death::Before).await;
}

#[tokio::test]
async fn who_is_killed_after_any_call_goes_on_from_there() {
    killed_at_every_call(Death::After).await;
}
