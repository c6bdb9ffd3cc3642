//! What an executor has asked of its store.

use std::sync::Arc;

use eventsourcing::TenantId;
use eventsourcing::execute::ExecutorBuilder;
use eventsourcing::prelude::*;
use eventsourcing::store::{Append, EventStore};
use eventsourcing_testkit::history::{Action, RecordingStore};

/// A store, and what was asked of it.
#[derive(Clone, Debug)]
pub struct Spy(RecordingStore);

impl Spy {
    /// An executor on a store, and somebody who watches what it asks.
    pub fn on(store: impl EventStore) -> (Executor, Self) {
        Self::with(store, |builder| builder)
    }

    /// As before, with an executor that is told more.
    pub fn with(
        store: impl EventStore,
        tell: impl FnOnce(ExecutorBuilder) -> ExecutorBuilder,
    ) -> (Executor, Self) {
        let store = RecordingStore::new(Arc::new(store));
        (tell(Executor::builder(store.clone())).build(), Self(store))
    }

    fn actions(&self) -> impl Iterator<Item = Action> {
        let history = self.0.recorder(&TenantId::DEFAULT).history();
        history.operations.into_iter().map(|operation| operation.action)
    }

    /// The appends, in the order in which they were sent.
    pub fn appends(&self) -> Vec<Arc<Append>> {
        let sent = |action| match action {
            Action::Command(command) => command.sent,
            _ => None,
        };
        self.actions().filter_map(sent).collect()
    }

    /// The streams that the last append was conditioned on.
    pub fn last_checked(&self) -> Vec<StreamId> {
        let appends = self.appends();
        let conditions = appends.last().into_iter().flat_map(|append| &append.conditions);
        conditions.map(|condition| condition.stream.clone()).collect()
    }

    /// The reads, in the order in which they were answered; each stream as `stream after version`.
    pub fn reads(&self) -> Vec<Vec<String>> {
        let asked = |action| match action {
            Action::Read(read) => Some(read.slices),
            _ => None,
        };
        self.actions()
            .filter_map(asked)
            .map(|slices| {
                slices
                    .iter()
                    .map(|slice| format!("{} after {}", slice.stream, slice.after))
                    .collect()
            })
            .collect()
    }
}
