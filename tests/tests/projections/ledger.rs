//! A ledger that cannot deal with some amounts, until it is mended.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use eventsourcing::environment::Environment;
use eventsourcing::prelude::*;
use eventsourcing::projection::{LeasePolicy, ParkedError, ParkedEvent, ProjectionPolicy};
use eventsourcing::service::Runtime;
use eventsourcing::store::EventStore;
use eventsourcing::{Position, TenantId};

use super::bank::{AccountEvent, AccountId, Close, Move, Open, hasty, transfer};

#[derive(Row, Clone, Debug, PartialEq)]
#[row(table = "entries")]
pub struct EntryRow {
    #[key]
    pub account: AccountId,
    /// What went out of the account, in its order.
    #[column(json)]
    pub amounts: Vec<i64>,
}

/// Amounts that cannot be dealt with.
#[derive(Clone, Debug, Default)]
pub struct Poison(Arc<Mutex<BTreeSet<i64>>>);

impl Poison {
    pub fn of(amounts: impl IntoIterator<Item = i64>) -> Self {
        Self(Arc::new(Mutex::new(amounts.into_iter().collect())))
    }

    /// The ledger cannot deal with this amount any more.
    pub fn poison(&self, amount: i64) {
        self.0.lock().unwrap().insert(amount);
    }

    /// The ledger can deal with this amount from now on.
    pub fn mend(&self, amount: i64) {
        self.0.lock().unwrap().remove(&amount);
    }

    pub fn holds(&self, amount: i64) -> bool {
        self.0.lock().unwrap().contains(&amount)
    }
}

#[derive(Default)]
pub struct Ledger {
    pub poison: Poison,
}

#[projection(name = "ledger", version = 1, row = EntryRow)]
impl Ledger {
    #[on(AccountEvent::Moved)]
    fn moved(&self, from: &AccountId, amount: &i64, rows: &mut Rows<EntryRow>) -> Result<(), String> {
        if self.poison.holds(*amount) {
            return Err(format!("{amount} cannot be booked"));
        }
        rows.entry(from).amounts.push(*amount);
        Ok(())
    }
}

#[service(commands(Open, Move, Close), projections(Ledger))]
pub struct Books;

/// The same ledger, in slices.
#[derive(Default)]
pub struct SlicedLedger {
    pub poison: Poison,
}

#[projection(name = "ledger", version = 1, row = EntryRow, parallel_by = from, slices = 3)]
impl SlicedLedger {
    #[on(AccountEvent::Moved)]
    fn moved(&self, from: &AccountId, amount: &i64, rows: &mut Rows<EntryRow>) -> Result<(), String> {
        if self.poison.holds(*amount) {
            return Err(format!("{amount} cannot be booked"));
        }
        rows.entry(from).amounts.push(*amount);
        Ok(())
    }
}

#[service(commands(Open, Move, Close), projections(SlicedLedger))]
pub struct SlicedBooks;

/// The same ledger, in slices of whole streams: those of who pays.
#[derive(Default)]
pub struct LedgerOfStreams {
    pub poison: Poison,
}

#[projection(name = "ledger", version = 1, row = EntryRow, slices = 3)]
impl LedgerOfStreams {
    #[on(AccountEvent::Moved)]
    fn moved(&self, from: &AccountId, amount: &i64, rows: &mut Rows<EntryRow>) -> Result<(), String> {
        if self.poison.holds(*amount) {
            return Err(format!("{amount} cannot be booked"));
        }
        rows.entry(from).amounts.push(*amount);
        Ok(())
    }
}

#[service(commands(Open, Move, Close), projections(LedgerOfStreams))]
pub struct BooksOfStreams;

/// How the ledger is kept.
#[derive(Clone, Copy, Debug)]
pub enum Kept {
    AsAWhole,
    InSlices,
    InSlicesOfStreams,
}

impl Kept {
    /// What the sequence of an account is called.
    pub fn sequence(self, account: &str) -> String {
        match self {
            Self::AsAWhole | Self::InSlicesOfStreams => format!("account-{account}"),
            Self::InSlices => account.to_owned(),
        }
    }

    /// Somebody who pays, and does not keep the books.
    pub async fn writer(self, store: &(impl EventStore + Clone)) -> Runtime {
        let started = match self {
            Self::AsAWhole => Books::builder(store.clone()).tenants([]).start().await,
            Self::InSlices => SlicedBooks::builder(store.clone()).tenants([]).start().await,
            Self::InSlicesOfStreams => BooksOfStreams::builder(store.clone()).tenants([]).start().await,
        };
        started.unwrap()
    }

    /// Opens the books.
    pub async fn start(self, store: &(impl EventStore + Clone), poison: &Poison) -> Runtime {
        let environment = Environment::default();
        self.try_to_start(store, poison, hasty(), environment)
            .await
            .unwrap()
    }

    /// Opens the books, unless the store fails.
    pub async fn try_to_start(
        self,
        store: &(impl EventStore + Clone),
        poison: &Poison,
        policy: ProjectionPolicy,
        environment: Environment,
    ) -> Option<Runtime> {
        // Whoever is killed is soon taken for dead.
        let leases = LeasePolicy::default().with_ttl(Duration::from_millis(50));
        macro_rules! open {
            ($books:ident, $ledger:ident) => {{
                let poison = poison.clone();
                let builder = $books::builder(store.clone()).projection($ledger { poison });
                let builder = builder.environment(environment).projection_policy(policy);
                builder.lease_policy(leases).start().await.ok()
            }};
        }
        match self {
            Self::AsAWhole => open!(Books, Ledger),
            Self::InSlices => open!(SlicedBooks, SlicedLedger),
            Self::InSlicesOfStreams => open!(BooksOfStreams, LedgerOfStreams),
        }
    }
}

/// Opens the books.
pub async fn start(store: &(impl EventStore + Clone), poison: &Poison) -> Runtime {
    Kept::AsAWhole.start(store, poison).await
}

pub async fn start_with(
    store: &(impl EventStore + Clone),
    poison: &Poison,
    policy: ProjectionPolicy,
) -> Runtime {
    let environment = Environment::default();
    let books = Kept::AsAWhole.try_to_start(store, poison, policy, environment);
    books.await.unwrap()
}

/// Moves amounts out of accounts, one after the other. Says where the last one is.
pub async fn pay(books: &Runtime, payments: &[(&str, i64)]) -> Position {
    let mut last = Position::START;
    for (from, amount) in payments {
        last = transfer(books, from, "shop", *amount).await;
    }
    last
}

/// All entries, by account.
pub async fn entries(books: &Runtime) -> BTreeMap<String, Vec<i64>> {
    let rows = books.rows::<EntryRow>().all().await.unwrap();
    rows.into_iter().map(|row| (row.account.0, row.amounts)).collect()
}

/// What is parked: the sequences, and which events have failed.
pub async fn parked(books: &Runtime) -> Vec<ParkedEvent> {
    let all = 1_000.try_into().unwrap();
    let parked = books
        .projections()
        .parked(&TenantId::DEFAULT, "ledger", None, all);
    parked.await.unwrap()
}

pub async fn retry(books: &Runtime, sequence: &str) -> Result<(), ParkedError> {
    let projections = books.projections();
    projections.retry(&TenantId::DEFAULT, "ledger", sequence).await
}

pub async fn skip(books: &Runtime, event: &ParkedEvent) -> Result<(), ParkedError> {
    let projections = books.projections();
    let reason = "it was paid in cash";
    projections
        .skip(&TenantId::DEFAULT, "ledger", event.event, reason)
        .await
}
