//! What orders and goods are called, and what they cost.

use std::fmt;

use eventsourcing::prelude::*;

/// The number of an order. Its events are in the stream `order-<number>`.
#[derive(StreamKey, Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[stream_key(category = "order")]
#[serde(transparent)]
pub struct OrderId(String);

impl OrderId {
    /// The order with this number.
    pub fn new(number: impl Into<String>) -> Self {
        Self(number.into())
    }
}

impl fmt::Display for OrderId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// What goods of one kind are called in stock. Their events are in the stream `stock-<name>`.
#[derive(StreamKey, Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[stream_key(category = "stock")]
#[serde(transparent)]
pub struct Sku(String);

impl Sku {
    /// The goods of this name.
    pub fn new(name: impl Into<String>) -> Self {
        Self(name.into())
    }
}

impl fmt::Display for Sku {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// An amount of money.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Cents(pub u64);

impl fmt::Display for Cents {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:02}", self.0 / 100, self.0 % 100)
    }
}
