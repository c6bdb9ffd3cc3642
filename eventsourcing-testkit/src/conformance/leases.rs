//! A lease has one holder at a time, by the store's clock.

use std::sync::Arc;
use std::time::Duration;

use eventsourcing_core::store::lease::{Acquired, Lease, LeaseEpoch};
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::Subject;
use super::bytes::HOSTILE_TEXTS;
use super::poll::poll_then_drop;
use super::worker::{LONG, SHORT, WORK, Worker, fence, two};
use crate::fixture::tenant;

pub(super) async fn a_free_lease_is_granted(store: Subject) {
    let [ada, _] = two(&store);
    assert!(ada.list().await.is_empty());
    ada.granted(WORK, LONG).await;
    assert_eq!(ada.list().await.len(), 1);
}

pub(super) async fn to_everybody_else_it_is_held(store: Subject) {
    let [ada, bob] = two(&store);
    let held = ada.granted(WORK, LONG).await;
    let Acquired::Held { by, left } = bob.acquire(WORK, LONG).await else {
        panic!("it should be held");
    };
    assert_eq!(by, ada.holder);
    assert!(!left.is_zero() && left <= LONG, "{left:?}");
    assert_eq!(
        ada.renew(&[held], LONG).await,
        [true],
        "nothing has happened to it"
    );
}

pub(super) async fn its_holder_is_granted_it_again_at_the_same_epoch(store: Subject) {
    let [ada, bob] = two(&store);
    let first = ada.granted(WORK, SHORT).await;
    assert_eq!(ada.granted(WORK, SHORT).await, first);
    ada.until_expired().await;
    assert_eq!(
        ada.granted(WORK, LONG).await,
        first,
        "nobody has taken it meanwhile"
    );
    assert!(bob.is_held_by(WORK, &ada).await);
}

pub(super) async fn several_are_asked_for_at_once(store: Subject) {
    let [ada, bob] = two(&store);
    let held = ada.granted("b", LONG).await;
    let answers = bob.acquire_all(&["c", "b", "a", "c"], LONG).await;
    let [
        Acquired::Granted(c),
        Acquired::Held { by, .. },
        Acquired::Granted(a),
        again,
    ] = &answers[..]
    else {
        panic!("{answers:?} should be of three leases, the second of which is held");
    };
    assert_eq!((by, again), (&ada.holder, &Acquired::Granted(*c)));
    assert_eq!(
        bob.renew(&[fence("a", *a), fence("c", *c)], LONG).await,
        [true; 2]
    );
    assert_eq!(ada.renew(&[held], LONG).await, [true]);
    assert!(ada.acquire_all(&[], LONG).await.is_empty());
}

pub(super) async fn a_lease_goes_to_nobody_else_before_its_time_is_over(store: Subject) {
    let [ada, bob] = two(&store);
    for _ in 0..5 {
        let asked = Instant::now();
        ada.granted(WORK, SHORT).await;
        let taken = bob.granted_in_time(WORK).await;
        // The store's clock may count a little otherwise than this process does.
        assert!(asked.elapsed() >= SHORT * 9 / 10, "{:?}", asked.elapsed());
        bob.release(&[taken]).await;
    }
}

pub(super) async fn an_expired_lease_goes_to_whoever_asks_at_a_greater_epoch(store: Subject) {
    let [ada, bob] = two(&store);
    let mut last = ada.granted(WORK, SHORT).await;
    for worker in [&bob, &ada, &bob] {
        worker.until_expired().await;
        let taken = worker.granted(WORK, SHORT).await;
        assert!(taken.epoch > last.epoch, "{taken:?} after {last:?}");
        last = taken;
    }
}

pub(super) async fn a_renewed_lease_is_held_for_longer(store: Subject) {
    let [ada, bob] = two(&store);
    let held = ada.granted(WORK, Duration::from_secs(30)).await;
    assert_eq!(ada.renew(&[held], LONG).await, [true]);
    let Acquired::Held { left, .. } = bob.acquire(WORK, LONG).await else {
        panic!("it should be held");
    };
    assert!(left > Duration::from_mins(30), "{left:?}");
}

