use std::time::Duration;

use super::world::*;
use crate::memory::MemoryStore;
use crate::prelude::*;
use crate::query::QueryCache;

/// The balances, in slices.
#[derive(Default)]
struct Sliced;

#[projection(name = "sliced", version = 1, row = BalanceRow, parallel_by = account, slices = 5)]
impl Sliced {
    #[on(AccountEvent::Deposited)]
    fn deposited(&self, account: &AccountId, cents: &i64, rows: &mut Rows<BalanceRow>) {
        rows.entry(account).cents += cents;
    }
}

/// What is in all accounts together.
#[derive(Query, Clone, Serialize, Deserialize)]
#[query(result = i64, of(Sliced))]
struct Sum {}

impl QueryLogic for Sum {
    async fn answer(&self, read: &Reading<Self>) -> Result<i64, NoAnswer> {
        let rows = read.rows::<BalanceRow>().all().await?;
        Ok(rows.iter().map(|row| row.cents).sum())
    }
}

#[service(commands(Deposit), projections(Sliced), queries(Sum))]
struct Bank;

#[tokio::test]
async fn a_query_knows_what_every_slice_has_come_to_and_hears_when_any_of_them_moves() {
    let builder = Bank::builder(MemoryStore::new());
    let builder = builder.cache::<Sum>(QueryCache::for_at_most(Duration::from_hours(1)));
    let bank = builder.start().await.unwrap();
    let mut live = bank.follow(Sum {}).await.unwrap();
    assert_eq!(*live.next().await.unwrap(), 0);
    for sum in 1..=30 {
        // Each is of some slice, and all others pass over it.
        let at = deposited(&bank, &sum.to_string(), 1).await;
        let answer = bank.query(Sum {}).at(at).await.unwrap();
        assert_eq!(*answer, sum, "nothing older is kept");
        assert!(answer.position() >= at);
        while *live.next().await.unwrap() != sum {}
    }
}
