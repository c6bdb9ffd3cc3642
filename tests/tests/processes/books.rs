//! What has come of it all, as the log has it.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use eventsourcing::event::Recorded;
use eventsourcing::store::EventStore;
use eventsourcing::{RecordedEvent, TenantId};
use eventsourcing_testkit::history::read_log;

use super::shop::{CustomerId, MoneyEvent, OrderEvent, OrderId, SlipEvent};

/// The events of a shop, sorted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Books {
    /// What was printed, by the keys of slips.
    pub printed: BTreeMap<String, Vec<String>>,
    /// How orders have ended, each as often as it did.
    pub ended: BTreeMap<OrderId, Vec<String>>,
    /// What was taken for orders, each as often as it was.
    pub taken: BTreeMap<OrderId, Vec<u64>>,
    /// What customers have left.
    pub balances: BTreeMap<CustomerId, u64>,
}

impl Books {
    pub async fn of(store: &impl EventStore) -> Self {
        Self::of_tenant(store, &TenantId::DEFAULT).await
    }

    /// Of a shop whose streams are in several stores.
    pub async fn of_all(stores: &[&dyn EventStore]) -> Self {
        let mut books = Self::default();
        for store in stores {
            for event in log_of(*store, &TenantId::DEFAULT).await {
                books.add(&event);
            }
        }
        books
    }

    pub async fn of_tenant(store: &impl EventStore, tenant: &TenantId) -> Self {
        let mut books = Self::default();
        for event in log_of(store, tenant).await {
            books.add(&event);
        }
        books
    }

    fn add(&mut self, event: &Arc<RecordedEvent>) {
        match event.home.stream.category() {
            "slip" => self.add_slip(event),
            "order" => self.add_order(event),
            "customer" => self.add_money(event),
            _ => {}
        }
    }

    fn add_slip(&mut self, event: &Arc<RecordedEvent>) {
        if let SlipEvent::Printed { text } = Recorded::decode(Arc::clone(event)).unwrap().payload() {
            let slip = event.home.stream.key().unwrap().to_owned();
            self.printed.entry(slip).or_default().push(text.clone());
        }
    }

    fn add_order(&mut self, event: &Arc<RecordedEvent>) {
        let Ok(event) = Recorded::decode(Arc::clone(event)) else {
            return;
        };
        let (order, end) = match event.payload() {
            OrderEvent::Confirmed { order } => (order, "confirmed".to_owned()),
            OrderEvent::Cancelled { order, reason } => (order, format!("cancelled: {reason}")),
            OrderEvent::Placed { .. } | OrderEvent::Remarked { .. } => return,
        };
        self.ended.entry(order.clone()).or_default().push(end);
    }

    fn add_money(&mut self, event: &Arc<RecordedEvent>) {
        match Recorded::decode(Arc::clone(event)).unwrap().payload() {
            MoneyEvent::Deposited { customer, amount } => {
                *self.balances.entry(customer.clone()).or_default() += amount;
            }
            MoneyEvent::Taken {
                customer,
                order,
                amount,
                ..
            } => {
                *self.balances.get_mut(customer).unwrap() -= amount;
                self.taken.entry(order.clone()).or_default().push(*amount);
            }
        }
    }

    /// What is on a slip.
    pub fn slip(&self, key: impl fmt::Display) -> Vec<&str> {
        let texts = self.printed.get(&key.to_string()).into_iter().flatten();
        texts.map(String::as_str).collect()
    }

    /// How an order has ended.
    pub fn end_of(&self, order: &OrderId) -> Vec<&str> {
        let ends = self.ended.get(order).into_iter().flatten();
        ends.map(String::as_str).collect()
    }
}

pub async fn log(store: &impl EventStore) -> Vec<Arc<RecordedEvent>> {
    log_of(store, &TenantId::DEFAULT).await
}

async fn log_of(store: &(impl EventStore + ?Sized), tenant: &TenantId) -> Vec<Arc<RecordedEvent>> {
    read_log(&*store.tenant(tenant).log).await.unwrap()
}
