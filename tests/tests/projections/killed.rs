//! Whoever is killed while something is parked, tried again or passed over, has done it once or not at all.

use std::sync::Arc;
use std::time::Duration;

use eventsourcing::environment::Environment;
use eventsourcing::memory::MemoryStore;
use eventsourcing::projection::{ParkedError, ParkedEvent};
use eventsourcing::service::Runtime;
use eventsourcing_testkit::fault::{FaultPlan, FaultyStore};
use tokio::time::sleep;

use super::bank::{hasty, stop};
use super::ledger::{Kept, Poison, entries, parked, pay, retry, skip};
use super::mortal::{Death, Process};

/// Parks two accounts, mends one, and passes over the event of the other.
async fn a_day(books: &Runtime, poison: &Poison) {
    // That something is parked is what it is about.
    let _ = books.settled().await;
    poison.mend(13);
    put_right(books, parked(books).await).await;
}

/// Does so once whoever was killed is taken for dead.
async fn put_right(books: &Runtime, parked: Vec<ParkedEvent>) {
    while try_to_put_right(books, parked.clone()).await {
        sleep(Duration::from_millis(5)).await;
    }
}

/// Passes over what cannot be mended, and tries the rest again. Tells whether somebody else has to be asked.
async fn try_to_put_right(books: &Runtime, parked: Vec<ParkedEvent>) -> bool {
    for event in parked {
        let done = match event.reason.as_deref() {
            Some(reason) if reason.contains("17") => skip(books, &event).await,
            _ => retry(books, &event.sequence).await,
        };
        // Otherwise somebody may have done so already.
        if matches!(done, Err(ParkedError::Standby { .. })) {
            return true;
        }
    }
    false
}

/// The payments of the day, before anybody books them.
async fn paid(kept: Kept) -> MemoryStore {
    let store = MemoryStore::new();
    let writer = kept.writer(&store).await;
    let payments = [
        ("ann", 1),
        ("ann", 13),
        ("bob", 17),
        ("ann", 2),
        ("bob", 3),
        ("cem", 4),
        ("ann", 5),
    ];
    pay(&writer, &payments).await;
    store
}

/// As if nobody had been cut off.
async fn assert_that_all_is_booked(books: &Runtime, about: &str) {
    assert_eq!(parked(books).await, [], "{about}");
    let expected = [
        ("ann".to_owned(), vec![1, 13, 2, 5]),
        ("bob".to_owned(), vec![3]),
        ("cem".to_owned(), vec![4]),
    ];
    assert_eq!(entries(books).await, expected.into(), "{about}");
}

async fn killed_at_every_call(kept: Kept, death: fn(u32) -> Death, with_a_twin: bool) {
    for call in 0.. {
        let (store, poison) = (paid(kept).await, Poison::of([13, 17]));
        let mut twin = None;
        let process = Process::until(death(call));
        let seen = process.sees(store.clone());
        let survived = process
            .run(async {
                let books = kept
                    .try_to_start(&seen, &poison, hasty(), process.environment())
                    .await;
                if with_a_twin {
                    twin = Some(kept.start(&store, &poison).await);
                }
                a_day(&books.unwrap(), &poison).await;
            })
            .await;
        if let Some(twin) = twin {
            a_day(&twin, &poison).await;
            stop(twin).await;
        }
        let books = kept.start(&store, &poison).await;
        a_day(&books, &poison).await;
        books.settled().await.unwrap();
        assert_that_all_is_booked(&books, &format!("{:?}", death(call))).await;
        stop(books).await;
        if survived {
            assert!(call > 15, "{call}");
            return;
        }
    }
}

#[tokio::test]
async fn who_is_killed_before_any_call_goes_on_from_there() {
    killed_at_every_call(Kept::AsAWhole, Death::Before, false).await;
}

#[tokio::test]
async fn who_is_killed_after_any_call_goes_on_from_there() {
    killed_at_every_call(Kept::AsAWhole, Death::After, false).await;
}

#[tokio::test]
async fn another_one_goes_on_when_one_is_killed_at_any_call() {
    killed_at_every_call(Kept::AsAWhole, Death::After, true).await;
}

#[tokio::test]
async fn all_slices_go_on_from_where_their_process_was_killed() {
    killed_at_every_call(Kept::InSlices, Death::Before, false).await;
}

#[tokio::test]
async fn another_one_goes_on_with_all_slices_when_one_is_killed_at_any_call() {
    killed_at_every_call(Kept::InSlices, Death::After, true).await;
}

#[tokio::test]
async fn all_slices_of_streams_go_on_from_where_their_process_was_killed() {
    killed_at_every_call(Kept::InSlicesOfStreams, Death::Before, false).await;
}

#[tokio::test]
async fn whatever_goes_wrong_each_payment_is_booked_once() {
    each_payment_is_booked_once(Kept::AsAWhole).await;
}

#[tokio::test]
async fn whatever_goes_wrong_each_payment_is_booked_once_in_its_slice() {
    each_payment_is_booked_once(Kept::InSlices).await;
}

async fn each_payment_is_booked_once(kept: Kept) {
    let mut unknown_outcomes = 0;
    for seed in 0..24 {
        let (store, poison) = (paid(kept).await, Poison::of([13, 17]));
        let faulty = FaultyStore::new(Arc::new(store.clone()), FaultPlan::rough(seed));
        let mut banks = Vec::new();
        while banks.len() < 2 {
            banks.extend(
                kept.try_to_start(&faulty, &poison, hasty(), Environment::default())
                    .await,
            );
        }
        // Whom the store always tells what is parked.
        let quiet = kept.start(&store, &poison).await;
        let _ = quiet.settled().await;
        poison.mend(13);
        for _ in 0..100 {
            // Whoever fills the table does it.
            for books in banks.iter().chain([&quiet]) {
                try_to_put_right(books, parked(&quiet).await).await;
            }
        }
        quiet.settled().await.unwrap();
        assert_that_all_is_booked(&quiet, &format!("seed {seed}")).await;
        for books in banks.into_iter().chain([quiet]) {
            stop(books).await;
        }
        unknown_outcomes += faulty.counts().unknown_outcomes();
    }
    assert!(unknown_outcomes > 10, "{unknown_outcomes}");
}
