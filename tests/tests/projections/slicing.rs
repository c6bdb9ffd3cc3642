//! Slices of a projection, which several processes work on side by side.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use eventsourcing::environment::Environment;
use eventsourcing::memory::MemoryStore;
use eventsourcing::prelude::*;
use eventsourcing::projection::{
    LeasePolicy, ProjectionState, StartProjectionsError, VersionError, WaitForError,
};
use eventsourcing::service::{Runtime, StartError};
use eventsourcing::store::EventStore;
use eventsourcing::{Position, TenantId};
use tokio::task::JoinSet;

use super::bank::{AccountEvent, AccountId, Close, Move, Open, account, hasty, open, status, stop, transfer};
use super::holding::{HeldStore, Hold};
use super::places::{Mortal, Place, on_every_store, until};

const SLICES: u32 = 6;
const ACCOUNTS: u32 = 12;

#[derive(Row, Clone, Debug, PartialEq)]
#[row(table = "spent")]
pub struct SpentRow {
    #[key]
    account: AccountId,
    cents: i64,
    moves: u32,
    /// It tells whether they came in their order.
    last: i64,
}

#[derive(Default)]
struct Spent;

#[projection(name = "spent", version = 1, row = SpentRow, parallel_by = from, slices = 6)]
impl Spent {
    #[on(AccountEvent::Moved)]
    fn moved(&self, from: &AccountId, amount: &i64, rows: &mut Rows<SpentRow>) {
        let row = rows.entry(from);
        row.cents += amount;
        row.moves += 1;
        row.last = *amount;
    }
}

#[service(commands(Open, Move, Close), projections(Spent))]
struct Shop;

async fn start(store: Arc<dyn EventStore>, label: &str, ttl: Duration) -> (Runtime, Mortal) {
    let mortal = Mortal::default();
    let environment = Environment {
        spawn: Arc::new(mortal.clone()),
        ..Environment::default()
    };
    let builder = Shop::builder(store)
        .environment(environment)
        .projection_policy(hasty())
        .lease_policy(LeasePolicy::default().with_ttl(ttl).with_label(label));
    (builder.start().await.unwrap(), mortal)
}

/// The slices that a process works on itself.
fn runs(shop: &Runtime) -> BTreeSet<u32> {
    let slices = status(shop, "spent").slices.into_iter();
    let live = slices.filter(|slice| slice.state == ProjectionState::Live);
    live.map(|slice| slice.slice).collect()
}

/// Each slice has one process, and none of these has two more than another.
async fn until_shared(shops: &[&Runtime]) {
    until("the slices are shared", || {
        let each: Vec<_> = shops.iter().map(|shop| runs(shop)).collect();
        let all: BTreeSet<_> = each.iter().flatten().collect();
        let fair = SLICES / u32::try_from(shops.len()).unwrap();
        let is_fair = |runs: &BTreeSet<u32>| u32::try_from(runs.len()).unwrap().abs_diff(fair) <= 1;
        let sum: usize = each.iter().map(BTreeSet::len).sum();
        (all.len(), sum) == (6, 6) && each.iter().all(is_fair)
    })
    .await;
}

/// Every account pays these amounts.
async fn pay(shop: &Runtime, amounts: std::ops::Range<i64>) {
    for amount in amounts {
        for number in 0..ACCOUNTS {
            transfer(shop, &format!("{number}"), "till", amount).await;
        }
    }
}

async fn spent(shop: &Runtime) -> BTreeMap<String, (i64, u32, i64)> {
    let rows = shop.rows::<SpentRow>().all().await.unwrap().into_iter();
    rows.map(|row| (row.account.0, (row.cents, row.moves, row.last)))
        .collect()
}

/// Every account has paid the amounts from 1 to this, once, in their order.
async fn assert_that_all_have_paid(shop: &Runtime, last: i64) {
    shop.settled().await.unwrap();
    let each = (last * (last + 1) / 2, u32::try_from(last).unwrap(), last);
    let expected = (0..ACCOUNTS).map(|number| (number.to_string(), each));
    assert_eq!(spent(shop).await, expected.collect());
}

