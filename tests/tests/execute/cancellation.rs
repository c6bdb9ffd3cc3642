use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use eventsourcing::CommandId;
use eventsourcing::prelude::*;
use tokio::time::sleep;

use super::bank::{balance, deposit, stored, transfer};
use super::discovery::{fees, transfer_with_fees};
use super::stage::Stage;

/// Polls a future at most so many times, each time after whatever else there is to do, and drops it.
pub async fn polled<T>(future: impl Future<Output = T>, times: usize) -> Option<T> {
    let mut future = pin!(future);
    for _ in 0..times {
        let polled = poll_fn(|cx| Poll::Ready(future.as_mut().poll(cx))).await;
        if let Poll::Ready(value) = polled {
            return Some(value);
        }
        tokio::task::yield_now().await;
    }
    None
}

async fn bank() -> Executor {
    let executor = Executor::new(Stage::slow());
    executor.execute(deposit("alice", 100)).await.unwrap();
    executor.execute(fees("alice", "house")).await.unwrap();
    executor
}

/// What was on its way when nobody waited any more gets the time to end.
async fn settle_down() {
    sleep(Duration::from_mins(1)).await;
}

#[tokio::test(start_paused = true)]
async fn wherever_a_command_is_dropped_it_has_happened_as_a_whole_or_not_at_all() {
    let [mut happened, mut missed] = [0, 0];
    for polls in 0.. {
        let executor = bank().await;
        let ended = polled(
            executor
                .execute(transfer_with_fees("alice", "bob", 30))
                .into_future(),
            polls,
        )
        .await;
        settle_down().await;
        match stored(executor.store(), "alice").await.events.len() {
            2 => {
                missed += 1;
                assert_eq!(balance(executor.store(), "alice").await, 100);
            }
            4 => {
                happened += 1;
                assert_eq!(balance(executor.store(), "alice").await, 69);
                assert_eq!(balance(executor.store(), "bob").await, 30);
                assert_eq!(balance(executor.store(), "house").await, 1);
            }
            other => panic!("{other} events after {polls} polls"),
        }
        if ended.is_some() {
            break;
        }
    }
    assert!(
        happened > 1 && missed > 5,
        "dropped before and after: {missed}, {happened}"
    );
}

#[tokio::test(start_paused = true)]
async fn wherever_a_command_is_dropped_its_places_are_free_again() {
    for polls in 0.. {
        let executor = bank().await;
        let ended = polled(
            executor
                .execute(transfer_with_fees("alice", "bob", 30))
                .into_future(),
            polls,
        )
        .await;
        let next = executor
            .execute(transfer_with_fees("alice", "bob", 5))
            .await
            .unwrap();
        assert_eq!(
            next.attempts(),
            1,
            "dropped after {polls} polls: what was sent keeps its places"
        );
        if ended.is_some() {
            break;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn wherever_a_command_with_an_id_is_dropped_sending_it_again_makes_it_happen_once() {
    let mut repeated = 0;
    for polls in 0.. {
        let executor = bank().await;
        let pay = || {
            executor
                .execute(transfer("alice", "bob", 30))
                .command_id(CommandId::from_key("rent"))
        };
        let ended = polled(pay().into_future(), polls).await;
        repeated += u32::from(pay().await.unwrap().is_repeated());
        assert_eq!(
            balance(executor.store(), "bob").await,
            30,
            "dropped after {polls} polls"
        );
        if ended.is_some() {
            break;
        }
    }
    assert!(repeated > 1, "some had happened although nobody was told");
}
