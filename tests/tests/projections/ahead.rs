//! What a projection has read before it is wanted: there is a bound to it, and it is forgotten when somebody may have moved the reader.

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use eventsourcing::memory::MemoryStore;
use eventsourcing::prelude::*;
use eventsourcing::projection::OnFailure;
use eventsourcing::service::Runtime;
use eventsourcing::store::EventStore;
use eventsourcing::{Position, TenantId};
use eventsourcing_testkit::fault::{FaultPlan, FaultyStore, WriteFault};
use eventsourcing_testkit::history::{Action, RecordingStore};

use super::bank::{AccountEvent, AccountId, account, hasty};

/// Opens so many accounts at once. Their numbers make them different.
#[derive(Command, Clone, Debug, Serialize, Deserialize)]
#[command(emits(AccountEvent::Opened))]
struct OpenMany {
    #[stream(append)]
    accounts: Vec<AccountId>,
    owner: String,
}

impl CommandLogic for OpenMany {
    type Error = Infallible;

    fn handle(&self, _: &OpenManyState, cx: &mut Decide<Self>) -> Result<(), Infallible> {
        for account in &self.accounts {
            let (account, owner) = (account.clone(), self.owner.clone());
            emit!(cx, AccountEvent::Opened { account, owner });
        }
        Ok(())
    }
}

#[derive(Row, Clone, Debug, PartialEq)]
#[row(table = "initials")]
pub struct InitialRow {
    #[key]
    pub initial: String,
    pub accounts: u32,
}

/// Counts accounts by the initials of their owners. Does not go on while somebody says so.
#[derive(Default)]
pub struct Initials {
    is_broken: Arc<AtomicBool>,
}

#[projection(name = "initials", version = 1, row = InitialRow)]
impl Initials {
    #[on(AccountEvent::Opened)]
    fn opened(&self, owner: &str, rows: &mut Rows<InitialRow>) -> Result<(), &'static str> {
        if self.is_broken.load(Ordering::Relaxed) {
            return Err("the census is closed");
        }
        rows.entry(&owner[..1]).accounts += 1;
        Ok(())
    }
}

#[service(commands(OpenMany), projections(Initials))]
struct Census;

const AT_ONCE: usize = 100;

/// A log of so many accounts, all of the same owner.
async fn filled(accounts: usize, owner: &str) -> MemoryStore {
    let store = MemoryStore::new();
    let writer = Census::builder(store.clone()).tenants([]).start().await.unwrap();
    for first in (0..accounts).step_by(AT_ONCE) {
        let numbers = first..first + AT_ONCE;
        let open = OpenMany {
            accounts: numbers.map(|number| account(&number.to_string())).collect(),
            owner: owner.to_owned(),
        };
        writer.execute(open).await.unwrap();
    }
    store
}

/// Each account once.
async fn assert_that_all_are_counted(census: &Runtime, accounts: u32) {
    while census.settled().await.is_err() {}
    let row = census.rows::<InitialRow>().get("A").await.unwrap();
    assert_eq!(row.map(|row| row.accounts), Some(accounts));
}

/// A projection that stands still before the first event, and goes on when it is told to.
async fn stand_still(store: impl EventStore) -> (Runtime, Arc<AtomicBool>) {
    let is_broken = Arc::new(AtomicBool::new(true));
    let initials = Initials {
        is_broken: Arc::clone(&is_broken),
    };
    let policy = hasty().on_failure(OnFailure::Stop);
    let builder = Census::builder(store).projection_policy(policy);
    let census = builder.projection(initials).start().await.unwrap();
    census.settled().await.unwrap_err();
    for _ in 0..1_000 {
        tokio::task::yield_now().await;
    }
    (census, is_broken)
}

/// The furthest event that was read.
fn furthest_read(spy: &RecordingStore) -> u64 {
    let operations = spy.recorder(&TenantId::DEFAULT).history().operations;
    let last = operations.iter().filter_map(|operation| match &operation.action {
        Action::Feed(page) => page.events.last(),
        _ => None,
    });
    last.map(|event| event.position).max().map_or(0, Position::get)
}

#[tokio::test]
async fn a_projection_that_stands_still_reads_no_more_events_than_it_may() {
    const EVENTS: usize = 12_000;
    let spy = RecordingStore::new(Arc::new(filled(EVENTS, "Ada").await));
    let (census, is_broken) = stand_still(spy.clone()).await;
    // 4,000 are worked on, as many wait, and a page has 1,000.
    let read = furthest_read(&spy);
    assert!((4_000..9_000).contains(&read), "{read}");

    is_broken.store(false, Ordering::Relaxed);
    assert_that_all_are_counted(&census, 12_000).await;
}

#[tokio::test]
async fn a_projection_that_stands_still_reads_no_more_bytes_than_it_may() {
    const EVENTS: usize = 200;
    const BYTES: usize = 100_000;
    let events_of = |mebibytes: usize| mebibytes * 1024 * 1024 / BYTES;
    let spy = RecordingStore::new(Arc::new(filled(EVENTS, &"A".repeat(BYTES)).await));
    let (census, is_broken) = stand_still(spy.clone()).await;
    // 4 MiB are worked on, as many wait, and a page has 1 MiB.
    let read = usize::try_from(furthest_read(&spy)).unwrap();
    assert!((events_of(4)..events_of(9)).contains(&read), "{read}");

    is_broken.store(false, Ordering::Relaxed);
    assert_that_all_are_counted(&census, 200).await;
}

#[tokio::test]
async fn what_was_read_ahead_is_forgotten_when_nobody_knows_what_became_of_a_write() {
    const EVENTS: usize = 20_000;
    let faulty = FaultyStore::new(Arc::new(filled(EVENTS, "Ada").await), FaultPlan::NONE);
    faulty.script_writes([
        None,
        Some(WriteFault::LostAnswer),
        None,
        Some(WriteFault::LostWrite),
    ]);
    let builder = Census::builder(faulty.clone()).projection_policy(hasty());
    let census = builder.start().await.unwrap();
    assert_that_all_are_counted(&census, 20_000).await;
    assert_eq!(faulty.counts().unknown_outcomes(), 2);
}
