use std::num::{NonZeroU32, NonZeroUsize};
use std::sync::Arc;
use std::time::Duration;

use banking::cli::Load;
use banking::report::Report;
use banking::rows::Rows;
use banking::run::run;
use eventsourcing::memory::MemoryStore;
use eventsourcing::sqlite::SqliteStore;
use eventsourcing::store::EventStore;
use indicatif::ProgressBar;

use crate::accounts::euros;

const SHIPPED: &str = include_str!("../../transfers.csv");

async fn run_on<S>(store: &S, text: &str, [repeat, concurrency, executors]: [u16; 3]) -> Report
where
    S: EventStore + Clone,
{
    let load = Load {
        repeat: NonZeroU32::new(repeat.into()).unwrap(),
        concurrency: NonZeroUsize::new(concurrency.into()).unwrap(),
        executors: NonZeroUsize::new(executors.into()).unwrap(),
    };
    let rows = Rows::parse(text).unwrap();
    let progress = ProgressBar::hidden();
    run(Arc::new(store.clone()), "transfers.csv", rows, load, &progress)
        .await
        .unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn transfers_at_the_same_time_neither_make_nor_lose_money() {
    let report = run_on(&MemoryStore::new(), SHIPPED, [5, 32, 4]).await;

    assert_eq!(report.total_before, euros(12_000));
    assert_eq!(report.total_after, euros(12_000));
    assert!(report.total_is_unchanged());
    let transfers = Rows::parse(SHIPPED).unwrap().transfers.len() as u64;
    assert_eq!(report.transfers.transfers(), transfers * 5);
    assert!(report.transfers.done > report.transfers.refused.values().sum());
    let skipped: Vec<_> = report.skipped.iter().map(|skipped| skipped.line).collect();
    assert_eq!(skipped, [15, 23, 24, 61, 76, 121, 133, 152]);
}

#[tokio::test]
async fn a_second_run_on_the_same_store_repeats_nothing() {
    let text = "order,account,to,amount,owner,fee_account\n\
        open,fees,,,The Bank,\n\
        open,alice,,100.00,Alice Archer,fees\n\
        open,bob,,100.00,Bob Baker,\n\
        transfer,alice,bob,1.00,,\n\
        transfer_with_fee,alice,bob,2.00,,\n";
    let store = MemoryStore::new();

    let first = run_on(&store, text, [3, 2, 2]).await;
    let second = run_on(&store, text, [3, 2, 2]).await;
    let third = run_on(&store, text, [4, 2, 2]).await;

    assert_eq!((first.transfers.done, first.transfers.repeated), (6, 0));
    assert_eq!((second.transfers.done, second.transfers.repeated), (6, 6));
    assert_eq!(second.pages, first.pages);
    assert_eq!((third.transfers.done, third.transfers.repeated), (8, 6));
    assert_eq!(third.total_after, euros(200));
}

#[tokio::test]
async fn in_a_file_the_balances_are_still_there_when_it_is_opened_again() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("bank.db");

    let first = run_on(&SqliteStore::open(&file).await.unwrap(), SHIPPED, [1, 32, 4]).await;
    let second = run_on(&SqliteStore::open(&file).await.unwrap(), SHIPPED, [1, 32, 4]).await;

    assert_eq!(first.transfers.repeated, 0);
    assert_eq!(
        second.transfers.repeated, first.transfers.done,
        "what was done is not done again"
    );
    assert_eq!(second.total_after, euros(12_000));
}

#[tokio::test]
async fn the_report_says_what_came_of_every_line() {
    let text = "order,account,to,amount,owner,fee_account\n\
        open,fees,,,The Bank,\n\
        open,alice,,1000.00,Alice Archer,fees\n\
        open,bob,,20.00,Bob Baker,\n\
        open,bob,,20.00,Bob Butler,\n\
        deposit,bob,,-5.00,,\n\
        deposit,bob,,5.00,,\n\
        transfer,bob,alice,60.00,,\n\
        transfer_with_fee,alice,bob,50.00,,\n";

    let mut report = run_on(&MemoryStore::new(), text, [2, 1, 1]).await;
    report.transfers.elapsed = Duration::from_millis(10);

    assert_eq!(report.to_string(), REPORT);

    report.total_after = euros(1_024);
    assert!(!report.total_is_unchanged());
    assert!(
        report
            .to_string()
            .ends_with("\ntotal changed: 1,025.00 before the transfers, 1,024.00 after them\n")
    );
}

const REPORT: &str = "\
skipped lines of transfers.csv
5  the account `bob` is open already
6  the amount is `-5.00`: it is negative

account  owner         opened with      in     out  fees   balance
-------  ------------  -----------  ------  ------  ----  --------
alice    Alice Archer     1,000.00   60.00  100.00  0.50    959.50
bob      Bob Baker           20.00  105.00   60.00  0.00     65.00
fees     The Bank             0.00    0.50    0.00  0.00      0.50
-------  ------------  -----------  ------  ------  ----  --------
total                     1,020.00  165.50  160.00  0.50  1,025.00

4 transfers in 0.01 s, 400 per second
3  done
1  refused: insufficient funds
0  conflicts

total unchanged: 1,025.00 = 1,025.00
";
