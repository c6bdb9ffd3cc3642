//! A new version fills its table while the old one serves, and 16 writers go on: nothing is missed or counted twice, and nobody
//! sees a table that is half built, whether they ask for rows or look at the view.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use eventsourcing::event::Event as _;
use eventsourcing::postgres::sqlx::sqlite::SqliteConnectOptions;
use eventsourcing::postgres::sqlx::{self, Connection as _, PgConnection, SqliteConnection};
use eventsourcing::prelude::*;
use eventsourcing::projection::QueryError;
use eventsourcing::service::Runtime;
use eventsourcing::store::{Append, EventStore};
use eventsourcing::uuid::Uuid;
use eventsourcing::{CommandId, EventId, EventTypeName, Metadata, NewEvent, TenantId};
use tokio::task::JoinSet;

use super::bank::{
    self, AccountEvent, AccountId, BalanceRow, Close, Move, Open, account, hasty, status, stop,
};
use super::holding::{HeldStore, Hold};
use super::places::{Place, file, on_every_store, until};

const ACCOUNTS: u64 = 10;
/// More than two batches: each has 4,000 events at the most.
const BEFORE: u64 = 12_000;
const AN_APPEND: u64 = 4_000;
const WRITERS: u64 = 16;
/// So many transfers, at least, are made once the new version is active.
const AFTER: u64 = 10 * WRITERS;

mod second {
    use super::*;

    /// All its rows are those of this owner: so the view tells which version it is of.
    pub const OWNER: &str = "the second version";

    #[derive(Default)]
    pub struct Balances;

    #[projection(name = "balances", version = 2, row = BalanceRow)]
    impl Balances {
        #[on(AccountEvent::Moved)]
        fn moved(&self, from: &AccountId, to: &AccountId, amount: &i64, rows: &mut Rows<BalanceRow>) {
            for (account, amount) in [(from, -amount), (to, *amount)] {
                let row = rows.entry(account);
                row.owner = Some(OWNER.to_owned());
                row.balance += 100 * amount;
                row.moves += 1;
            }
        }
    }

    #[service(commands(Open, Move, Close), projections(Balances))]
    pub struct Bank;
}

on_every_store! {
    a_version_is_rebuilt_while_16_writers_go_on,
}

async fn a_version_is_rebuilt_while_16_writers_go_on(place: Place) {
    let store = place.open().await;
    store_old_transfers(&*store).await;
    let builder = bank::Bank::builder(store).projection_policy(hasty());
    let first = builder.start().await.unwrap();
    first.settled().await.unwrap();

    let story = Arc::new(Story::default());
    let mut writers = JoinSet::new();
    for writer in 0..WRITERS {
        writers.spawn(write(Arc::clone(&story), first.clone(), writer));
    }
    let of_first = onlooker(&story, Window::Rows(first.clone()));
    let view = Window::of_view(&place).await;
    let of_view = view.map(|view| onlooker(&story, view));
    until("the writers are at work", || story.transfers() > 0).await;

    let held = HeldStore::around(place.open().await);
    held.set(Hold::Writes);
    story.second_begins();
    let builder = second::Bank::builder(held.clone()).projection_policy(hasty());
    let next = builder.start().await.unwrap();
    let of_second = onlooker(&story, Window::Rows(next.clone()));
    until("a write is held back", || held.waiting() > 0).await;
    // What is written of it takes a while, in which everybody looks.
    held.set(Hold::Haste);
    until("it is active", || status(&next, "balances").is_active).await;
    let by_then = story.transfers();
    until("the writers go on", || story.transfers() >= by_then + AFTER).await;
    story.writers_are_to_stop();
    let transfers = writers.join_all().await.into_iter().flatten();
    first.settled().await.unwrap();
    next.settled().await.unwrap();
    story.ends();

    let looks = of_first.join_all().await.remove(0);
    assert!(looks.of_first > 0 && looks.of_second == 0, "{looks:?}");
    assert_eq!(looks.in_vain, 0, "the old version is always ready");
    let looks = of_second.join_all().await.remove(0);
    assert!(looks.in_vain > 0 && looks.of_second > 0, "{looks:?}");
    if let Some(of_view) = of_view {
        let looks = of_view.join_all().await.remove(0);
        assert!(looks.of_first > 0 && looks.of_second > 0, "{looks:?}");
    }

    let expected = balances_after((0..BEFORE).chain(transfers));
    for (bank, owner, unit) in [(&first, None, 1), (&next, Some(second::OWNER), 100)] {
        let rows = bank.rows::<BalanceRow>().all().await.unwrap();
        let expected = expected.iter().map(|(account, (balance, moves))| BalanceRow {
            account: account.clone(),
            owner: owner.map(str::to_owned),
            balance: unit * balance,
            moves: *moves,
        });
        assert_eq!(rows, expected.collect::<Vec<_>>());
    }
    for bank in [first, next] {
        stop(bank).await;
    }
}

