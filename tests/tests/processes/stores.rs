//! A shop whose streams are in several stores.

use std::collections::BTreeSet;
use std::sync::Arc;

use eventsourcing::memory::MemoryStore;
use eventsourcing::prelude::*;
use eventsourcing::service::{Runtime, RuntimeBuilder};
use eventsourcing::store::EventStore;

use super::books::Books;
use super::shop::{CustomerId, Shop, SlipId, TillId};
use super::world::{environment, hasty, order};

/// The instances of the process manager of that name.
#[derive(StreamKey, Clone, Debug, PartialEq, Eq, Hash)]
#[stream_key(category = "fulfilment")]
struct FulfilmentId(String);

/// Where the streams of a shop are. Orders are in the main store.
#[derive(Clone, Debug)]
pub struct Stores {
    pub main: Arc<dyn EventStore>,
    pub money: Arc<dyn EventStore>,
    pub slips: Arc<dyn EventStore>,
    pub instances: Arc<dyn EventStore>,
}

impl Stores {
    /// Nothing is with anything else.
    pub fn apart() -> Self {
        Self {
            main: memory(),
            money: memory(),
            slips: memory(),
            instances: memory(),
        }
    }

    /// What is about money is elsewhere, and where the orders are is the rest.
    pub fn bank() -> Self {
        let main = memory();
        Self {
            money: memory(),
            slips: Arc::clone(&main),
            instances: Arc::clone(&main),
            main,
        }
    }

    /// The orders are alone.
    pub fn orders_alone() -> Self {
        let rest = memory();
        Self {
            main: memory(),
            money: Arc::clone(&rest),
            slips: Arc::clone(&rest),
            instances: rest,
        }
    }

    pub fn map(&self, see: impl Fn(Arc<dyn EventStore>) -> Arc<dyn EventStore>) -> Self {
        Self {
            main: see(Arc::clone(&self.main)),
            money: see(Arc::clone(&self.money)),
            slips: see(Arc::clone(&self.slips)),
            instances: see(Arc::clone(&self.instances)),
        }
    }

    pub fn builder(&self) -> RuntimeBuilder<Shop, ()> {
        Shop::builder(Arc::clone(&self.main))
            .store_for::<CustomerId>(Arc::clone(&self.money))
            .store_for::<TillId>(Arc::clone(&self.money))
            .store_for::<SlipId>(Arc::clone(&self.slips))
            .store_for::<FulfilmentId>(Arc::clone(&self.instances))
            .environment(environment())
    }

    pub async fn open(&self) -> Runtime {
        self.builder().start().await.unwrap()
    }

    pub async fn open_anyhow(&self) -> Runtime {
        loop {
            if let Ok(shop) = self.builder().process_policy(hasty()).start().await {
                return shop;
            }
        }
    }

    /// An executor of commands of customers.
    pub fn customers(&self) -> Executor {
        Executor::builder(Arc::clone(&self.main))
            .store_for::<CustomerId>(Arc::clone(&self.money))
            .store_for::<TillId>(Arc::clone(&self.money))
            .build()
    }

    /// What has come of it, wherever it is. Where it is not to be, there is nothing.
    pub async fn books(&self) -> Books {
        let mut known = BTreeSet::new();
        let all = [&self.main, &self.money, &self.slips, &self.instances];
        let stores = all
            .into_iter()
            .filter(|store| known.insert(store.identity().id.to_string()));
        Books::of_all(&stores.map(|store| &**store).collect::<Vec<_>>()).await
    }
}

pub fn memory() -> Arc<dyn EventStore> {
    Arc::new(MemoryStore::new())
}

/// The first one was paid for; the second one was if there was money in time, and otherwise cancelled.
pub fn assert_that_both_have_come_to_their_end(books: &Books, at: impl std::fmt::Debug) {
    assert_eq!(books.end_of(&order(1)), ["confirmed"], "{at:?}");
    assert_eq!(books.taken[&order(1)], [5], "{at:?}");
    let end = match books.taken.get(&order(2)).map(Vec::as_slice) {
        Some(taken) => {
            assert_eq!(taken, [7], "{at:?}");
            "confirmed"
        }
        None => "cancelled",
    };
    let ends = books.end_of(&order(2));
    assert!(ends.len() == 1 && ends[0].starts_with(end), "{at:?}: {ends:?}");
    assert_eq!(books.slip(order(1)), ["hello"], "{at:?}");
    for number in [1, 2] {
        assert_eq!(books.slip(format!("greeting-{number}")), ["welcome"], "{at:?}");
    }
}
