//! A domain that cases share.
#![allow(dead_code)]

use eventsourcing::prelude::*;

#[derive(StreamKey, Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[stream_key(category = "todo")]
pub struct TodoId(pub String);

#[derive(Event, Clone, Debug, PartialEq, Serialize, Deserialize)]
#[event(prefix = "money")]
pub struct MoneyPaid {
    pub cents: u64,
}

#[derive(Event, Clone, Debug, PartialEq)]
#[event(prefix = "todo")]
pub enum TodoEvent {
    Created { title: String },
    Completed,
    Paid(MoneyPaid),
}

#[derive(Event, Clone, Debug, PartialEq)]
#[event(prefix = "other")]
pub enum OtherEvent {
    Happened,
}

#[derive(Debug, thiserror::Error)]
#[error("the todo exists already")]
pub struct TodoError;