async fn processes_share_the_slices_and_each_can_wait_for_all(place: Place) {
    let ttl = Duration::from_secs(2);
    let (first, _) = start(place.open().await, "first", ttl).await;
    until_shared(&[&first]).await;
    pay(&first, 1..3).await;
    let (second, _) = start(place.open().await, "second", ttl).await;
    until_shared(&[&first, &second]).await;
    let (third, _) = start(place.open().await, "third", ttl).await;
    let shops = [&first, &second, &third];
    until_shared(&shops).await;
    until("it is known who works on the others", || {
        let slices = status(&third, "spent").slices;
        let held_by: BTreeSet<_> = slices.into_iter().filter_map(|slice| slice.held_by).collect();
        held_by == ["first".to_owned(), "second".to_owned()].into()
    })
    .await;
    for (amount, shop) in (3..9).zip(shops.iter().cycle()) {
        for number in 0..ACCOUNTS {
            let name = number.to_string();
            let done = transfer(shop, &name, "till", amount).await;
            let caught_up = shop.wait_for::<Spent>(done).await.unwrap();
            assert!(caught_up.position >= done);
            let row = shop.rows::<SpentRow>().get(&account(&name)).await.unwrap();
            assert_eq!(row.map(|row| row.last), Some(amount));
        }
        // Of no interest to any slice.
        let done = open(shop, "till", "Ada").await;
        shop.wait_for::<Spent>(done).await.unwrap();
    }
    assert_that_all_have_paid(&third, 8).await;
    for shop in [first, second, third] {
        stop(shop).await;
    }
}

async fn the_slices_of_a_killed_process_go_to_others(place: Place) {
    let ttl = Duration::from_secs(1);
    let (first, mortal) = start(place.open().await, "first", ttl).await;
    let (second, _) = start(place.open().await, "second", ttl).await;
    let (third, _) = start(place.open().await, "third", ttl).await;
    until_shared(&[&first, &second, &third]).await;
    pay(&second, 1..3).await;
    mortal.kill();
    pay(&second, 3..5).await;
    until_shared(&[&second, &third]).await;
    assert_that_all_have_paid(&third, 4).await;
    for shop in [second, third] {
        stop(shop).await;
    }
}

/// Workers come and go, between payments and in the midst of them.
async fn with_more_or_fewer_workers_no_slice_loses_its_place(place: Place) {
    let ttl = Duration::from_secs(2);
    let mut amount = 1;
    for workers in [1, 3, 2, 5, 1] {
        let mut shops = Vec::new();
        for number in 0..workers {
            shops.push(
                start(place.open().await, &format!("worker {number}"), ttl)
                    .await
                    .0,
            );
            pay(&shops[0], amount..amount + 1).await;
            amount += 1;
        }
        until_shared(&shops.iter().collect::<Vec<_>>()).await;
        pay(&shops[0], amount..amount + 1).await;
        for shop in shops.into_iter().rev() {
            stop(shop).await;
        }
        amount += 1;
    }
    let (shop, _) = start(place.open().await, "last", ttl).await;
    assert_that_all_have_paid(&shop, amount - 1).await;
    stop(shop).await;
}

/// It has changed rows, and sent them off, when it is thought to be dead.
async fn a_write_of_a_slice_that_comes_too_late_is_refused_by_the_fence(place: Place) {
    let ttl = Duration::from_secs(1);
    let held = HeldStore::around(place.open().await);
    let (zombie, _) = start(Arc::new(held.clone()), "zombie", ttl).await;
    until_shared(&[&zombie]).await;
    let writer = Shop::builder(place.open().await)
        .tenants([])
        .start()
        .await
        .unwrap();
    held.set(Hold::WritesAndLeases);
    pay(&writer, 1..2).await;
    until("writes of all slices are on their way", || held.waiting() > 1).await;

    let (heir, _) = start(place.open().await, "heir", ttl).await;
    until_shared(&[&heir]).await;
    pay(&heir, 2..3).await;
    assert_that_all_have_paid(&heir, 2).await;
    let waiting = held.waiting();
    held.set(Hold::Nothing);
    until("the late writes have come", || held.fenced_off() == waiting).await;
    assert_that_all_have_paid(&heir, 2).await;
    until_shared(&[&zombie, &heir]).await;
    pay(&zombie, 3..4).await;
    assert_that_all_have_paid(&zombie, 3).await;
    for shop in [zombie, heir] {
        stop(shop).await;
    }
}