pub(super) async fn several_are_renewed_at_once(store: Subject) {
    let [ada, bob] = two(&store);
    let [a, b, c] = ["a", "b", "c"];
    let held = [ada.granted(a, LONG).await, ada.granted(c, LONG).await];
    let of_another = bob.granted(b, LONG).await;
    let lost = fence(b, LeaseEpoch::new(of_another.epoch.get() - 1));
    let never = fence("d", held[0].epoch);
    let [first, second] = held;
    let renewed = ada.renew(&[second, lost, never, first], LONG).await;
    assert_eq!(renewed, [true, false, false, true]);
    assert!(ada.renew(&[], LONG).await.is_empty());
}

pub(super) async fn an_expired_lease_that_nobody_has_taken_can_be_renewed(store: Subject) {
    let [ada, bob] = two(&store);
    let held = ada.granted(WORK, SHORT).await;
    ada.until_expired().await;
    assert_eq!(ada.renew(&[held], LONG).await, [true]);
    assert!(bob.is_held_by(WORK, &ada).await);
}

pub(super) async fn who_has_lost_a_lease_can_neither_renew_nor_release_it(store: Subject) {
    let [ada, bob] = two(&store);
    let lost = ada.granted(WORK, SHORT).await;
    bob.granted_in_time(WORK).await;
    assert_eq!(ada.renew(std::slice::from_ref(&lost), LONG).await, [false]);
    ada.release(&[lost]).await;
    assert!(ada.is_held_by(WORK, &bob).await);
}

pub(super) async fn a_released_lease_is_free_at_a_greater_epoch(store: Subject) {
    let [ada, bob] = two(&store);
    let mut last = ada.granted(WORK, LONG).await;
    for worker in [&bob, &bob, &ada] {
        worker.release(std::slice::from_ref(&last)).await;
        assert!(worker.list().await.is_empty());
        assert_eq!(ada.renew(std::slice::from_ref(&last), LONG).await, [false]);
        let taken = worker.granted(WORK, LONG).await;
        assert!(taken.epoch > last.epoch, "{taken:?} after {last:?}");
        last = taken;
    }
    ada.release(&[fence("never", last.epoch)]).await;
    assert!(bob.is_held_by(WORK, &ada).await);
}

pub(super) async fn a_lease_is_granted_for_a_day_at_most(store: Subject) {
    let [ada, bob] = two(&store);
    let held = ada.granted(WORK, Duration::MAX).await;
    for _ in 0..2 {
        let Acquired::Held { left, .. } = bob.acquire(WORK, LONG).await else {
            panic!("it should be held");
        };
        assert!(left <= Lease::LONGEST && left > LONG, "{left:?}");
        assert_eq!(
            ada.renew(std::slice::from_ref(&held), Duration::MAX).await,
            [true]
        );
    }
}

pub(super) async fn leases_are_listed_by_name(store: Subject) {
    let [ada, bob] = two(&store);
    let b = ada.granted("b", LONG).await;
    let z = bob.granted("Z", Duration::ZERO).await;
    let a = bob.granted("a", LONG).await;
    let released = ada.granted("c", LONG).await;
    ada.release(&[released]).await;
    let listed = ada.list().await;
    let names_and_holders: Vec<_> = listed
        .iter()
        .map(|lease| (fence(&lease.name, lease.epoch), &lease.holder))
        .collect();
    let expected = [(z, &bob.holder), (a, &bob.holder), (b, &ada.holder)];
    assert_eq!(names_and_holders, expected);
    let is_over: Vec<_> = listed.iter().map(|lease| lease.left.is_zero()).collect();
    assert_eq!(is_over, [true, false, false]);
}

pub(super) async fn hostile_names_name_just_their_lease(store: Subject) {
    let [ada, bob] = two(&store);
    let mut held = Vec::new();
    for name in HOSTILE_TEXTS {
        held.push(ada.granted(name, LONG).await);
    }
    assert_eq!(ada.list().await.len(), HOSTILE_TEXTS.len());
    for one in held {
        ada.release(std::slice::from_ref(&one)).await;
        bob.granted(&one.lease, LONG).await;
    }
    let holders = ada.list().await.into_iter().map(|lease| lease.holder);
    assert!(holders.into_iter().all(|holder| holder == bob.holder));
}

