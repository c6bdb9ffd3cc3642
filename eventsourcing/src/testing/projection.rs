use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use super::events::Events;
use super::past::{Past, Written};
use super::render;
use crate::projection::derived::{Projects, Shared};
use crate::projection::{Batches, Parked, ProjectionFailure, Projector as _, Row, Step, shown};
use crate::store::rows::Value;
use crate::stream::StreamKey;
use crate::{RecordedEvent, Timestamp};

/// A projection that has dealt with everything that was given.
pub struct Projecting<P: Projects> {
    past: Past,
    now: Timestamp,
    projection: Arc<P>,
    rows: Table,
    /// Why an event could not be projected.
    failure: Option<ProjectionFailure>,
}

/// The rows of a table, by key.
type Table = BTreeMap<Vec<Value>, Vec<Value>>;

impl<P: Projects> Projecting<P> {
    /// # Panics
    /// If it could not deal with what was given.
    #[track_caller]
    #[expect(clippy::panic, reason = "a test whose past cannot have been has failed")]
    pub(super) fn new(projection: P, past: Past, now: Timestamp) -> Self {
        let mut projecting = Self {
            past,
            now,
            projection: Arc::new(projection),
            rows: Table::new(),
            failure: None,
        };
        projecting.project_after(0);
        if let Some(failure) = &projecting.failure {
            let (name, failure) = (P::PROJECTION.name, render::chain(failure));
            panic!("`{name}` could not deal with what was given: {failure}")
        }
        projecting
    }

    /// It is now this time, for events from here on.
    #[must_use = "a scenario checks nothing until it comes to `then_..`"]
    pub fn at(mut self, now: Timestamp) -> Self {
        self.now = now;
        self
    }

    /// These events happen, one after the other.
    ///
    /// # Panics
    /// If an event cannot be written, or does not say which stream it belongs to; or if other rows come of the same events when
    /// they are projected all at once: a handler keeps something that is not in its rows.
    #[must_use = "a scenario checks nothing until it comes to `then_..`"]
    #[track_caller]
    pub fn when(self, events: impl Events) -> Self {
        self.when_written(events.written(None))
    }

    /// These events of an aggregate happen, one after the other: in its stream, unless they name another.
    ///
    /// # Panics
    /// If the id does not name a stream, and as for [`when`](Self::when).
    #[must_use = "a scenario checks nothing until it comes to `then_..`"]
    #[track_caller]
    #[expect(clippy::panic, reason = "a test that cannot even name its streams has failed")]
    pub fn when_in<K: StreamKey>(self, id: &K, events: impl Events) -> Self {
        let stream = id
            .to_stream_id()
            .unwrap_or_else(|error| panic!("{id:?} names no stream: {error}"));
        self.when_written(events.written(Some(&stream)))
    }

    #[track_caller]
    fn when_written(mut self, events: Vec<Written>) -> Self {
        let before = self.past.events().len();
        for event in events {
            self.past.add(event, self.now);
        }
        self.project_after(before);
        self
    }

    /// These are all its rows.
    ///
    /// # Panics
    /// If they are not, with the difference.
    #[track_caller]
    #[expect(clippy::return_self_not_must_use, reason = "it may be the end of a scenario")]
    pub fn then_rows(self, expected: impl IntoIterator<Item = P::Row>) -> Self
    where
        P::Row: fmt::Debug,
    {
        let name = self.no_failure();
        let expected = table_of(expected);
        assert!(
            expected == self.rows,
            "`{name}` has other rows than expected\n{}",
            render::diff(&text_of::<P::Row>(&expected), &text_of::<P::Row>(&self.rows))
        );
        self
    }

    /// Among its rows is this one.
    ///
    /// # Panics
    /// If the row of its key is another one, or there is none.
    #[track_caller]
    #[expect(clippy::return_self_not_must_use, reason = "it may be the end of a scenario")]
    pub fn then_row(self, expected: P::Row) -> Self
    where
        P::Row: fmt::Debug,
    {
        let name = self.no_failure();
        let expected = table_of([expected]);
        let of_key = |key| {
            self.rows
                .get_key_value(key)
                .map(|(key, row)| (key.clone(), row.clone()))
        };
        let found: Table = expected.keys().filter_map(of_key).collect();
        assert!(
            expected == found,
            "`{name}` has another row than expected\n{}",
            render::diff(&text_of::<P::Row>(&expected), &text_of::<P::Row>(&found))
        );
        self
    }