#[derive(Row, Clone, Debug, PartialEq)]
#[row(table = "statements")]
struct StatementRow {
    #[key]
    account: AccountId,
    #[key]
    amount: i64,
    lines: u32,
}

/// Of the streams of those who pay: what the key begins with names the stream.
#[derive(Default)]
struct Statements;

#[projection(name = "statements", version = 1, row = StatementRow, slices = 6)]
impl Statements {
    #[on(AccountEvent::Moved)]
    fn moved(
        &self,
        from: &AccountId,
        to: &AccountId,
        amount: &i64,
        rows: &mut Rows<StatementRow>,
    ) -> Result<(), &'static str> {
        if *amount == 13 {
            return Err("13 brings bad luck");
        }
        let receives = *amount == 14;
        rows.entry((if receives { to } else { from }, amount)).lines += 1;
        Ok(())
    }
}

#[service(commands(Open, Move, Close), projections(Statements))]
struct Clerks;

/// Two processes share them. What cannot be dealt with is parked with its stream, and nothing else waits.
async fn slices_of_home_streams_have_their_rows_and_park_their_events(place: Place) {
    let start = async || {
        let builder = Clerks::builder(place.open().await).projection_policy(hasty());
        builder.start().await.unwrap()
    };
    let clerks = [start().await, start().await];
    let mut last = Position::START;
    for (number, amount) in [(0, 13), (1, 14)] {
        last = transfer(&clerks[0], &number.to_string(), "till", amount).await;
    }
    for amount in 1..5 {
        for number in 0..ACCOUNTS {
            last = transfer(&clerks[0], &number.to_string(), "till", amount).await;
        }
    }
    for clerk in &clerks {
        clerk.wait_for::<Statements>(last).await.unwrap();
        assert_eq!(status(clerk, "statements").slices.len(), 6);
        let parked = status(clerk, "statements").parked.into_iter();
        let parked = parked.map(|parked| (parked.first.sequence, parked.events));
        let expected = ["account-0", "account-1"].map(|stream| (stream.to_owned(), 5));
        assert_eq!(parked.collect::<BTreeSet<_>>(), expected.into());
    }
    let lines = clerks[1].rows::<StatementRow>().all().await.unwrap();
    let expected = (2..ACCOUNTS).flat_map(|number| (1..5).map(move |amount| (number.to_string(), amount)));
    let found = lines.into_iter().map(|row| {
        assert_eq!(row.lines, 1);
        (row.account.0, row.amount)
    });
    assert_eq!(found.collect::<BTreeSet<_>>(), expected.collect::<BTreeSet<_>>());
    for clerk in clerks {
        stop(clerk).await;
    }
}