pub(super) async fn leases_of_tenants_are_apart(store: Subject) {
    let [ada, _] = two(&store);
    let elsewhere = store.store.tenant(&tenant("somebody-else")).leases;
    let bob = Worker::new(&elsewhere, "bob");
    let held = ada.granted(WORK, LONG).await;
    assert!(bob.list().await.is_empty());
    assert_eq!(bob.renew(std::slice::from_ref(&held), LONG).await, [false]);
    bob.release(std::slice::from_ref(&held)).await;
    bob.granted(WORK, LONG).await;
    assert_eq!(ada.renew(&[held], LONG).await, [true]);
    assert_eq!(ada.list().await.len(), 1);
}

pub(super) async fn of_many_who_ask_at_the_same_time_one_is_granted_it(store: Subject) {
    let leases = store.log().tenant.leases;
    for round in 0..10 {
        let mut asking = JoinSet::new();
        for number in 0..8 {
            let worker = Worker::new(&leases, &format!("worker {number}"));
            asking.spawn(async move { worker.acquire(&format!("work {round}"), LONG).await });
        }
        let granted = asking.join_all().await;
        let granted = granted
            .iter()
            .filter(|answer| matches!(answer, Acquired::Granted(_)));
        assert_eq!(granted.count(), 1);
    }
}

pub(super) async fn whoever_asks_for_several_in_any_order_gets_an_answer(store: Subject) {
    let leases = store.log().tenant.leases;
    let mut asking = JoinSet::new();
    for number in 0..6 {
        let worker = Worker::new(&leases, &format!("worker {number}"));
        asking.spawn(async move {
            let mut names = ["a", "b", "c", "d"];
            if number % 2 == 0 {
                names.reverse();
            }
            for _ in 0..20 {
                let answers = worker.acquire_all(&names, LONG).await;
                let held = names
                    .iter()
                    .zip(answers)
                    .filter_map(|(name, answer)| match answer {
                        Acquired::Granted(epoch) => Some(fence(name, epoch)),
                        Acquired::Held { .. } => None,
                    });
                let held: Vec<_> = held.collect();
                assert!(worker.renew(&held, LONG).await.into_iter().all(|is_held| is_held));
                worker.release(&held).await;
            }
        });
    }
    asking.join_all().await;
}

pub(super) async fn dropped_calls_leave_the_leases_usable(store: Subject) {
    let [ada, bob] = two(&store);
    for polls in 0..4 {
        let held = ada.granted(WORK, SHORT).await;
        poll_then_drop(ada.acquire(WORK, SHORT), polls).await;
        poll_then_drop(ada.renew(std::slice::from_ref(&held), SHORT), polls).await;
        poll_then_drop(ada.list(), polls).await;
        poll_then_drop(ada.release(&[held]), polls).await;
        let taken = bob.granted_in_time(WORK).await;
        bob.release(&[taken]).await;
    }
}

pub(super) async fn whoever_opens_the_store_next_finds_the_leases(store: Subject) {
    let [ada, bob] = two(&store);
    let held = ada.granted(WORK, LONG).await;
    let holders = [ada.holder, bob.holder];
    let released = bob.leases.acquire(&["other".into()], &holders[1], LONG).await;
    let released = released.expect("it is free");
    let Acquired::Granted(released) = released[0] else {
        panic!("it is free");
    };
    let release = bob.leases.release(&[fence("other", released)]).await;
    release.expect("it can be released");
    drop((ada.leases, bob.leases));
    let store = store.reopen().await;
    let leases = store.log().tenant.leases;
    let [ada, bob] = holders.map(|holder| Worker {
        leases: Arc::clone(&leases),
        holder,
    });
    assert!(bob.is_held_by(WORK, &ada).await);
    assert_eq!(ada.renew(&[held], LONG).await, [true]);
    assert!(bob.granted("other", LONG).await.epoch > released);
}
