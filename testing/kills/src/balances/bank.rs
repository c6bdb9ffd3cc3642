//! What is kept of accounts: by account, as a whole and in slices, and of all together.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use eventsourcing::prelude::*;
use eventsourcing::projection::LeasePolicy;
use eventsourcing::service::Runtime;
use eventsourcing_core::TenantId;
use eventsourcing_core::store::{EventStore, ReadFeed};
use eventsourcing_testkit::crash::BoxError;
use fastrand::Rng;
use tokio::task::JoinSet;

const ACCOUNTS: u32 = 12;
const CLIENTS: u32 = 2;
/// Of the counters.
pub(super) const SLICES: usize = 4;
/// A process that is frozen for longer than that is taken for dead.
pub(super) const TTL: Duration = Duration::from_millis(600);

#[derive(StreamKey, Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[stream_key(category = "account")]
pub(super) struct AccountId(u32);

#[derive(Event, Clone, Debug, PartialEq)]
#[event(prefix = "account")]
enum AccountEvent {
    Deposited {
        #[stream]
        account: AccountId,
        cents: i64,
    },
}

#[derive(Command, Clone, Debug, Serialize, Deserialize)]
#[command(emits(AccountEvent))]
struct Deposit {
    #[stream(append)]
    account: AccountId,
    cents: i64,
}

impl CommandLogic for Deposit {
    type Error = Infallible;

    fn handle(&self, _: &DepositState, cx: &mut Decide<Self>) -> Result<(), Infallible> {
        let (account, cents) = (self.account.clone(), self.cents);
        emit!(cx, AccountEvent::Deposited { account, cents });
        Ok(())
    }
}

#[derive(Row, Clone, Debug, PartialEq, Eq)]
#[row(table = "balances")]
pub(super) struct BalanceRow {
    #[key]
    account: AccountId,
    cents: i64,
    deposits: u32,
    /// The cents of the last deposit: it tells whether they came in their order.
    last: i64,
}

#[derive(Default)]
struct Balances;

#[projection(name = "balances", version = 1, row = BalanceRow)]
impl Balances {
    #[on(AccountEvent::Deposited)]
    fn deposited(&self, account: &AccountId, cents: &i64, rows: &mut Rows<BalanceRow>) {
        let row = rows.entry(account);
        row.cents += cents;
        row.deposits += 1;
        row.last = *cents;
    }
}

/// The same as in the balances.
#[derive(Row, Clone, Debug, PartialEq, Eq)]
#[row(table = "counters")]
struct CounterRow {
    #[key]
    account: AccountId,
    cents: i64,
    deposits: u32,
    last: i64,
}

impl From<CounterRow> for BalanceRow {
    fn from(row: CounterRow) -> Self {
        let CounterRow {
            account,
            cents,
            deposits,
            last,
        } = row;
        Self {
            account,
            cents,
            deposits,
            last,
        }
    }
}

/// The balances in slices, which several processes fill side by side.
#[derive(Default)]
struct Counters;

#[projection(name = "counters", version = 1, row = CounterRow, parallel_by = account, slices = 4)]
impl Counters {
    #[on(AccountEvent::Deposited)]
    fn deposited(&self, account: &AccountId, cents: &i64, rows: &mut Rows<CounterRow>) {
        let row = rows.entry(account);
        row.cents += cents;
        row.deposits += 1;
        row.last = *cents;
    }
}

#[derive(Row, Clone, Debug, PartialEq, Eq)]
#[row(table = "totals")]
struct TotalRow {
    #[key]
    of: String,
    cents: i64,
    deposits: u32,
}

#[derive(Default)]
struct Totals;

#[projection(name = "totals", version = 1, row = TotalRow)]
impl Totals {
    #[on(AccountEvent::Deposited)]
    fn deposited(&self, cents: &i64, rows: &mut Rows<TotalRow>) {
        let row = rows.entry("all");
        row.cents += cents;
        row.deposits += 1;
    }
}

#[service(commands(Deposit), projections(Balances, Counters, Totals))]
struct Bank;

