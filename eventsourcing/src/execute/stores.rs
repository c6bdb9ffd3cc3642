use std::iter;
use std::sync::Arc;

use super::catalog::Catalog;
use super::placement::{Here, Placement, StoreNumber};
use super::state_cache::StateCache;
use crate::command::{Decider, InvalidStreamField, Plan};
use crate::store::{EventStore, TenantStore};
use crate::{Category, StreamId, TenantId};

/// The stores that an executor works on, and what is remembered of each.
#[derive(Debug)]
pub(super) struct Stores {
    main: Place,
    others: Vec<Place>,
    pub(super) placement: Arc<Placement>,
}

/// A store, and what is remembered of it.
#[derive(Debug)]
pub(super) struct Place {
    pub(super) store: Arc<dyn EventStore>,
    pub(super) states: StateCache,
    pub(super) catalog: Catalog,
    default_tenant: TenantStore,
}

impl Stores {
    /// A main store, and others for the streams of certain categories. Handles of one identity are one store.
    ///
    /// The memory for states is shared out evenly.
    pub(super) fn new(
        main: Arc<dyn EventStore>,
        elsewhere: Vec<(Category, Arc<dyn EventStore>)>,
        state_cache: usize,
        catalog: &Catalog,
    ) -> Self {
        let mut others: Vec<Arc<dyn EventStore>> = Vec::new();
        let mut placement = Placement::default();
        for (category, store) in elsewhere {
            let identity = store.identity();
            let mut known = iter::once(&main).chain(&others);
            let number = known.position(|known| known.identity() == identity);
            let number = number.unwrap_or_else(|| {
                others.push(store);
                others.len()
            });
            placement.put(category, StoreNumber::new(number));
        }
        let bytes = state_cache / (1 + others.len());
        let place = |store| Place::new(store, bytes, catalog.of_another_store());
        Self {
            main: place(main),
            others: others.into_iter().map(place).collect(),
            placement: Arc::new(placement),
        }
    }

    /// The store of everything that was not said to be elsewhere.
    pub(super) fn main(&self) -> &Place {
        &self.main
    }

    /// All of them, in the order of their numbers.
    pub(super) fn all(&self) -> impl Iterator<Item = &Place> {
        iter::once(&self.main).chain(&self.others)
    }

    /// The store of the streams of a category.
    pub(super) fn of(&self, category: &str) -> &Place {
        self.at(self.placement.of(category))
    }

    /// The store of a number.
    pub(super) fn at(&self, number: StoreNumber) -> &Place {
        let other = number
            .get()
            .checked_sub(1)
            .and_then(|other| self.others.get(other));
        other.unwrap_or(&self.main)
    }

    /// Where a command is to be decided; and if there are several stores, what all its streams are to be held against.
    pub(super) fn find(
        &self,
        decider: &impl Decider,
        expected: Option<&StreamId>,
    ) -> Result<(StoreNumber, Option<Here>), InvalidStreamField> {
        if !self.placement.is_split() {
            return Ok((StoreNumber::MAIN, None));
        }
        let mut plan = Plan::default();
        decider.plan(&mut plan)?;
        let planned = plan.streams().first().map(|planned| &planned.stream);
        let stream = planned.or(expected);
        let here = Here {
            placement: Arc::clone(&self.placement),
            store: stream.map_or(StoreNumber::MAIN, |stream| self.placement.of(stream.category())),
            stream: stream.cloned(),
        };
        Ok((here.store, Some(here)))
    }
}

impl Place {
    fn new(store: Arc<dyn EventStore>, state_cache: usize, catalog: Catalog) -> Self {
        Self {
            states: StateCache::new(state_cache, store.identity()),
            default_tenant: store.tenant(&TenantId::DEFAULT),
            catalog,
            store,
        }
    }

    /// The data of a tenant.
    pub(super) fn tenant(&self, tenant: &TenantId) -> TenantStore {
        if *tenant == self.default_tenant.tenant {
            self.default_tenant.clone()
        } else {
            self.store.tenant(tenant)
        }
    }
}
