use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use eventsourcing_core::store::{Append, Settled, StoreError};
use tokio::sync::Mutex;

use crate::classify::store_error;
use crate::history::History;
use crate::session::{Connector, Link, Query};
use crate::tenant::Tenant;

/// Finds out what became of appends, once and for all.
///
/// Every append carries the *fence* that its process knew when it was handed in. The function `append()` compares it, under
/// the lock, with the one in the database, and refuses if that is another. To settle, the fence is raised under the same
/// lock, and then the append is looked for. Each append that was handed in before either committed before the fence was
/// raised, and is found, or comes to the lock after it, and is refused: wherever it was waiting, in this process or in
/// another, in a socket, in a pooler, or in a server process whose client has gone. So *absent* is final.
///
/// Whoever else has an append under way is asked to try it again. That is the price, and it is paid after a failure only.
pub(crate) struct Settler {
    connector: Arc<Connector>,
    link: Arc<Link>,
    history: History,
    /// How often the fence was going to be raised.
    begun: AtomicU64,
    /// The last time that it was.
    done: Mutex<u64>,
}

impl Settler {
    pub(crate) fn new(connector: &Arc<Connector>, link: &Arc<Link>, history: History) -> Self {
        Self {
            connector: Arc::clone(connector),
            link: Arc::clone(link),
            history,
            begun: AtomicU64::new(0),
            done: Mutex::new(0),
        }
    }

    pub(crate) async fn settle(&self, tenant: &Tenant, append: &Append) -> Result<Settled, StoreError> {
        let begun = self.begun.load(Ordering::SeqCst);
        if let Some(appended) = self.history.find(tenant, append).await? {
            return Ok(Settled::Present(appended));
        }
        self.raise_fence_after(begun).await?;
        let found = self.history.find(tenant, append).await?;
        Ok(found.map_or(Settled::Absent, Settled::Present))
    }

    /// Raises the fence, unless that was begun and done since. So many who settle at the same time raise it once.
    async fn raise_fence_after(&self, begun: u64) -> Result<(), StoreError> {
        let mut done = self.done.lock().await;
        if *done > begun {
            return Ok(());
        }
        let this = self.begun.fetch_add(1, Ordering::SeqCst) + 1;
        let session = self.link.session().await?;
        let row = session
            .query_opt(Query::RaiseFence, &[])
            .await
            .map_err(store_error)?;
        let row = row.ok_or_else(|| StoreError::broken("there is no fence"))?;
        self.connector.fence_raised(row.try_get(0).map_err(store_error)?);
        *done = this;
        Ok(())
    }
}