/// Pays in and projects, until it is killed.
///
/// The server beneath the store may be killed at any time on account of somebody else: then it begins anew.
pub(crate) async fn work_until_killed<S>(open: impl Fn() -> S)
where
    S: Future<Output = Result<Arc<dyn EventStore>, BoxError>>,
{
    while work(open()).await.is_err() {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

async fn work(store: impl Future<Output = Result<Arc<dyn EventStore>, BoxError>>) -> Result<(), BoxError> {
    let bank = start(store.await?).await?;
    let mut clients = JoinSet::new();
    for _ in 0..CLIENTS {
        clients.spawn(pay_in(bank.clone()));
    }
    while let Some(client) = clients.join_next().await {
        client??;
    }
    Ok(())
}

async fn pay_in(bank: Runtime) -> Result<(), BoxError> {
    let mut rng = Rng::new();
    loop {
        let deposit = Deposit {
            account: AccountId(rng.u32(..ACCOUNTS)),
            cents: rng.i64(1..1_000),
        };
        bank.execute(deposit).await?;
    }
}

async fn start(store: Arc<dyn EventStore>) -> Result<Runtime, BoxError> {
    let leases = LeasePolicy::default().with_ttl(TTL);
    Ok(Bank::builder(store).lease_policy(leases).start().await?)
}

/// Other rows than there should be.
#[derive(Debug, thiserror::Error)]
#[error("the rows are {found}, and not {expected}")]
struct OtherRows {
    found: String,
    expected: String,
}

/// How often each slice of the counters has been written.
pub(super) async fn writes_of_slices(store: &dyn EventStore) -> Result<[u64; SLICES], BoxError> {
    let rows = store.tenant(&TenantId::DEFAULT).rows;
    let mut writes = [0; SLICES];
    for (slice, writes) in writes.iter_mut().enumerate() {
        *writes = rows
            .place(&format!("projection/counters@1/{slice}"))
            .await?
            .writes;
    }
    Ok(writes)
}

/// Lets the projections come to the end of the log, and compares their rows with it. Returns how many events there are.
pub(super) async fn check(store: Arc<dyn EventStore>) -> Result<u32, BoxError> {
    let bank = start(Arc::clone(&store)).await?;
    bank.settled().await?;
    let (expected, total) = fold(&*store).await?;
    let expected: Vec<_> = expected.into_values().collect();
    let counters = bank.rows::<CounterRow>().all().await?;
    let balances = bank.rows::<BalanceRow>().all().await?;
    for mut found in [balances, counters.into_iter().map(BalanceRow::from).collect()] {
        found.sort_by(|one, other| one.account.cmp(&other.account));
        same(&found, &expected)?;
    }
    let totals = bank.rows::<TotalRow>().all().await?;
    let deposits = total.deposits;
    same(&totals, &[total])?;
    bank.shutdown(Duration::from_mins(1)).await?;
    Ok(deposits)
}

fn same<R: PartialEq + std::fmt::Debug>(found: &[R], expected: &[R]) -> Result<(), OtherRows> {
    if found == expected {
        return Ok(());
    }
    Err(OtherRows {
        found: format!("{found:?}"),
        expected: format!("{expected:?}"),
    })
}

/// The rows of an uninterrupted run.
async fn fold(store: &dyn EventStore) -> Result<(BTreeMap<AccountId, BalanceRow>, TotalRow), BoxError> {
    let log = store.tenant(&TenantId::DEFAULT).log;
    let mut read = ReadFeed::after(None);
    let mut rows: BTreeMap<AccountId, BalanceRow> = BTreeMap::new();
    let mut total = TotalRow {
        of: "all".to_owned(),
        cents: 0,
        deposits: 0,
    };
    loop {
        let page = log.read_feed(&read).await?;
        for event in &page.events {
            let AccountEvent::Deposited { account, cents } =
                Recorded::decode(Arc::clone(event))?.into_payload();
            let row = rows.entry(account.clone()).or_insert(BalanceRow {
                account,
                cents: 0,
                deposits: 0,
                last: 0,
            });
            row.cents += cents;
            row.deposits += 1;
            row.last = cents;
            total.cents += cents;
            total.deposits += 1;
        }
        if page.is_last() {
            return Ok((rows, total));
        }
        read.after = Some(page.scanned_to);
    }
}
