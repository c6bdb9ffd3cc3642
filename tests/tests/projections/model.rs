//! Whatever fails, and whatever people do about it: the rows are what comes of the events that are neither parked nor passed
//! over, in the order of each account.

use std::collections::{BTreeMap, VecDeque};

use eventsourcing::memory::MemoryStore;
use eventsourcing::projection::WaitForError;
use eventsourcing::service::Runtime;
use proptest::prelude::*;

use super::bank::{stop, transfer};
use super::ledger::{Kept, Ledger, Poison, entries, parked, retry, skip};

const ACCOUNTS: [&str; 3] = ["ann", "bob", "cem"];

#[derive(Clone, Debug)]
enum Deed {
    Pay { account: usize, amount: i64 },
    Poison { amount: i64 },
    Mend { amount: i64 },
    Retry { account: usize },
    SkipFirst { account: usize },
    Restart,
}

fn deeds() -> impl Strategy<Value = Vec<Deed>> {
    let (account, amount) = (0..ACCOUNTS.len(), 0..4_i64);
    let deed = prop_oneof![
        8 => (account.clone(), amount.clone()).prop_map(|(account, amount)| Deed::Pay { account, amount }),
        2 => amount.clone().prop_map(|amount| Deed::Poison { amount }),
        2 => amount.prop_map(|amount| Deed::Mend { amount }),
        3 => account.clone().prop_map(|account| Deed::Retry { account }),
        2 => account.prop_map(|account| Deed::SkipFirst { account }),
        1 => Just(Deed::Restart),
    ];
    proptest::collection::vec(deed, 1..30)
}

/// What the books are to be like.
#[derive(Debug, Default)]
struct Model {
    poison: Poison,
    booked: BTreeMap<String, Vec<i64>>,
    parked: BTreeMap<String, VecDeque<i64>>,
}

impl Model {
    fn pay(&mut self, account: &str, amount: i64) {
        let parked = self.parked.entry(account.to_owned()).or_default();
        parked.push_back(amount);
        if parked.len() == 1 {
            self.retry(account);
        }
    }

    fn retry(&mut self, account: &str) {
        let parked = self.parked.entry(account.to_owned()).or_default();
        while let Some(amount) = parked.pop_front_if(|amount| !self.poison.holds(*amount)) {
            self.booked.entry(account.to_owned()).or_default().push(amount);
        }
    }

    fn skip_first(&mut self, account: &str) {
        self.parked.entry(account.to_owned()).or_default().pop_front();
        self.retry(account);
    }

    fn parked(&self, account: &str) -> usize {
        self.parked.get(account).map_or(0, VecDeque::len)
    }
}

async fn check(kept: Kept, deeds: Vec<Deed>) {
    let (store, mut model) = (MemoryStore::new(), Model::default());
    let mut books = kept.start(&store, &model.poison).await;
    for deed in deeds {
        match deed {
            Deed::Pay { account, amount } => {
                let last = transfer(&books, ACCOUNTS[account], "shop", amount).await;
                model.pay(ACCOUNTS[account], amount);
                let waited = books.wait_for::<Ledger>(last).await;
                let is_told = matches!(waited, Err(WaitForError::Parked { .. }));
                assert!(waited.is_ok() || is_told, "{waited:?}");
                assert_eq!(is_told, model.parked(ACCOUNTS[account]) > 0);
            }
            Deed::Poison { amount } => model.poison.poison(amount),
            Deed::Mend { amount } => model.poison.mend(amount),
            Deed::Retry { account } => {
                let sequence = kept.sequence(ACCOUNTS[account]);
                let was_parked = model.parked(ACCOUNTS[account]) > 0;
                model.retry(ACCOUNTS[account]);
                let is_done = was_parked && model.parked(ACCOUNTS[account]) == 0;
                assert_eq!(retry(&books, &sequence).await.is_ok(), is_done);
            }
            Deed::SkipFirst { account } => {
                let sequence = kept.sequence(ACCOUNTS[account]);
                let first = parked(&books)
                    .await
                    .into_iter()
                    .find(|event| event.sequence == sequence);
                assert_eq!(first.is_some(), model.parked(ACCOUNTS[account]) > 0);
                if let Some(first) = first {
                    model.skip_first(ACCOUNTS[account]);
                    assert_eq!(
                        skip(&books, &first).await.is_ok(),
                        model.parked(ACCOUNTS[account]) == 0
                    );
                }
            }
            Deed::Restart => {
                stop(books).await;
                books = kept.start(&store, &model.poison).await;
            }
        }
        assert_that_it_is_like(&model, kept, &books).await;
    }
}

async fn assert_that_it_is_like(model: &Model, kept: Kept, books: &Runtime) {
    assert_eq!(entries(books).await, model.booked);
    let expected = ACCOUNTS.map(|account| (account, model.parked(account)));
    let parked = parked(books).await;
    let found = ACCOUNTS.map(|account| {
        let sequence = kept.sequence(account);
        (
            account,
            parked.iter().filter(|event| event.sequence == sequence).count(),
        )
    });
    assert_eq!(found, expected);
}

fn run(check: impl Future<Output = ()>) {
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = runtime.enable_time().start_paused(true).build().unwrap();
    runtime.block_on(check);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn rows_are_what_comes_of_the_events_that_are_neither_parked_nor_passed_over(deeds in deeds()) {
        run(check(Kept::AsAWhole, deeds));
    }

    #[test]
    fn they_are_so_in_slices(deeds in deeds()) {
        run(check(Kept::InSlices, deeds));
    }

    #[test]
    fn they_are_so_in_slices_of_streams(deeds in deeds()) {
        run(check(Kept::InSlicesOfStreams, deeds));
    }
}