/// What has happened so far.
#[derive(Debug, Default)]
struct Story {
    /// How many transfers were made, the old ones aside.
    transfers: AtomicU64,
    /// How many there were before the second version was started.
    before_second: AtomicU64,
    writers_are_to_stop: AtomicBool,
    is_over: AtomicBool,
}

impl Story {
    fn transfers(&self) -> u64 {
        self.transfers.load(Ordering::Relaxed)
    }

    fn second_begins(&self) {
        self.before_second.store(self.transfers(), Ordering::Relaxed);
    }

    /// How many movements there were before the second version was started: two of each transfer.
    fn moves_before_second(&self) -> u64 {
        2 * (BEFORE + self.before_second.load(Ordering::Relaxed))
    }

    fn writers_are_to_stop(&self) {
        self.writers_are_to_stop.store(true, Ordering::Relaxed);
    }

    fn ends(&self) {
        self.is_over.store(true, Ordering::Relaxed);
    }
}

/// Makes transfers until it is to stop. Tells their numbers.
async fn write(story: Arc<Story>, bank: Runtime, writer: u64) -> Vec<u64> {
    let mut made = Vec::new();
    for number in 7 * writer.. {
        if story.writers_are_to_stop.load(Ordering::Relaxed) {
            break;
        }
        bank.execute(transfer(number)).await.unwrap();
        story.transfers.fetch_add(1, Ordering::Relaxed);
        made.push(number);
    }
    made
}

fn transfer(number: u64) -> Move {
    let name = |number: u64| account(&format!("{}", number % ACCOUNTS));
    Move {
        from: name(number),
        to: name(number * 3 + 1),
        amount: 1,
    }
}

/// What is in each account after transfers of these numbers, and how often it was moved.
fn balances_after(transfers: impl Iterator<Item = u64>) -> BTreeMap<AccountId, (i64, u32)> {
    let mut balances = BTreeMap::new();
    for number in transfers {
        let Move { from, to, amount } = transfer(number);
        for (account, amount) in [(from, -amount), (to, amount)] {
            let (balance, moves): &mut (i64, u32) = balances.entry(account).or_default();
            *balance += amount;
            *moves += 1;
        }
    }
    balances
}

/// Many at once, since nobody waits for them one by one.
async fn store_old_transfers(store: &dyn EventStore) {
    let log = store.tenant(&TenantId::DEFAULT).log;
    for first in (0..BEFORE).step_by(usize::try_from(AN_APPEND).unwrap()) {
        let append = Append {
            events: (first..first + AN_APPEND).map(transferred).collect(),
            ..Append::default()
        };
        log.append(Arc::new(append)).await.unwrap();
    }
}

fn transferred(number: u64) -> NewEvent {
    let Move { from, to, amount } = transfer(number);
    let [home, link] = [&from, &to].map(|account| account.to_stream_id().unwrap());
    let encoded = AccountEvent::Moved { from, to, amount }.encode().unwrap();
    NewEvent {
        id: EventId::new(Uuid::now_v7()),
        event_type: EventTypeName::from_static(encoded.event_type.name),
        schema_version: encoded.event_type.version,
        content_type: encoded.content_type,
        payload: encoded.payload,
        metadata: Metadata::of_command(CommandId::new(Uuid::now_v7())).to_bytes(),
        home,
        links: vec![link],
    }
}

