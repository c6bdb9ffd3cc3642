use std::any::Any;
use std::collections::HashMap;
use std::fmt;
use std::time::Duration;

use quick_cache::Weighter;
use quick_cache::sync::Cache;
use serde::Serialize;
use tokio::time::Instant;

use super::handler::{Answered, OpenQuery, Opened};
use super::{AskError, Query, QueryLogic};
use crate::TenantId;
use crate::projection::RowsAt;

/// How long the results of a query are kept, and how many: [`RuntimeBuilder::cache`](crate::service::RuntimeBuilder::cache).
///
/// A result is kept by tenant, by what was asked for, and by the rows of the projections that the query reads: so none is told
/// any more once one of them has moved, and whoever has waited for a position is told nothing older. What is asked for by many at
/// once is found out once.
///
/// ```
/// use std::time::Duration;
/// use eventsourcing::query::QueryCache;
///
/// let cache = QueryCache::for_at_most(Duration::from_mins(1)).up_to(1024 * 1024);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QueryCache {
    for_at_most: Duration,
    bytes: usize,
}

impl QueryCache {
    /// Results are kept for so long at the most, and 16 MiB of them. Another process may move the projections before this one hears
    /// of it: for so long may that go unnoticed.
    pub const fn for_at_most(time: Duration) -> Self {
        Self {
            for_at_most: time,
            bytes: 16 * 1024 * 1024,
        }
    }

    /// The same, with so many bytes of results, counted as JSON.
    #[must_use]
    pub const fn up_to(mut self, bytes: usize) -> Self {
        self.bytes = bytes;
        self
    }
}

/// The caches of queries, by where these are defined.
pub(crate) type Caches = HashMap<&'static str, Results>;

/// The results of one type of queries.
pub(crate) struct Results {
    kept: Cache<Key, Kept, ByMemory>,
    for_at_most: Duration,
    /// Opens a query of the type that is asked in Rust.
    open: fn(&dyn Any) -> Option<&dyn OpenQuery>,
}

/// The tenant, what is asked for, and where the projections are.
type Key = (TenantId, Vec<u8>, Vec<RowsAt>);

#[derive(Clone)]
struct Kept {
    answered: Answered,
    since: Instant,
}

#[derive(Clone)]
struct ByMemory;

impl Weighter<Key, Kept> for ByMemory {
    fn weight(&self, key: &Key, kept: &Kept) -> u64 {
        const AROUND_IT: usize = 256;
        let bytes = key.1.len().saturating_add(kept.answered.json.len());
        u64::try_from(bytes.saturating_add(AROUND_IT)).unwrap_or(u64::MAX)
    }
}

impl Results {
    pub(crate) fn of<Q>(cache: QueryCache) -> Self
    where
        Q: QueryLogic + Query<Result: Serialize> + Serialize,
    {
        const TYPICAL: usize = 1024;
        let capacity = u64::try_from(cache.bytes).unwrap_or(u64::MAX);
        Self {
            kept: Cache::with_weighter(cache.bytes / TYPICAL, capacity, ByMemory),
            for_at_most: cache.for_at_most,
            open: |query| {
                let query = query.downcast_ref::<Opened<Q>>()?;
                Some(query)
            },
        }
    }

    /// A query that is asked in Rust, as one that can be found here.
    pub(super) fn open<'a>(&self, query: &'a dyn Any) -> Option<&'a dyn OpenQuery> {
        (self.open)(query)
    }

    /// A result that is kept; or else a new one, which is kept from now on.
    pub(super) async fn get<F>(
        &self,
        tenant: &TenantId,
        query: &dyn OpenQuery,
        rows_at: Vec<RowsAt>,
        evaluate: impl Fn() -> F + Send + Sync,
    ) -> Result<Answered, AskError>
    where
        F: Future<Output = Result<Answered, AskError>> + Send,
    {
        let key = (tenant.clone(), query.key()?, rows_at);
        let keep = async || {
            let answered = evaluate().await?;
            let since = Instant::now();
            Ok::<_, AskError>(Kept { answered, since })
        };
        let kept = self.kept.get_or_insert_async(&key, keep()).await?;
        if kept.since.elapsed() <= self.for_at_most {
            return Ok(kept.answered);
        }
        self.kept.remove(&key);
        // Whoever has put it there in between has done so just now.
        let kept = self.kept.get_or_insert_async(&key, keep()).await?;
        Ok(kept.answered)
    }
}

impl fmt::Debug for Results {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Results")
            .field("bytes", &self.kept.weight())
            .finish_non_exhaustive()
    }
}
