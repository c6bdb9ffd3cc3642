//! A lease has one holder at a time, by the store's clock, and who has lost it writes no more.

use std::sync::Arc;
use std::time::Duration;

use eventsourcing_core::store::lease::{Acquired, Fence, Holder, Lease, LeaseEpoch, LeaseStore};
use eventsourcing_core::store::rows::{Place, WriteRows, WriteRowsError};
use eventsourcing_core::store::{CheckpointRefused, ErrorClass};
use eventsourcing_core::uuid::Uuid;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

use super::Subject;
use super::bytes::HOSTILE_TEXTS;
use super::ledger::Ledger;
use super::poll::poll_then_drop;
use crate::fixture::rows::row;
use crate::fixture::tenant;

/// Longer than any case takes.
const LONG: Duration = Duration::from_hours(1);
/// Over in a moment.
const SHORT: Duration = Duration::from_millis(40);

const WORK: &str = "projection/balances@1";

/// The leases of a tenant, in the hands of somebody who asks for them.
#[derive(Clone)]
struct Worker {
    leases: Arc<dyn LeaseStore>,
    holder: Holder,
}

impl Worker {
    fn new(leases: &Arc<dyn LeaseStore>, label: &str) -> Self {
        Self {
            leases: Arc::clone(leases),
            holder: Holder {
                id: Uuid::now_v7(),
                label: label.into(),
            },
        }
    }

    async fn acquire_all(&self, names: &[&str], ttl: Duration) -> Vec<Acquired> {
        let names: Vec<_> = names.iter().map(|name| Arc::from(*name)).collect();
        let acquired = self.leases.acquire(&names, &self.holder, ttl).await;
        let acquired = acquired.expect("leases can be asked for");
        assert_eq!(acquired.len(), names.len(), "one answer for each");
        acquired
    }

    async fn acquire(&self, name: &str, ttl: Duration) -> Acquired {
        self.acquire_all(&[name], ttl).await.remove(0)
    }

    /// Gets a lease that nobody else holds.
    async fn granted(&self, name: &str, ttl: Duration) -> Fence {
        match self.acquire(name, ttl).await {
            Acquired::Granted(epoch) => fence(name, epoch),
            Acquired::Held { by, left } => panic!("`{name}` should be free, not held by {by} for {left:?}"),
        }
    }

    /// Asks until the one who holds a lease does so no more.
    async fn granted_in_time(&self, name: &str) -> Fence {
        loop {
            if let Acquired::Granted(epoch) = self.acquire(name, LONG).await {
                return fence(name, epoch);
            }
            sleep(Duration::from_millis(2)).await;
        }
    }

    async fn renew(&self, held: &[Fence], ttl: Duration) -> Vec<bool> {
        let renewed = self.leases.renew(held, ttl).await;
        renewed.expect("leases can be renewed")
    }

    async fn release(&self, held: &[Fence]) {
        let released = self.leases.release(held).await;
        released.expect("leases can be released");
    }

    async fn list(&self) -> Vec<Lease> {
        self.leases.list().await.expect("leases can be listed")
    }

    /// Waits until the time of all leases is over.
    async fn until_expired(&self) {
        while self.list().await.iter().any(|lease| !lease.left.is_zero()) {
            sleep(Duration::from_millis(2)).await;
        }
    }

    async fn is_held_by(&self, name: &str, holder: &Self) -> bool {
        let held = self.acquire(name, LONG).await;
        matches!(held, Acquired::Held { by, .. } if by == holder.holder)
    }
}

fn fence(name: &str, epoch: LeaseEpoch) -> Fence {
    Fence {
        lease: name.into(),
        epoch,
    }
}

fn two(store: &Subject) -> [Worker; 2] {
    let leases = &store.log().tenant.leases;
    ["ada", "bob"].map(|label| Worker::new(leases, label))
}

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

/// A write of one row, under a fence.
async fn write_under(ledger: &Ledger, fence: &Fence) -> WriteRows {
    WriteRows {
        fence: Some(fence.clone()),
        ..ledger.change(vec![row("1", "alice", 1)], vec![]).await
    }
}

async fn assert_fenced_off(ledger: &Ledger, fence: &Fence) {
    let write = write_under(ledger, fence).await;
    let refused = ledger.refused(write).await;
    assert_eq!(refused.class(), ErrorClass::Overtaken);
    assert!(
        matches!(&refused, WriteRowsError::Fenced(fenced)
            if (&fenced.lease, fenced.epoch) == (&fence.lease, fence.epoch)),
        "{refused:?}"
    );
}

pub(super) async fn a_write_under_a_lease_takes_effect(store: Subject) {
    let [ada, _] = two(&store);
    let ledger = Ledger::prepared(&store).await;
    let held = ada.granted(WORK, LONG).await;
    for writes in 1..3 {
        let landed = ledger.write(write_under(&ledger, &held).await).await;
        assert_eq!(landed.writes, writes);
    }
    assert_eq!(ledger.everything().await.rows, [row("1", "alice", 1)]);
}