on_every_store! {
    slices_of_home_streams_have_their_rows_and_park_their_events,
    processes_share_the_slices_and_each_can_wait_for_all,
    the_slices_of_a_killed_process_go_to_others,
    with_more_or_fewer_workers_no_slice_loses_its_place,
    a_write_of_a_slice_that_comes_too_late_is_refused_by_the_fence,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn whatever_is_paid_at_the_same_time_is_counted_once() {
    let store: Arc<dyn EventStore> = Arc::new(MemoryStore::new());
    let ttl = Duration::from_secs(20);
    let mut shops = Vec::new();
    for number in 0..3 {
        shops.push(start(Arc::clone(&store), &format!("{number}"), ttl).await.0);
    }
    let mut writers = JoinSet::new();
    for number in 0..6_usize {
        let shop = shops[number % 3].clone();
        writers.spawn(async move {
            for amount in 1..50 {
                transfer(&shop, &format!("{number}"), "till", amount).await;
            }
        });
    }
    writers.join_all().await;
    for shop in &shops {
        shop.settled().await.unwrap();
    }
    let each = (0..6).map(|number| (number.to_string(), (1225, 49, 49)));
    assert_eq!(spent(&shops[1]).await, each.collect());
    for shop in shops {
        stop(shop).await;
    }
}

/// The same projection under the same version, with other slices.
mod otherwise {
    use super::*;

    #[derive(Default)]
    pub struct Spent;

    #[projection(name = "spent", version = 1, row = SpentRow, parallel_by = from, slices = 4, changed = "it is the same")]
    impl Spent {
        #[on(AccountEvent::Moved)]
        fn moved(&self, from: &AccountId, rows: &mut Rows<SpentRow>) {
            rows.entry(from).moves += 1;
        }
    }

    #[service(commands(Open, Move, Close), projections(Spent))]
    pub(super) struct Fewer;

    mod whole {
        use super::*;

        #[derive(Default)]
        pub struct Spent;

        #[projection(name = "spent", version = 1, row = SpentRow, parallel_by = from, changed = "it is the same")]
        impl Spent {
            #[on(AccountEvent::Moved)]
            fn moved(&self, from: &AccountId, rows: &mut Rows<SpentRow>) {
                rows.entry(from).moves += 1;
            }
        }

        #[service(commands(Open, Move, Close), projections(Spent))]
        pub(in super::super) struct One;
    }

    pub(super) use whole::One;
}

/// Which numbers of slices a service does not start with, and what it says of them.
fn refused(started: Result<Runtime, StartError>) -> (u32, u32, String) {
    let error = started.unwrap_err();
    let numbers = match error {
        StartError::Projections(StartProjectionsError::Slices { first, now, .. }) => Some((first, now)),
        _ => None,
    };
    let (first, now) = numbers.unwrap();
    (first, now, error.to_string())
}

#[tokio::test]
async fn another_number_of_slices_is_another_version_whatever_anybody_says() {
    let store = MemoryStore::new();
    stop(Shop::builder(store.clone()).start().await.unwrap()).await;
    let (first, now, said) = refused(otherwise::Fewer::builder(store.clone()).start().await);
    assert_eq!((first, now), (SLICES, 4));
    let to_do = "had 6 slices when its version 1 was first run, and has 4 slices; write `version = 2` to fill a new table from the \
                 beginning, or write `slices = 6`";
    assert!(said.ends_with(to_do), "{said}");
    let (first, now, _) = refused(otherwise::One::builder(store.clone()).start().await);
    assert_eq!((first, now), (SLICES, 1));
    stop(Shop::builder(store).start().await.unwrap()).await;

    let store = MemoryStore::new();
    stop(otherwise::One::builder(store.clone()).start().await.unwrap()).await;
    let (first, now, said) = refused(Shop::builder(store).start().await);
    assert_eq!((first, now), (1, SLICES));
    assert!(
        said.contains("had no slices") && said.ends_with("or leave out `slices`"),
        "{said}"
    );
}

/// It changes what is not its own: the rows of those who receive.
#[derive(Default)]
struct Intruding;

#[projection(name = "intruding", version = 1, row = SpentRow, parallel_by = from, slices = 2)]
impl Intruding {
    #[on(AccountEvent::Moved)]
    fn moved(&self, from: &AccountId, to: &AccountId, amount: &i64, rows: &mut Rows<SpentRow>) {
        rows.entry(from).cents -= amount;
        rows.entry(to).cents += amount;
    }
}

#[service(commands(Open, Move, Close), projections(Intruding))]
struct Intruders;

#[tokio::test(start_paused = true)]
async fn an_event_that_changes_a_row_of_another_sequence_fails_and_changes_nothing() {
    let builder = Intruders::builder(MemoryStore::new()).projection_policy(hasty());
    let intruders = builder.start().await.unwrap();
    let done = transfer(&intruders, "ann", "bob", 3).await;
    let error = intruders.wait_for::<Intruding>(done).await.unwrap_err();
    let WaitForError::Parked { parked, .. } = &error else {
        panic!("{error}");
    };
    let reason = parked.reason.as_deref().unwrap();
    assert!(
        reason.starts_with("the row `bob` of `spent` is not one of the sequence `ann`"),
        "{reason}"
    );
    assert_eq!(intruders.rows::<SpentRow>().all().await.unwrap(), []);
    // Of the same sequence, it is none of another.
    let done = transfer(&intruders, "cem", "cem", 3).await;
    intruders.wait_for::<Intruding>(done).await.unwrap();
    stop(intruders).await;
}

#[derive(Row, Clone, Debug, PartialEq)]
#[row(table = "census")]
struct CensusRow {
    #[key]
    owner: String,
    accounts: u32,
}

/// Ordered by a text, which may be too long to name a sequence.
#[derive(Default)]
struct Census;

#[projection(name = "census", version = 1, row = CensusRow, parallel_by = owner, slices = 3)]
impl Census {
    #[on(AccountEvent::Opened)]
    fn opened(&self, owner: &str, rows: &mut Rows<CensusRow>) {
        rows.entry(owner).accounts += 1;
    }
}

#[service(commands(Open, Move, Close), projections(Census))]
struct Registry;

#[tokio::test(start_paused = true)]
async fn all_slices_stand_still_before_an_event_that_does_not_say_whose_it_is_and_are_helped_over_it() {
    let builder = Registry::builder(MemoryStore::new()).projection_policy(hasty());
    let registry = builder.start().await.unwrap();
    open(&registry, "a", &"x".repeat(501)).await;
    let mut last = open(&registry, "b", "Ada").await;
    for number in 0..12 {
        last = open(&registry, &format!("c{number}"), &format!("{number}")).await;
    }
    let error = registry.wait_for::<Census>(last).await.unwrap_err();
    let WaitForError::Failed { failing, .. } = error else {
        panic!("{error}");
    };
    until("all stand still", || {
        let slices = status(&registry, "census").slices;
        slices.iter().all(|slice| slice.state == ProjectionState::Failed)
    })
    .await;
    assert_eq!(registry.rows::<CensusRow>().all().await.unwrap(), []);
    let skip = registry.projections().skip(
        &TenantId::DEFAULT,
        "census",
        failing.event,
        "nobody has such a name",
    );
    skip.await.unwrap();
    registry.wait_for::<Census>(last).await.unwrap();
    assert_eq!(registry.rows::<CensusRow>().all().await.unwrap().len(), 13);
    stop(registry).await;
}

/// What comes after the first version.
mod second {
    use super::*;

    #[derive(Default)]
    pub(super) struct Spent;

    #[projection(name = "spent", version = 2, row = SpentRow, parallel_by = from, slices = 5)]
    impl Spent {
        #[on(AccountEvent::Moved)]
        fn moved(
            &self,
            from: &AccountId,
            amount: &i64,
            rows: &mut Rows<SpentRow>,
        ) -> Result<(), &'static str> {
            if *amount == 13 {
                return Err("13 brings bad luck");
            }
            rows.entry(from).moves += 1;
            Ok(())
        }
    }

    #[service(commands(Open, Move, Close), projections(Spent))]
    pub(super) struct Shop;
}

