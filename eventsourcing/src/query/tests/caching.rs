use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::task::JoinSet;

use super::world::*;
use crate::TenantId;
use crate::memory::MemoryStore;
use crate::prelude::*;
use crate::query::QueryCache;
use crate::service::{Complete, Runtime, RuntimeBuilder, Service};

/// How many accounts there are. Each test has a type of its own, which counts how often it is evaluated.
macro_rules! counted {
    ($query:ident, $evaluations:ident, $service:ident) => {
        static $evaluations: AtomicUsize = AtomicUsize::new(0);

        #[derive(Query, Clone, Serialize, Deserialize)]
        #[query(result = usize, of(Balances))]
        struct $query {
            at_least: i64,
        }

        impl QueryLogic for $query {
            async fn answer(&self, read: &Reading<Self>) -> Result<usize, NoAnswer> {
                $evaluations.fetch_add(1, Ordering::Relaxed);
                let rows = read.rows::<BalanceRow>();
                let rows = rows
                    .filter(BalanceRow::CENTS.at_least(self.at_least))
                    .all()
                    .await?;
                Ok(rows.len())
            }
        }

        #[service(commands(Deposit), projections(Balances), queries($query))]
        struct $service;
    };
}

async fn caching<S: Service>(builder: RuntimeBuilder<S, impl Complete>) -> Runtime {
    builder
        .tenants([TenantId::DEFAULT, acme()])
        .start()
        .await
        .unwrap()
}

const LONG: QueryCache = QueryCache::for_at_most(Duration::from_hours(1));

#[tokio::test]
async fn what_is_asked_again_is_kept_until_the_projection_moves() {
    counted!(Rich, EVALUATED, Kept);
    let evaluated = || EVALUATED.load(Ordering::Relaxed);
    let bank = caching(Kept::builder(MemoryStore::new()).cache::<Rich>(LONG)).await;
    let at = deposited(&bank, "ada", 1).await;
    let rich = Rich { at_least: 1 };
    for _ in 0..3 {
        assert_eq!(*bank.query(rich.clone()).at(at).await.unwrap(), 1);
        assert_eq!(ask(&bank, &form("Rich", "at_least=1")).await.unwrap(), "1");
    }
    assert_eq!(evaluated(), 1, "by type and by name are the same");
    assert_eq!(ask(&bank, &form("Rich", "at_least=2")).await.unwrap(), "0");
    assert_eq!(evaluated(), 2, "something else was asked for");
    for account in 2..=20_usize {
        let at = deposited(&bank, &account.to_string(), 1).await;
        assert_eq!(*bank.query(rich.clone()).at(at).await.unwrap(), account);
    }
}

#[tokio::test]
async fn one_tenant_is_not_told_what_is_kept_for_another() {
    counted!(Rich, EVALUATED, Kept);
    let bank = caching(Kept::builder(MemoryStore::new()).cache::<Rich>(LONG)).await;
    let at = deposited(&bank, "ada", 1).await;
    let rich = Rich { at_least: 1 };
    assert_eq!(*bank.query(rich.clone()).at(at).await.unwrap(), 1);
    assert_eq!(*bank.query(rich).tenant(acme()).at(at).await.unwrap(), 0);
    assert_eq!(EVALUATED.load(Ordering::Relaxed), 2);
}

#[tokio::test(start_paused = true)]
async fn nothing_is_kept_for_longer_than_allowed() {
    counted!(Rich, EVALUATED, Kept);
    let evaluated = || EVALUATED.load(Ordering::Relaxed);
    let minute = QueryCache::for_at_most(Duration::from_mins(1));
    let bank = caching(Kept::builder(MemoryStore::new()).cache::<Rich>(minute)).await;
    let rich = Rich { at_least: 1 };
    for (passed, evaluations) in [(0, 1), (60, 1), (1, 2), (59, 2), (2, 3)] {
        tokio::time::advance(Duration::from_secs(passed)).await;
        bank.query(rich.clone()).await.unwrap();
        assert_eq!(evaluated(), evaluations, "{passed} seconds later");
    }
}

#[tokio::test]
async fn what_many_ask_at_once_is_found_out_once() {
    counted!(Rich, EVALUATED, Kept);
    let bank = Arc::new(caching(Kept::builder(MemoryStore::new()).cache::<Rich>(LONG)).await);
    let at = deposited(&bank, "ada", 1).await;
    let mut asking = JoinSet::new();
    for _ in 0..100 {
        let bank = Arc::clone(&bank);
        asking.spawn(async move { *bank.query(Rich { at_least: 1 }).at(at).await.unwrap() });
    }
    assert_eq!(asking.join_all().await, [1; 100]);
    assert_eq!(EVALUATED.load(Ordering::Relaxed), 1);
}

#[tokio::test]
async fn a_query_that_is_not_kept_is_asked_each_time() {
    counted!(Rich, EVALUATED, Fresh);
    let bank = caching(Fresh::builder(MemoryStore::new())).await;
    for evaluations in 1..=3 {
        bank.query(Rich { at_least: 1 }).await.unwrap();
        assert_eq!(EVALUATED.load(Ordering::Relaxed), evaluations);
    }
}
