use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError, RwLock};

use eventsourcing_core::TenantId;
use eventsourcing_core::store::StoreError;

use crate::classify::store_error;
use crate::dictionary::Dictionary;
use crate::session::{Link, Links, Query, Session};

/// What this process knows of a tenant.
#[derive(Debug)]
pub(crate) struct Tenant {
    pub(crate) id: TenantId,
    /// Its number in the database. It never changes.
    key: OnceLock<i32>,
    dictionary: RwLock<Arc<Dictionary>>,
}

/// The number of no tenant: nothing is found under it.
pub(crate) const NOBODY: i32 = 0;

impl Tenant {
    fn new(id: &TenantId) -> Self {
        Self {
            id: id.clone(),
            key: OnceLock::new(),
            dictionary: RwLock::default(),
        }
    }

    /// The number of a tenant to read from: [`NOBODY`]'s as long as nothing was ever written for it.
    pub(crate) async fn key_to_read(&self, link: &Link) -> Result<i32, StoreError> {
        match self.key.get() {
            Some(key) => Ok(*key),
            None => Ok(self.ask(link, Query::FindTenant).await?.unwrap_or(NOBODY)),
        }
    }

    /// The number of a tenant to write for.
    pub(crate) async fn key_to_write(&self, links: &Links) -> Result<i32, StoreError> {
        if let Some(key) = self.key.get() {
            return Ok(*key);
        }
        if let Some(key) = self.ask(&links.reading, Query::FindTenant).await? {
            return Ok(key);
        }
        let made = self.ask(&links.locking, Query::MakeTenant).await?;
        made.ok_or_else(|| StoreError::unavailable("the tenant is just being made"))
    }

    async fn ask(&self, link: &Link, query: Query) -> Result<Option<i32>, StoreError> {
        let session = link.session().await?;
        let row = session
            .query_opt(query, &[&self.id.as_str()])
            .await
            .map_err(store_error)?;
        let key: Option<i32> = row
            .map(|row| row.try_get(0))
            .transpose()
            .map_err(store_error)?
            .flatten();
        Ok(key.map(|key| *self.key.get_or_init(|| key)))
    }

    /// The number, once it is known.
    pub(crate) fn key(&self) -> i32 {
        self.key.get().copied().unwrap_or(NOBODY)
    }

    pub(crate) fn dictionary(&self) -> Arc<Dictionary> {
        Arc::clone(&self.dictionary.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Reads the dictionary anew.
    pub(crate) async fn refresh(&self, session: &Session) -> Result<(), StoreError> {
        let rows = session
            .query(Query::EventTypes, &[&self.key()])
            .await
            .map_err(store_error)?;
        let read = Dictionary::of_rows(&rows)?;
        let mut dictionary = self.dictionary.write().unwrap_or_else(PoisonError::into_inner);
        if read.size() > dictionary.size() {
            *dictionary = Arc::new(read);
        }
        Ok(())
    }
}

/// The tenants that this process has to do with.
#[derive(Debug, Default)]
pub(crate) struct Tenants(Mutex<HashMap<TenantId, Arc<Tenant>>>);

impl Tenants {
    pub(crate) fn get(&self, id: &TenantId) -> Arc<Tenant> {
        let mut tenants = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(tenant) = tenants.get(id) {
            return Arc::clone(tenant);
        }
        let tenant = Arc::new(Tenant::new(id));
        tenants.insert(id.clone(), Arc::clone(&tenant));
        tenant
    }
}