#[tokio::test(start_paused = true)]
async fn a_version_is_active_when_all_its_slices_are_complete() {
    let store = MemoryStore::new();
    let first = Shop::builder(store.clone())
        .projection_policy(hasty())
        .start()
        .await
        .unwrap();
    pay(&first, 12..14).await;
    first.settled().await.unwrap();
    let start_next = async || {
        let builder = second::Shop::builder(store.clone()).projection_policy(hasty());
        builder.start().await.unwrap()
    };
    let next = start_next().await;
    let done = transfer(&next, "0", "till", 1).await;
    next.wait_for::<second::Spent>(done).await.unwrap_err();
    assert!(next.settled().await.is_err());
    assert!(!status(&next, "spent").is_active);
    assert_eq!(status(&next, "spent").parked_events, 13);
    let refused = next
        .projections()
        .drop_version("spent", 2.try_into().unwrap())
        .await;
    assert!(matches!(refused, Err(VersionError::Running { .. })));
    next.projections().cancel("spent").await.unwrap();
    let slices = status(&next, "spent").slices;
    assert!(slices.iter().all(|slice| slice.state == ProjectionState::Stopped));
    stop(next).await;

    // It begins anew, since the places of its slices are forgotten.
    let next = start_next().await;
    next.settled().await.unwrap_err();
    for sequence in 0..ACCOUNTS {
        let parked = next
            .projections()
            .parked(&TenantId::DEFAULT, "spent", None, 1.try_into().unwrap());
        let first = parked.await.unwrap().remove(0);
        assert!(!status(&next, "spent").is_active, "{sequence}");
        let skip = next
            .projections()
            .skip(&TenantId::DEFAULT, "spent", first.event, "bad luck");
        skip.await.unwrap();
    }
    next.settled().await.unwrap();
    until("it is active", || status(&next, "spent").is_active).await;
    let moves: u32 = spent(&next).await.values().map(|(_, moves, _)| moves).sum();
    assert_eq!(moves, ACCOUNTS + 1);
    for shop in [first, next] {
        stop(shop).await;
    }
}