pub(super) async fn a_write_under_an_expired_lease_that_nobody_has_taken_takes_effect(store: Subject) {
    let [ada, _] = two(&store);
    let ledger = Ledger::prepared(&store).await;
    let held = ada.granted(WORK, SHORT).await;
    ada.until_expired().await;
    ledger.write(write_under(&ledger, &held).await).await;
    assert_eq!(ledger.place().await.writes, 1);
}

pub(super) async fn a_write_of_one_who_has_lost_the_lease_is_fenced_off(store: Subject) {
    let [ada, bob] = two(&store);
    let ledger = Ledger::prepared(&store).await;
    let lost = ada.granted(WORK, SHORT).await;
    ledger.write(write_under(&ledger, &lost).await).await;
    let taken = bob.granted_in_time(WORK).await;
    assert_fenced_off(&ledger, &lost).await;
    ledger.write(write_under(&ledger, &taken).await).await;
}

/// As of a reader that keeps no rows: it saves its place alone.
pub(super) async fn a_place_alone_is_saved_under_the_lease_and_fenced_off_without_it(store: Subject) {
    let [ada, bob] = two(&store);
    let ledger = Ledger::prepared(&store).await;
    let place_alone = async |fence: &Fence| WriteRows {
        changes: vec![],
        ..write_under(&ledger, fence).await
    };
    let lost = ada.granted(WORK, SHORT).await;
    let landed = ledger.write(place_alone(&lost).await).await;
    assert_eq!(landed.writes, 1);
    bob.granted_in_time(WORK).await;
    let refused = ledger.refused(place_alone(&lost).await).await;
    assert!(matches!(refused, WriteRowsError::Fenced(_)), "{refused:?}");
    assert_eq!(ledger.place().await, landed);
    assert!(ledger.everything().await.rows.is_empty());
}

pub(super) async fn a_write_without_a_lease_is_fenced_off(store: Subject) {
    let [ada, _] = two(&store);
    let ledger = Ledger::prepared(&store).await;
    assert_fenced_off(&ledger, &fence(WORK, LeaseEpoch::new(1))).await;
    let released = ada.granted(WORK, LONG).await;
    ada.release(std::slice::from_ref(&released)).await;
    assert_fenced_off(&ledger, &released).await;
    let held = ada.granted(WORK, LONG).await;
    assert_fenced_off(&ledger, &released).await;
    assert_fenced_off(&ledger, &fence("other", held.epoch)).await;
}

pub(super) async fn a_lease_of_another_tenant_is_no_fence(store: Subject) {
    let ledger = Ledger::prepared(&store).await;
    let elsewhere = store.store.tenant(&tenant("somebody-else")).leases;
    let held = Worker::new(&elsewhere, "bob").granted(WORK, LONG).await;
    assert_fenced_off(&ledger, &held).await;
}

pub(super) async fn a_fence_is_told_after_a_strange_checkpoint_and_before_the_place(store: Subject) {
    let ledger = Ledger::prepared(&store).await;
    let lost = fence(WORK, LeaseEpoch::new(1));
    let nowhere = WriteRows {
        from: Place {
            writes: 9,
            ..Place::START
        },
        ..write_under(&ledger, &lost).await
    };
    let refused = ledger.refused(nowhere.clone()).await;
    assert!(matches!(refused, WriteRowsError::Fenced(_)), "{refused:?}");
    for strange in [ledger.reader.ahead(), ledger.reader.of_another_epoch()] {
        let to_nowhere = WriteRows {
            to: strange,
            ..nowhere.clone()
        };
        let refused = ledger.refused(to_nowhere).await;
        assert!(
            matches!(
                refused,
                WriteRowsError::Checkpoint(
                    CheckpointRefused::AheadOfLog { .. } | CheckpointRefused::OtherStore { .. }
                )
            ),
            "{refused:?}"
        );
    }
}

pub(super) async fn no_write_takes_effect_after_the_lease_was_taken_over(store: Subject) {
    let [ada, bob] = two(&store);
    let ledger = Ledger::prepared(&store).await;
    for round in 0..60 {
        let old = ada.granted(WORK, Duration::ZERO).await;
        let write = Arc::new(write_under(&ledger, &old).await);
        let mut writing = ledger.rows.write(write);
        // It is somewhere on its way when the lease is taken over.
        let written_before = poll_then_drop(&mut writing, round % 6).await;
        let taken = bob.granted_in_time(WORK).await;
        let place = ledger.place().await;
        let written = match written_before {
            Some(written) => written,
            None => writing.await,
        };
        assert!(
            matches!(written, Ok(_) | Err(WriteRowsError::Fenced(_))),
            "{written:?}"
        );
        assert_eq!(
            ledger.place().await,
            place,
            "nothing happens once the lease is taken over"
        );
        bob.release(&[taken]).await;
    }
}
