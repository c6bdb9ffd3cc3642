use std::num::NonZeroUsize;

use axum::extract::Query;
use axum::extract::rejection::QueryRejection;
use axum::http::HeaderMap;
use eventsourcing::observe::chain;
use eventsourcing::store::{Checkpoint, FeedFilter};
use eventsourcing::{Category, EventTypeName, StreamId, TypeFilter};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::Cursor;
use crate::problem::{Problem, ProblemKind};
use crate::settings::ServerLimits;

/// The parameters of a query, as they were sent.
pub(super) type Parameters = Vec<(String, String)>;

/// How many types, categories and streams a filter may name, of each.
const MOST: usize = 100;

/// Which events are asked for.
#[derive(Debug)]
pub(super) struct Wanted {
    pub(super) after: After,
    pub(super) limit: NonZeroUsize,
    pub(super) filter: FeedFilter,
    /// What asks for the same, besides `after`.
    others: Parameters,
}

/// Where to begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum After {
    Beginning,
    Checkpoint(Checkpoint),
    End,
}

impl Wanted {
    /// Reads the parameters `after`, `limit`, `type`, `category` and `stream`. The last three may be given more than once.
    ///
    /// What is not understood is refused rather than passed over: it could be a filter with a typing error in its name.
    pub(super) fn read(
        query: Result<Query<Parameters>, QueryRejection>,
        limits: &ServerLimits,
    ) -> Result<Self, Problem> {
        let Query(parameters) = query.map_err(|rejection| malformed(rejection.body_text()))?;
        let (mut after, mut limit) = (None, None);
        let (mut types, mut categories, mut streams) = (Vec::new(), Vec::new(), Vec::new());
        for (name, value) in &parameters {
            match name.as_str() {
                "after" => once(name, &mut after, read_after(value)?)?,
                "limit" => once(name, &mut limit, read_limit(value)?)?,
                "type" => push(
                    name,
                    &mut types,
                    EventTypeName::new(value).map_err(|error| wrong(name, &error))?,
                )?,
                "category" => {
                    push(
                        name,
                        &mut categories,
                        Category::new(value).map_err(|error| wrong(name, &error))?,
                    )?;
                }
                "stream" => push(
                    name,
                    &mut streams,
                    StreamId::new(value).map_err(|error| wrong(name, &error))?,
                )?,
                _ => return Err(malformed(format!("there is no parameter `{name}`"))),
            }
        }
        let types = if types.is_empty() {
            TypeFilter::All
        } else {
            TypeFilter::Only(types.into_iter().collect())
        };
        Ok(Self {
            after: after.unwrap_or(After::Beginning),
            limit: limit.unwrap_or(limits.page_events).min(limits.max_page_events),
            filter: FeedFilter {
                types,
                categories: Some(categories).filter(|categories| !categories.is_empty()),
                streams: Some(streams).filter(|streams| !streams.is_empty()),
            },
            others: parameters
                .into_iter()
                .filter(|(name, _)| name != "after")
                .collect(),
        })
    }

    /// Asks for the events of one stream alone.
    pub(super) fn within(&mut self, stream: StreamId) -> Result<(), Problem> {
        match self.filter.streams.replace(vec![stream]) {
            None => Ok(()),
            Some(_) => Err(malformed(
                "the stream is in the address, and cannot be a parameter as well",
            )),
        }
    }

    /// Goes on where the client says that it was interrupted: an `EventSource` connects to the same address again.
    pub(super) fn resume(&mut self, headers: &HeaderMap) -> Result<(), Problem> {
        if let Some(last) = headers.get("last-event-id") {
            let last = last.to_str().ok().and_then(|last| last.parse().ok());
            let Some(Cursor(checkpoint)) = last else {
                return Err(malformed(
                    "the header `last-event-id` is not the id of an event of ours",
                ));
            };
            self.after = After::Checkpoint(checkpoint);
        }
        Ok(())
    }

    /// The query that asks for what follows.
    pub(super) fn next(&self, cursor: Cursor) -> String {
        let mut query = format!("?after={cursor}");
        for (name, value) in &self.others {
            query.push('&');
            query.push_str(name);
            query.push('=');
            query.extend(utf8_percent_encode(value, NON_ALPHANUMERIC));
        }
        query
    }
}

fn read_after(value: &str) -> Result<After, Problem> {
    match value {
        "end" => Ok(After::End),
        cursor => match cursor.parse() {
            Ok(Cursor(checkpoint)) => Ok(After::Checkpoint(checkpoint)),
            Err(error) => Err(wrong("after", &error)),
        },
    }
}

fn read_limit(value: &str) -> Result<NonZeroUsize, Problem> {
    value.parse().map_err(|error| wrong("limit", &error))
}

fn once<T>(name: &str, slot: &mut Option<T>, value: T) -> Result<(), Problem> {
    match slot.replace(value) {
        None => Ok(()),
        Some(_) => Err(malformed(format!(
            "the parameter `{name}` is given more than once"
        ))),
    }
}

fn push<T>(name: &str, values: &mut Vec<T>, value: T) -> Result<(), Problem> {
    if values.len() == MOST {
        return Err(malformed(format!(
            "the parameter `{name}` is given more than {MOST} times"
        )));
    }
    values.push(value);
    Ok(())
}

fn wrong(name: &str, error: &dyn std::error::Error) -> Problem {
    malformed(format!("the parameter `{name}` cannot be read: {}", chain(error)))
}

fn malformed(detail: impl Into<String>) -> Problem {
    Problem::new(ProblemKind::Malformed, detail)
}
