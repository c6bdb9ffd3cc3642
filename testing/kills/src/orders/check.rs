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
const LED_TO_ITS_END: [&str; 5] = [
    "order.Placed",
    "stock.Reserved",
    "payment.Taken",
    "order.Confirmed",
    "parcel.Sent",
];

/// What has to happen to an order for what is never in stock.
const REFUSED: [&str; 2] = ["order.Placed", "order.Cancelled"];

/// What is left after all kills.
#[derive(Debug)]
pub(super) struct Left {
    /// The orders in the log.
    pub(super) orders: usize,
    /// Those for what is never in stock.
    pub(super) refused: usize,
    /// The events in the log.
    pub(super) events: usize,
}

/// An order that was not led to its end, or twice.
#[derive(Debug, thiserror::Error)]
pub(super) enum Wrong {
    /// It was acknowledged, and is not in the log.
    #[error("the order {0} was acknowledged, and is lost")]
    Lost(String),
    /// Something has happened to it too often, or not at all.
    #[error("`{event}` has happened to the order {order} {times} times")]
    NotOnce {
        order: String,
        event: &'static str,
        times: usize,
    },
}

/// What has happened to an order.
#[derive(Debug, Default)]
struct Story {
    is_refused: bool,
    times: BTreeMap<&'static str, usize>,
}

/// Lets the process managers come to their end, and counts what has happened to each order.
pub(super) async fn check(
    store: Arc<dyn EventStore>,
    stock: Option<Arc<dyn EventStore>>,
    acknowledged: &BTreeSet<String>,
) -> Result<Left, BoxError> {
    let shop = victim::start(Arc::clone(&store), stock.clone()).await?;
    shop.settled().await?;
    shop.shutdown(Duration::from_secs(10)).await?;
    let mut log = whole_log(&*store).await?;
    if let Some(stock) = stock {
        log.extend(whole_log(&*stock).await?);
    }
    let stories = stories(&log)?;
    for order in acknowledged {
        if !stories.contains_key(order) {
            return Err(Wrong::Lost(order.clone()).into());
        }
    }
    for (order, story) in &stories {
        story.check(order)?;
    }
    Ok(Left {
        orders: stories.len(),
        refused: stories.values().filter(|story| story.is_refused).count(),
        events: log.len(),
    })
}

impl Story {
    fn check(&self, order: &str) -> Result<(), Wrong> {
        let wanted: &[&str] = if self.is_refused {
            &REFUSED
        } else {
            &LED_TO_ITS_END
        };
        for event in LED_TO_ITS_END.into_iter().chain(REFUSED) {
            let times = self.times.get(event).copied().unwrap_or_default();
            if times != usize::from(wanted.contains(&event)) {
                let order = order.to_owned();
                return Err(Wrong::NotOnce { order, event, times });
            }
        }
        Ok(())
    }
}

fn stories(log: &[Arc<RecordedEvent>]) -> Result<BTreeMap<String, Story>, BoxError> {
    let mut stories: BTreeMap<String, Story> = BTreeMap::new();
    for event in log {
        let mut names = LED_TO_ITS_END.into_iter().chain(REFUSED);
        let Some(name) = names.find(|name| event.event_type == *name) else {
            continue;
        };
        let payload: Value = serde_json::from_slice(&event.payload)?;
        let order = payload["order"].as_str().ok_or("an event without an order")?;
        let story = stories.entry(order.to_owned()).or_default();
        story.is_refused |= payload["sku"] == victim::NEVER_IN_STOCK;
        *story.times.entry(name).or_default() += 1;
    }
    Ok(stories)
}
