use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use eventsourcing_core::RecordedEvent;
use eventsourcing_core::store::EventStore;
use eventsourcing_testkit::crash::BoxError;
use orders::timeline::whole_log;
use serde_json::Value;

use super::victim;

/// What has to happen to each order, once.
const ONCE: [&str; 5] = [
    "order.Placed",
    "stock.Reserved",
    "payment.Taken",
    "order.Confirmed",
    "parcel.Sent",
];

/// What is left after all kills.
#[derive(Debug)]
pub(super) struct Left {
    /// The orders in the log.
    pub(super) orders: usize,
    /// The events in the log.
    pub(super) events: usize,
}

/// An order that was not led to its end, or twice.
#[derive(Debug, thiserror::Error)]
pub(super) enum Wrong {
    /// It was acknowledged, and is not in the log.
    #[error("the order {0} was acknowledged, and is lost")]
    Lost(String),
    /// Something has happened to it never, or more than once.
    #[error("`{event}` has happened to the order {order} {times} times")]
    NotOnce {
        order: String,
        event: &'static str,
        times: usize,
    },
    /// Something has happened that nobody wanted.
    #[error("there is an event `{0}`, and no order was to be refused")]
    Unwanted(String),
}

/// Lets the process managers come to their end, and counts what has happened to each order.
pub(super) async fn check(
    store: Arc<dyn EventStore>,
    acknowledged: &BTreeSet<String>,
) -> Result<Left, BoxError> {
    let shop = victim::start(Arc::clone(&store)).await?;
    shop.settled().await?;
    shop.shutdown(Duration::from_secs(10)).await?;
    let log = whole_log(&*store).await?;
    let counts = counts(&log)?;
    for order in acknowledged {
        if !counts.contains_key(order) {
            return Err(Wrong::Lost(order.clone()).into());
        }
    }
    for (order, happened) in &counts {
        for event in ONCE {
            let times = happened.get(event).copied().unwrap_or_default();
            if times != 1 {
                let order = order.clone();
                return Err(Wrong::NotOnce { order, event, times }.into());
            }
        }
    }
    Ok(Left {
        orders: counts.len(),
        events: log.len(),
    })
}

/// How often each thing has happened to each order.
fn counts(log: &[Arc<RecordedEvent>]) -> Result<BTreeMap<String, BTreeMap<&str, usize>>, BoxError> {
    let mut counts: BTreeMap<String, BTreeMap<&str, usize>> = BTreeMap::new();
    for event in log {
        let name = event.event_type.as_str();
        if ["process.Refused", "order.Cancelled"].contains(&name) {
            return Err(Wrong::Unwanted(name.to_owned()).into());
        }
        if !ONCE.contains(&name) {
            continue;
        }
        let payload: Value = serde_json::from_slice(&event.payload)?;
        let order = payload["order"].as_str().ok_or("an event without an order")?;
        *counts
            .entry(order.to_owned())
            .or_default()
            .entry(name)
            .or_default() += 1;
    }
    Ok(counts)
}
