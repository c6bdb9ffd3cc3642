//! What becomes of an event that fails depends on whether people ask for the rows: a version that is filled has a policy of its own.

use std::sync::Arc;

use eventsourcing::memory::MemoryStore;
use eventsourcing::projection::{FailingEvent, OnFailure, ProjectionPolicy, WaitForError};
use eventsourcing::service::Runtime;
use eventsourcing::store::EventStore as _;
use eventsourcing::store::rows::{ProjectionName, ProjectionVersion};
use eventsourcing::{Position, TenantId};

use super::bank::{hasty, status, stop};
use super::holding::{HeldStore, Hold};
use super::ledger::{Kept, Ledger, Poison, pay, start, start_with};
use super::places::until;

/// An amount that cannot be booked.
const POISON: i64 = 13;

fn stops_when_rebuilding() -> ProjectionPolicy {
    let policy = hasty().when_live(OnFailure::Park);
    policy.when_rebuilding(OnFailure::Stop)
}

fn stops_when_live() -> ProjectionPolicy {
    let policy = hasty().when_live(OnFailure::Stop);
    policy.when_rebuilding(OnFailure::Park)
}

/// The event at which the books stand still.
async fn stands_still(books: &Runtime, at: Position) -> FailingEvent {
    let error = books.wait_for::<Ledger>(at).await.unwrap_err();
    let WaitForError::Failed { failing, .. } = error else {
        unreachable!("{error}");
    };
    assert_eq!(failing.position, at);
    *failing
}

async fn has_parked(books: &Runtime, at: Position) {
    let error = books.wait_for::<Ledger>(at).await.unwrap_err();
    assert!(matches!(error, WaitForError::Parked { .. }), "{error}");
}

async fn pass_over(books: &Runtime, failing: FailingEvent) {
    let projections = books.projections();
    let reason = "it was paid in cash";
    let skip = projections.skip(&TenantId::DEFAULT, "ledger", failing.event, reason);
    skip.await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_version_that_is_ready_is_live_after_a_restart_too() {
    for policy in [stops_when_rebuilding(), stops_when_live()] {
        let store = MemoryStore::new();
        let poison = Poison::of([POISON]);
        stop(start(&store, &poison).await).await;
        let writer = Kept::AsAWhole.writer(&store).await;
        let last = pay(&writer, &[("ann", POISON)]).await;

        let books = start_with(&store, &poison, policy).await;
        if policy.live == OnFailure::Park {
            has_parked(&books, last).await;
        } else {
            stands_still(&books, last).await;
        }
    }
}

/// A version that has yet to write the first of its rows, of an event that was stored before, when the second one is stored.
async fn while_it_is_filled(policy: ProjectionPolicy) -> (Runtime, Position) {
    let store = MemoryStore::new();
    let poison = Poison::of([POISON]);
    let writer = Kept::AsAWhole.writer(&store).await;
    pay(&writer, &[("ann", 1)]).await;
    let held = HeldStore::around(Arc::new(store));
    held.set(Hold::Writes);
    let books = start_with(&held, &poison, policy).await;
    let meanwhile = pay(&books, &[("ann", POISON)]).await;
    held.set(Hold::Nothing);
    (books, meanwhile)
}

#[tokio::test(start_paused = true)]
async fn what_fails_while_a_version_is_filled_may_stop_it_even_if_it_was_stored_meanwhile() {
    let (books, meanwhile) = while_it_is_filled(stops_when_rebuilding()).await;
    let failing = stands_still(&books, meanwhile).await;
    assert!(!status(&books, "ledger").is_ready);

    pass_over(&books, failing).await;
    books.settled().await.unwrap();
    assert!(status(&books, "ledger").is_ready);
    has_parked(&books, pay(&books, &[("ann", POISON)]).await).await;
}

#[tokio::test(start_paused = true)]
async fn what_fails_while_a_version_is_filled_may_be_parked_and_stop_it_from_then_on() {
    let (books, meanwhile) = while_it_is_filled(stops_when_live()).await;
    has_parked(&books, meanwhile).await;
    until("it is ready", || status(&books, "ledger").is_ready).await;
    let last = pay(&books, &[("bob", POISON)]).await;
    stands_still(&books, last).await;
}

#[tokio::test(start_paused = true)]
async fn a_version_that_another_process_has_made_active_is_live() {
    let store = MemoryStore::new();
    let writer = Kept::AsAWhole.writer(&store).await;
    let last = pay(&writer, &[("ann", POISON)]).await;
    let books = start_with(&store, &Poison::of([POISON]), stops_when_rebuilding()).await;
    stands_still(&books, last).await;

    let ledger = ProjectionVersion {
        name: ProjectionName::from_static("ledger"),
        version: 1.try_into().unwrap(),
    };
    let rows = store.tenant(&TenantId::DEFAULT).rows;
    rows.activate(&ledger).await.unwrap();
    until("it is parked", || status(&books, "ledger").parked_events == 1).await;
}
