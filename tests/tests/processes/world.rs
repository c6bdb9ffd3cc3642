//! Shops on a store, and time that is tokio's.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use eventsourcing::command::CommandLogic;
use eventsourcing::environment::Environment;
use eventsourcing::process::{ManagerStatus, ParkedError, ParkedInstance, ProcessPolicy, SettledError};
use eventsourcing::service::Runtime;
use eventsourcing::store::{Append, EventStore};
use eventsourcing::uuid::Uuid;
use eventsourcing::{
    Clock, CommandId, ContentType, EventId, EventTypeName, Metadata, NewEvent, StreamId, TenantId, Timestamp,
};
use tokio::time::Instant;

use super::shop::{CustomerId, Deposit, OrderId, PlaceOrder, RemarkOn, Shop, SlipId};

/// The time of day, which goes on with tokio's clock: where that is paused, so is this.
#[derive(Debug)]
struct TokioClock(Instant);

impl Clock for TokioClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_micros(1_767_225_600_000_000).after(self.0.elapsed())
    }
}

pub fn environment() -> Environment {
    Environment {
        clock: Arc::new(TokioClock(Instant::now())),
        ..Environment::default()
    }
}

/// Pauses are short, for tests where time goes on.
pub fn hasty() -> ProcessPolicy {
    ProcessPolicy::default().with_pauses(Duration::from_millis(1), Duration::from_millis(5))
}

/// Opens a shop.
pub async fn open(store: &(impl EventStore + Clone)) -> Runtime {
    let builder = Shop::builder(store.clone()).environment(environment());
    builder.start().await.unwrap()
}

/// Opens a shop on a store that may fail, with short pauses.
pub async fn open_anyhow(store: &(impl EventStore + Clone)) -> Runtime {
    loop {
        let builder = Shop::builder(store.clone()).environment(environment());
        if let Ok(shop) = builder.process_policy(hasty()).start().await {
            return shop;
        }
    }
}

/// Waits until managers have dealt with everything, on a store that may fail.
pub async fn settled_anyhow(shop: &Runtime) {
    while let Err(error) = shop.settled().await {
        assert!(matches!(error, SettledError::Log(_)), "{error}");
    }
}

/// Closes it.
pub async fn close(shop: Runtime) {
    shop.shutdown(Duration::from_mins(1)).await.unwrap();
}

pub fn order(number: impl fmt::Display) -> OrderId {
    OrderId::new(number.to_string())
}

pub fn slip(of: &OrderId) -> SlipId {
    SlipId::new(of.to_string())
}

pub async fn execute(shop: &Runtime, command: impl CommandLogic) {
    shop.execute(command).await.unwrap();
}

pub async fn deposit(shop: &Runtime, customer: &str, amount: u64) {
    let customer = CustomerId::new(customer);
    execute(shop, Deposit { customer, amount }).await;
}

pub async fn place(shop: &Runtime, order: &OrderId, customer: &str, total: u64) {
    execute(
        shop,
        PlaceOrder::new(order.clone(), CustomerId::new(customer), total),
    )
    .await;
}

pub async fn remark(shop: &Runtime, order: &OrderId, text: &str) {
    execute(shop, RemarkOn::new(order.clone(), text.to_owned())).await;
}

/// What a manager of the default tenant has come to.
pub fn status(shop: &Runtime, manager: &str) -> ManagerStatus {
    let status = shop.process_managers().status();
    status
        .into_iter()
        .find(|status| status.manager == manager && status.tenant == TenantId::DEFAULT)
        .unwrap()
}

/// What a manager has parked.
pub fn parked(shop: &Runtime, manager: &str) -> Vec<ParkedInstance> {
    status(shop, manager).parked
}

pub fn nothing_is_parked(shop: &Runtime) -> bool {
    let status = shop.process_managers().status();
    status.iter().all(|manager| manager.parked.is_empty())
}

/// Appends an event that no program of today would write.
pub async fn append_raw(store: &impl EventStore, stream: &str, event_type: &'static str, payload: &str) {
    let append = Append {
        events: vec![NewEvent {
            id: EventId::new(Uuid::now_v7()),
            event_type: EventTypeName::from_static(event_type),
            schema_version: 1,
            content_type: ContentType::JSON,
            payload: payload.to_owned().into_bytes().into(),
            metadata: Metadata::of_command(CommandId::new(Uuid::now_v7())).to_bytes(),
            home: StreamId::new(stream).unwrap(),
            links: Vec::new(),
        }],
        ..Append::default()
    };
    let log = store.tenant(&TenantId::DEFAULT).log;
    log.append(Arc::new(append)).await.unwrap();
}

/// Passes over the first event that an instance has parked, if it has any.
pub async fn skip(shop: &Runtime, manager: &str, instance: &str) -> Result<(), ParkedError> {
    let parked = parked(shop, manager);
    match parked.iter().find(|parked| parked.instance == instance) {
        Some(parked) => {
            let first = parked.events[0].event;
            shop.process_managers()
                .skip(&TenantId::DEFAULT, manager, first)
                .await
        }
        None => Ok(()),
    }
}
