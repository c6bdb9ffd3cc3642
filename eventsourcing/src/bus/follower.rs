use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::broadcast::{self, Receiver, WeakSender};

use super::{Bus, Listener, Page, Transport, reader};
use crate::TenantId;
use crate::environment::{Environment, Spawn};
use crate::store::{EventStore, StoreIdentity, TenantStore};

/// Reads each log once for all who listen to it: while anybody does, one task per tenant follows the log and shares its pages.
///
/// A handle: clones are the same.
#[derive(Clone, Debug)]
pub struct LogFollower {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    spawn: Arc<dyn Spawn>,
    /// Who still holds the sender of a log is its reader.
    readers: Mutex<HashMap<Log, WeakSender<Arc<Page>>>>,
}

/// Which log: of a store, and of a tenant in it.
type Log = (StoreIdentity, TenantId);

impl LogFollower {
    /// With its tasks on `environment.spawn`.
    pub fn new(environment: &Environment) -> Self {
        Self {
            inner: Arc::new(Inner {
                spawn: Arc::clone(&environment.spawn),
                readers: Mutex::default(),
            }),
        }
    }

    /// What the reader of a log reads from now on. Starts it, if there is none.
    fn join(&self, identity: StoreIdentity, store: &TenantStore) -> Receiver<Arc<Page>> {
        let key = (identity, store.tenant.clone());
        let mut readers = self.inner.readers.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(reader) = readers.get(&key).and_then(WeakSender::upgrade) {
            return reader.subscribe();
        }
        let (sender, receiver) = broadcast::channel(Bus::PAGES);
        readers.retain(|_, reader| reader.strong_count() > 0);
        readers.insert(key, sender.downgrade());
        drop(readers);
        self.inner
            .spawn
            .spawn(Box::pin(reader::follow(store.clone(), sender)));
        receiver
    }
}

impl Transport for LogFollower {
    fn listen(&self, store: &Arc<dyn EventStore>, tenant: &TenantId) -> Box<dyn Listener> {
        let tenant = store.tenant(tenant);
        Box::new(LogListener {
            pages: self.join(store.identity(), &tenant),
            follower: self.clone(),
            store: Arc::clone(store),
            tenant,
        })
    }

    /// It reads the log, and passes over nothing.
    fn silence(&self) -> Option<Duration> {
        None
    }
}

#[derive(Debug)]
struct LogListener {
    follower: LogFollower,
    store: Arc<dyn EventStore>,
    tenant: TenantStore,
    pages: Receiver<Arc<Page>>,
}

#[async_trait]
impl Listener for LogListener {
    async fn next(&mut self) -> Option<Arc<Page>> {
        match self.pages.recv().await {
            Ok(page) => Some(page),
            Err(RecvError::Lagged(_)) => None,
            Err(RecvError::Closed) => {
                self.pages = self.follower.join(self.store.identity(), &self.tenant);
                None
            }
        }
    }
}