/// Where somebody looks.
enum Window {
    /// The rows of the version that a program runs.
    Rows(Runtime),
    /// The view, which is of the active version.
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

/// What is to be seen at one moment.
struct Seen {
    sum: i64,
    moves: u64,
    is_of_second: bool,
}

impl Window {
    async fn of_view(place: &Place) -> Option<Self> {
        match place {
            Place::Memory(_) => None,
            Place::Sqlite(folder) => {
                let options = SqliteConnectOptions::new().filename(file(folder));
                let connection = SqliteConnection::connect_with(&options).await;
                Some(Self::Sqlite(connection.unwrap()))
            }
            Place::Postgres(server) => {
                let mut connection = PgConnection::connect(&server.url()).await.unwrap();
                let of_store = sqlx::query("set search_path to eventsourcing");
                of_store.execute(&mut connection).await.unwrap();
                Some(Self::Postgres(connection))
            }
        }
    }

    /// Nothing, while the version is not ready.
    async fn look(&mut self) -> Option<Seen> {
        const VIEW: &str =
            "select cast(sum(balance) as bigint), cast(sum(moves) as bigint), max(owner) from balances";
        match self {
            Self::Rows(bank) => look_at_rows(bank).await,
            Self::Sqlite(view) => Some(Seen::of_view(sqlx::query_as(VIEW).fetch_one(view).await)),
            Self::Postgres(view) => Some(Seen::of_view(sqlx::query_as(VIEW).fetch_one(view).await)),
        }
    }
}

async fn look_at_rows(bank: &Runtime) -> Option<Seen> {
    match bank.rows::<BalanceRow>().all().await {
        Ok(rows) => Some(Seen {
            sum: rows.iter().map(|row| row.balance).sum(),
            moves: rows.iter().map(|row| u64::from(row.moves)).sum(),
            is_of_second: rows.iter().any(|row| row.owner.is_some()),
        }),
        Err(QueryError::NotReady(_)) => None,
        Err(error) => unreachable!("{error}"),
    }
}

impl Seen {
    fn of_view(found: sqlx::Result<(i64, i64, Option<String>)>) -> Self {
        let (sum, moves, owner) = found.unwrap();
        Self {
            sum,
            moves: moves.unsigned_abs(),
            is_of_second: owner.is_some(),
        }
    }

    /// How many movements there are: no fewer than these.
    fn at_least(&self, least: u64) -> u64 {
        assert_eq!(self.sum, 0, "no transfer is there by halves");
        assert!(self.moves >= least, "{} movements, and not {least}", self.moves);
        self.moves
    }
}

/// How often somebody has looked, and what at.
#[derive(Debug, Default)]
struct Looks {
    in_vain: u32,
    of_first: u32,
    of_second: u32,
}

/// Somebody who looks until everything is over.
fn onlooker(story: &Arc<Story>, window: Window) -> JoinSet<Looks> {
    let mut onlooker = JoinSet::new();
    onlooker.spawn(keep_looking(Arc::clone(story), window));
    onlooker
}

/// Looks again and again. Once there is something to be seen there always is, and it is complete: all that was there before, and
/// no transfer by halves.
async fn keep_looking(story: Arc<Story>, mut window: Window) -> Looks {
    let mut looks = Looks::default();
    let mut least = 2 * BEFORE;
    loop {
        // The last look comes after the end.
        let is_last = story.is_over.load(Ordering::Relaxed);
        match window.look().await {
            None => {
                assert_eq!(looks.of_first + looks.of_second, 0, "what was ready stays so");
                looks.in_vain += 1;
            }
            Some(seen) if seen.is_of_second => {
                if looks.of_second == 0 {
                    // It has been complete, and need not be as far as the first one is.
                    least = story.moves_before_second();
                }
                looks.of_second += 1;
                least = seen.at_least(least);
            }
            Some(seen) => {
                assert_eq!(looks.of_second, 0, "the first version does not come back");
                looks.of_first += 1;
                least = seen.at_least(least);
            }
        }
        if is_last {
            return looks;
        }
        tokio::task::yield_now().await;
    }
}