    /// It has no row of this key.
    ///
    /// # Panics
    /// If it has.
    #[track_caller]
    #[expect(clippy::panic, reason = "this is how tests fail")]
    #[expect(clippy::return_self_not_must_use, reason = "it may be the end of a scenario")]
    pub fn then_no_row(self, key: <P::Row as Row>::Key<'_>) -> Self
    where
        P::Row: fmt::Debug,
    {
        let name = self.no_failure();
        match P::Row::key_values(key) {
            Ok(key) => {
                if let Some((key, row)) = self.rows.get_key_value(&key) {
                    let row = text_of::<P::Row>(&Table::from([(key.clone(), row.clone())]));
                    panic!("`{name}` was to have no row {}, and has\n{row}", shown(key))
                }
            }
            Err(error) => panic!("the key cannot be one: {}", render::chain(&error)),
        }
        self
    }

    /// Why it could not deal with an event, which would be parked, or stop it.
    ///
    /// # Panics
    /// If it could.
    #[track_caller]
    #[expect(clippy::panic, reason = "this is how tests fail")]
    pub fn then_fails(self) -> ProjectionFailure {
        match self.failure {
            Some(failure) => failure,
            None => panic!("`{}` was to fail, and did not", P::PROJECTION.name),
        }
    }

    /// The rows, in the order of their keys.
    ///
    /// # Panics
    /// If it could not deal with an event.
    #[track_caller]
    #[expect(clippy::panic, reason = "this is how tests fail")]
    pub fn rows(&self) -> Vec<P::Row> {
        self.no_failure();
        let rows = self.rows.values().cloned().map(P::Row::from_values);
        let rows: Result<_, _> = rows.collect();
        rows.unwrap_or_else(|error| panic!("a row cannot be read: {}", render::chain(&error)))
    }

    #[track_caller]
    #[expect(clippy::panic, reason = "this is how tests fail")]
    fn no_failure(&self) -> &'static str {
        let name = P::PROJECTION.name;
        if let Some(failure) = &self.failure {
            panic!("`{name}` failed: {}", render::chain(failure))
        }
        name
    }

    /// Projects the events from this one on one after the other, and then all of them at once, which has to come to the same.
    #[track_caller]
    fn project_after(&mut self, before: usize) {
        let key = P::Row::TABLE.key().len();
        let events = self.past.events();
        let mut batches = Shared(Arc::clone(&self.projection)).batches();
        for event in &events[before..] {
            self.failure = project(&mut *batches, std::slice::from_ref(event), &mut self.rows, key);
            if self.failure.is_some() {
                return;
            }
        }
        let mut at_once = Table::new();
        let mut batches = Shared(Arc::clone(&self.projection)).batches();
        let failure = project(&mut *batches, events, &mut at_once, key);
        assert!(
            failure.is_none() && at_once == self.rows,
            "`{}` makes other rows of the same events when they come all at once; what a handler keeps has to be in its rows",
            P::PROJECTION.name
        );
    }
}

/// Does what a batch says, with rows in memory.
fn project(
    batches: &mut dyn Batches,
    events: &[Arc<RecordedEvent>],
    rows: &mut Table,
    key: usize,
) -> Option<ProjectionFailure> {
    let mut rest = events;
    while !rest.is_empty() {
        let mut step = batches.start(rest, &Parked::default());
        let projected = loop {
            match step {
                Step::Load(keys) => {
                    step = batches.resume(keys.iter().map(|key| rows.get(key).cloned()).collect());
                }
                Step::Write(projected) => break projected,
            }
        };
        for row in &projected.changes.put {
            rows.insert(row[..key].to_vec(), row.clone());
        }
        for key in &projected.changes.remove {
            rows.remove(key);
        }
        rest = &rest[projected.events..];
        batches.written(projected.changes);
        if projected.failure.is_some() {
            return projected.failure;
        }
    }
    None
}

#[track_caller]
#[expect(clippy::panic, reason = "a test that cannot even write its rows has failed")]
fn table_of<R: Row>(rows: impl IntoIterator<Item = R>) -> Table {
    let values = rows.into_iter().map(|row| {
        row.to_values()
            .unwrap_or_else(|error| panic!("a row cannot be written: {}", render::chain(&error)))
    });
    values
        .map(|values| (values[..R::TABLE.key().len()].to_vec(), values))
        .collect()
}

fn text_of<R: Row + fmt::Debug>(table: &Table) -> String {
    let texts = table.values().map(|values| match R::from_values(values.clone()) {
        Ok(row) => format!("{row:#?}\n"),
        Err(error) => format!("{}\n", render::chain(&error)),
    });
    texts.collect()
}

impl<P: Projects> fmt::Debug for Projecting<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Projecting")
            .field("projection", &P::PROJECTION.name)
            .field("rows", &self.rows)
            .field("failure", &self.failure)
            .finish_non_exhaustive()
    }
}
