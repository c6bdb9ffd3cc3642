//! What happened to each order, and what led to what.

use std::collections::{BTreeMap, HashMap};
use std::fmt::{self, Write as _};
use std::sync::Arc;

use eventsourcing::event::{DecodeError, Event as _, Recorded};
use eventsourcing::process::ProcessEvent;
use eventsourcing::store::{EventStore, FeedError, ReadFeed};
use eventsourcing::{CorrelationId, InvalidMetadata, RecordedEvent, TenantId};

use crate::domain::OrderEvent;
use crate::domain::OrderId;

/// Every event in the store, in commit order.
///
/// # Errors
/// If the store fails.
pub async fn whole_log(store: &dyn EventStore) -> Result<Vec<Arc<RecordedEvent>>, FeedError> {
    let log = store.tenant(&TenantId::DEFAULT).log;
    let mut read = ReadFeed::after(None);
    let mut events = Vec::new();
    loop {
        let page = log.read_feed(&read).await?;
        let is_last = page.is_last();
        read.after = Some(page.scanned_to);
        events.extend(page.events);
        if is_last {
            return Ok(events);
        }
    }
}

/// How an order stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It has not come to its end.
    UnderWay,
    /// The customer gets it.
    Confirmed,
    /// The customer does not, for this reason.
    Cancelled(String),
}

impl fmt::Display for Standing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnderWay => f.write_str("under way"),
            Self::Confirmed => f.write_str("confirmed"),
            Self::Cancelled(reason) => write!(f, "cancelled: {reason}"),
        }
    }
}

/// What is known of one order.
#[derive(Debug)]
pub struct Story {
    /// What was ordered, for people.
    pub order: String,
    /// How it stands.
    pub standing: Standing,
    /// Everything that placing it has led to, in commit order.
    events: Vec<Arc<RecordedEvent>>,
}

/// The orders in a log, by their numbers.
///
/// # Errors
/// If an event cannot be read.
pub fn stories(log: &[Arc<RecordedEvent>]) -> Result<BTreeMap<OrderId, Story>, Unreadable> {
    let mut of_correlation: HashMap<CorrelationId, OrderId> = HashMap::new();
    let mut stories: BTreeMap<OrderId, Story> = BTreeMap::new();
    for event in log {
        let correlation = event.metadata()?.correlation_id;
        if OrderEvent::TYPES.contains(event.event_type.as_str()) {
            match Recorded::<OrderEvent>::decode(Arc::clone(event))?.into_payload() {
                OrderEvent::Placed {
                    order,
                    sku,
                    quantity,
                    total,
                    ..
                } => {
                    let story = Story {
                        order: format!("{quantity} x {sku} for {total}"),
                        standing: Standing::UnderWay,
                        events: Vec::new(),
                    };
                    of_correlation.insert(correlation, order.clone());
                    stories.insert(order, story);
                }
                OrderEvent::Confirmed { order } => stand(&mut stories, &order, Standing::Confirmed),
                OrderEvent::Cancelled { order, reason } => {
                    stand(&mut stories, &order, Standing::Cancelled(reason));
                }
            }
        }
        let story = of_correlation
            .get(&correlation)
            .and_then(|order| stories.get_mut(order));
        if let Some(story) = story {
            story.events.push(Arc::clone(event));
        }
    }
    Ok(stories)
}

fn stand(stories: &mut BTreeMap<OrderId, Story>, order: &OrderId, standing: Standing) {
    if let Some(story) = stories.get_mut(order) {
        story.standing = standing;
    }
}

impl Story {
    /// The events as a tree: each below the one that has led to it.
    ///
    /// # Errors
    /// If an event cannot be read.
    pub fn tree(&self) -> Result<String, Unreadable> {
        let mut led_to: HashMap<eventsourcing::uuid::Uuid, Vec<&Arc<RecordedEvent>>> = HashMap::new();
        let mut roots = Vec::new();
        for event in &self.events {
            let cause = event.metadata()?.causation_id.get();
            if self.events.iter().any(|earlier| earlier.id.get() == cause) {
                led_to.entry(cause).or_default().push(event);
            } else {
                roots.push(event);
            }
        }
        let mut text = String::new();
        for root in roots {
            branch(&mut text, root, &led_to, "  ", "  ")?;
        }
        Ok(text)
    }
}

fn branch(
    text: &mut String,
    event: &Arc<RecordedEvent>,
    led_to: &HashMap<eventsourcing::uuid::Uuid, Vec<&Arc<RecordedEvent>>>,
    first: &str,
    rest: &str,
) -> Result<(), Unreadable> {
    let time = event.recorded_at.to_string();
    let time = time.get(11..23).unwrap_or_default();
    // Writing to a string cannot fail.
    let _ = writeln!(text, "{time} {first}{}", told(event)?);
    let children = led_to.get(&event.id.get()).map_or(&[][..], Vec::as_slice);
    for (at, child) in children.iter().enumerate() {
        let (turn, on) = if at + 1 < children.len() {
            ("├ ", "│ ")
        } else {
            ("└ ", "  ")
        };
        branch(
            text,
            child,
            led_to,
            &format!("{rest}{turn}"),
            &format!("{rest}{on}"),
        )?;
    }
    Ok(())
}

/// An event in a few words.
fn told(event: &Arc<RecordedEvent>) -> Result<String, Unreadable> {
    if !ProcessEvent::TYPES.contains(event.event_type.as_str()) {
        return Ok(format!("{} in {}", event.event_type, event.home.stream));
    }
    let (what, commands) = match Recorded::<ProcessEvent>::decode(Arc::clone(event))?.into_payload() {
        ProcessEvent::Reacted(reacted) => (reacted.manager, reacted.commands),
        ProcessEvent::Refused(refused) => (format!("refused, {}", refused.rejection), refused.commands),
    };
    let sent: Vec<_> = commands.iter().map(|command| &*command.name).collect();
    if sent.is_empty() {
        return Ok(format!("{what}: nothing to do"));
    }
    Ok(format!("{what}: sends {}", sent.join(", ")))
}

/// An event in the store that this program cannot read.
#[derive(Debug, thiserror::Error)]
pub enum Unreadable {
    /// What happened.
    #[error(transparent)]
    Event(#[from] DecodeError),
    /// What is known besides.
    #[error(transparent)]
    Metadata(#[from] InvalidMetadata),
}
