//! How fast projections catch up with 100,000 stored events, in turns: `cargo run --release -p projections`.
//!
//! In memory, on SQLite and on PostgreSQL, there in rows and in SQL of one's own, each exactly once; beside what one writes by
//! hand on PostgreSQL. And how long it takes from the commit of a command until its effect is in the rows, on PostgreSQL, while
//! nothing else happens. And what it costs a command that projections have their effect in its own transaction: that alone
//! with the argument `inline`.
#![expect(
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a benchmark that fails has nothing to measure, and it prints what it has"
)]

mod bank;
mod hand;
mod inline;
mod sql;

use std::sync::Arc;
use std::time::Duration;

use eventsourcing::memory::MemoryStore;
use eventsourcing::postgres::PostgresStore;
use eventsourcing::service::Runtime;
use eventsourcing::sqlite::SqliteStore;
use eventsourcing::store::EventStore;
use memory::Deposit;
use postgres_server::Server;
use tokio::time::Instant;

use bank::{BalanceRow, Balances, Bank, EVENTS, account, fill};

const ROUNDS: usize = 5;
const COMMITS: u32 = 500;

#[tokio::main]
async fn main() {
    if std::env::args().skip(1).all(|part| part != "inline") {
        read().await;
    }
    inline().await;
}

/// How fast projections catch up, and follow.
async fn read() {
    let mut rates = [const { Vec::new() }; 5];
    let mut delays = Vec::new();
    for _ in 0..ROUNDS {
        let (rate, _) = catch_up(Arc::new(MemoryStore::new())).await;
        rates[0].push(rate);
        let folder = tempfile::tempdir().expect("a folder");
        let store = SqliteStore::open(folder.path().join("bank.db")).await;
        let (rate, _) = catch_up(Arc::new(store.expect("it opens"))).await;
        rates[1].push(rate);
        let server = Server::start().expect("a server");
        let store = PostgresStore::connect(&server.url()).await.expect("it connects");
        let (rate, bank) = catch_up(Arc::new(store)).await;
        rates[2].push(rate);
        delays.extend(follow(&bank).await);
        rates[3].push(by_hand(&server).await);
        rates[4].push(sql::catch_up().await);
    }
    let [memory, sqlite, postgres, hand, sql] = rates.map(median);
    println!("catch-up over {EVENTS} events, medians of {ROUNDS} turns");
    println!("memory {memory:.0}/s, SQLite {sqlite:.0}/s");
    println!(
        "PostgreSQL {postgres:.0}/s, by hand {hand:.0}/s: {:.2} of it",
        postgres / hand
    );
    println!(
        "SQL of one's own {sql:.0}/s: {:.2} of what is by hand",
        sql / hand
    );
    delays.sort_by(f64::total_cmp);
    println!(
        "from commit to rows on PostgreSQL: p50 {:.2} ms, p99 {:.2} ms",
        delays[delays.len() / 2],
        delays[delays.len() * 99 / 100]
    );
}

/// Events per second.
async fn catch_up(store: Arc<dyn EventStore>) -> (f64, Runtime) {
    fill(Arc::clone(&store)).await;
    let begin = Instant::now();
    let bank = Bank::builder(store).start().await.expect("it starts");
    bank.settled().await.expect("it comes to the end");
    let rate = f64::from(EVENTS) / begin.elapsed().as_secs_f64();
    let rows = bank.rows::<BalanceRow>().all().await.expect("they are read");
    let deposits: u32 = rows.iter().map(|row| row.deposits).sum();
    assert_eq!(deposits, EVENTS, "each once");
    (rate, bank)
}

async fn by_hand(server: &Server) -> f64 {
    let mut client = hand::connect(&server.url()).await;
    let begin = Instant::now();
    let events = hand::project(&mut client).await;
    f64::from(events) / begin.elapsed().as_secs_f64()
}

/// How long each commit takes to be in the rows, in milliseconds.
async fn follow(bank: &Runtime) -> Vec<f64> {
    const PAUSE: Duration = Duration::from_millis(5);
    let mut delays = Vec::new();
    for number in 0..COMMITS {
        let deposit = Deposit {
            account: account(number),
            amount: 1,
        };
        let done = bank.execute(deposit).await.expect("it is done");
        let committed = Instant::now();
        bank.wait_for::<Balances>(done.position())
            .await
            .expect("it follows");
        delays.push(committed.elapsed().as_secs_f64() * 1_000.0);
        tokio::time::sleep(PAUSE).await;
    }
    delays
}

/// What inline projections cost, for one client and for many.
async fn inline() {
    let mut banks = inline::Banks::start().await;
    for clients in [1, 64] {
        let mut rates = [const { Vec::new() }; 3];
        for _ in 0..ROUNDS {
            for (rates, rate) in rates.iter_mut().zip(banks.deposit(clients).await) {
                rates.push(rate);
            }
        }
        let [none, one, three] = rates.map(median);
        println!(
            "deposits by {clients} clients with inline projections: none {none:.0}/s, one {one:.0}/s ({:.2}), three \
             {three:.0}/s ({:.2})",
            one / none,
            three / none
        );
    }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
