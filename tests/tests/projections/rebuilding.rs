//! A new version fills its table while the old one serves, and 16 writers go on: nothing is missed or counted twice, and nobody
//! sees a table that is half built.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use eventsourcing::prelude::*;
use eventsourcing::projection::QueryError;
use eventsourcing::service::Runtime;
use eventsourcing::store::EventStore;
use tokio::task::JoinSet;

use super::bank::{
    self, AccountEvent, AccountId, BalanceRow, Close, Move, Open, account, hasty, status, stop,
};
use super::places::{Place, on_every_store};

const ACCOUNTS: usize = 10;
const BEFORE: u64 = 300;
const WRITERS: usize = 16;
const TRANSFERS_OF_A_WRITER: u64 = 40;
const IN_ALL: u64 = BEFORE + WRITERS as u64 * TRANSFERS_OF_A_WRITER;

mod second {
    use super::*;

    #[derive(Row, Clone, Debug, PartialEq)]
    #[row(table = "balances")]
    pub struct BalanceRow {
        #[key]
        pub account: AccountId,
        pub cents: i64,
        pub moves: u32,
    }

    #[derive(Default)]
    pub struct Balances;

    #[projection(name = "balances", version = 2, row = BalanceRow)]
    impl Balances {
        #[on(AccountEvent::Moved)]
        fn moved(&self, from: &AccountId, to: &AccountId, amount: &i64, rows: &mut Rows<BalanceRow>) {
            for (account, amount) in [(from, -amount), (to, *amount)] {
                let row = rows.entry(account);
                row.cents += 100 * amount;
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
    let first = start_first(&store).await;
    for number in 0..BEFORE {
        transfer(&first, number).await;
    }
    first.settled().await.unwrap();

    let is_over = Arc::new(AtomicBool::new(false));
    let mut writers = JoinSet::new();
    for writer in 0..WRITERS {
        let first = first.clone();
        writers.spawn(async move {
            for number in 0..TRANSFERS_OF_A_WRITER {
                transfer(&first, writer as u64 * 7 + number).await;
            }
        });
    }
    let next = second::Bank::builder(place.open().await)
        .projection_policy(hasty())
        .start()
        .await
        .unwrap();
    let mut readers = JoinSet::new();
    readers.spawn(look(Arc::clone(&is_over), first.clone(), of_first));
    readers.spawn(look(Arc::clone(&is_over), next.clone(), of_second));
    writers.join_all().await;
    first.settled().await.unwrap();
    next.settled().await.unwrap();
    is_over.store(true, Ordering::Relaxed);
    for looks in readers.join_all().await {
        assert!(looks > 0, "somebody has looked");
    }

    assert!(status(&next, "balances").is_active);
    let old = first.rows::<BalanceRow>().all().await.unwrap();
    let new = next.rows::<second::BalanceRow>().all().await.unwrap();
    let old: Vec<_> = old
        .into_iter()
        .map(|row| (row.account, 100 * row.balance, row.moves))
        .collect();
    let new: Vec<_> = new
        .into_iter()
        .map(|row| (row.account, row.cents, row.moves))
        .collect();
    assert_eq!(new, old);
    let moves: u64 = new.iter().map(|(_, _, moves)| u64::from(*moves)).sum();
    assert_eq!(moves, 2 * IN_ALL, "each once");
    for bank in [first, next] {
        stop(bank).await;
    }
}

async fn start_first(store: &Arc<dyn EventStore>) -> Runtime {
    let builder = bank::Bank::builder(Arc::clone(store)).projection_policy(hasty());
    builder.start().await.unwrap()
}

async fn transfer(bank: &Runtime, number: u64) {
    let name = |number: u64| account(&format!("{}", number % ACCOUNTS as u64));
    let transfer = Move {
        from: name(number),
        to: name(number * 3 + 1),
        amount: 1,
    };
    bank.execute(transfer).await.unwrap();
}

/// What a reader sees: the sum of all balances, and how many movements there are.
type Seen = Result<(i64, u64), QueryError>;

type Reading = std::pin::Pin<Box<dyn Future<Output = Seen> + Send>>;

/// Looks again and again: either the table is not ready, or it has all that was there before, and no transfer by halves. Tells how
/// often it was ready.
async fn look(is_over: Arc<AtomicBool>, bank: Runtime, read: fn(Runtime) -> Reading) -> u32 {
    let (mut looks, mut last) = (0, 2 * BEFORE);
    loop {
        // The last look comes after the end.
        let is_last = is_over.load(Ordering::Relaxed);
        match read(bank.clone()).await {
            Ok((sum, moves)) => {
                assert_eq!(sum, 0, "no transfer is there by halves");
                assert!(moves >= last, "{moves} movements, after {last}");
                last = moves;
                looks += 1;
            }
            Err(QueryError::NotReady(_)) => assert_eq!(looks, 0, "what was ready stays so"),
            Err(error) => unreachable!("{error}"),
        }
        if is_last {
            return looks;
        }
        tokio::task::yield_now().await;
    }
}

fn of_first(bank: Runtime) -> Reading {
    Box::pin(async move {
        let rows = bank.rows::<BalanceRow>().all().await?;
        let moves = rows.iter().map(|row| u64::from(row.moves)).sum();
        Ok((rows.iter().map(|row| row.balance).sum(), moves))
    })
}

fn of_second(bank: Runtime) -> Reading {
    Box::pin(async move {
        let rows = bank.rows::<second::BalanceRow>().all().await?;
        let moves = rows.iter().map(|row| u64::from(row.moves)).sum();
        Ok((rows.iter().map(|row| row.cents).sum(), moves))
    })
}
