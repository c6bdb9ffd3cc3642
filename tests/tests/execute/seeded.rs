//! Proof that the checks bite: an executor with a mistake in it is found out by the history checker.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use eventsourcing::prelude::*;
use eventsourcing::store::{
    Append, AppendError, Appended, Capabilities, Condition, Dictionary, EventLog, EventStore, FeedError,
    FeedPage, ReadError, ReadFeed, ReadStreams, Settled, StoreError, StoreIdentity, StreamsRead, TenantStore,
};
use eventsourcing::{Position, TenantId};
use eventsourcing_testkit::history::{Recorder, Report, Violation, check, read_log};

use super::bank::{deposit, transfer};
use super::roles::withdraw_from_pair;
use super::stage::Stage;

/// Which mistake an executor makes.
#[derive(Clone, Copy, Debug)]
enum Mistake {
    None,
    /// It sends no condition on streams that it does not write.
    ChecksOnlyWhatItWrites,
    /// It sends no condition at all.
    ChecksNothing,
}

/// Stands between an executor and its store: makes a mistake for it, and records what it has read and sent.
#[derive(Clone, Debug)]
struct Mistaken {
    store: Stage,
    recorder: Recorder,
    mistake: Mistake,
}

impl EventStore for Mistaken {
    fn identity(&self) -> StoreIdentity {
        self.store.identity()
    }

    fn capabilities(&self) -> Capabilities {
        self.store.capabilities()
    }

    fn tenant(&self, tenant: &TenantId) -> TenantStore {
        let inner = self.store.tenant(tenant);
        let log = MistakenLog {
            log: inner.log,
            recorder: self.recorder.clone(),
            mistake: self.mistake,
            last_read: Mutex::default(),
        };
        TenantStore {
            log: Arc::new(log),
            ..inner
        }
    }
}

#[derive(Debug)]
struct MistakenLog {
    log: Arc<dyn EventLog>,
    recorder: Recorder,
    mistake: Mistake,
    /// Each executor of these tests executes one command at a time.
    last_read: Mutex<Vec<Condition>>,
}

impl MistakenLog {
    fn mistaken(&self, append: &Append) -> Append {
        let mut append = append.clone();
        let events = &append.events;
        append.conditions.retain(|condition| match self.mistake {
            Mistake::None => true,
            Mistake::ChecksOnlyWhatItWrites => events
                .iter()
                .any(|event| event.streams().any(|stream| *stream == condition.stream)),
            Mistake::ChecksNothing => false,
        });
        append
    }
}

#[async_trait]
impl EventLog for MistakenLog {
    async fn append(&self, append: Arc<Append>) -> Result<Appended, AppendError> {
        let append = Arc::new(self.mistaken(&append));
        let mut pending = self.recorder.begin_append(0, Arc::clone(&append));
        for Condition { stream, seen, types } in self.last_read.lock().unwrap().drain(..) {
            pending.read(stream, seen, types);
        }
        let answer = self.log.append(append).await;
        pending.answered(&answer);
        answer
    }

    async fn settle(&self, append: Arc<Append>) -> Result<Settled, StoreError> {
        self.log.settle(append).await
    }

    async fn read_streams(&self, read: &ReadStreams) -> Result<StreamsRead, ReadError> {
        let answer = self.log.read_streams(read).await?;
        let read = read
            .streams
            .iter()
            .zip(&answer.slices)
            .map(|(asked, slice)| Condition {
                stream: asked.stream.clone(),
                seen: slice.head,
                types: asked.types.clone(),
            });
        *self.last_read.lock().unwrap() = read.collect();
        Ok(answer)
    }

    async fn read_feed(&self, read: &ReadFeed) -> Result<FeedPage, FeedError> {
        self.log.read_feed(read).await
    }

    async fn wait_beyond(&self, position: Position) -> Result<Position, StoreError> {
        self.log.wait_beyond(position).await
    }

    async fn dictionary(&self) -> Result<Dictionary, StoreError> {
        self.log.dictionary().await
    }
}

/// Two people withdraw from accounts that hold enough for one of them, and a third one transfers meanwhile.
async fn history_with(mistake: Mistake) -> Report {
    let stage = Stage::default();
    let recorder = Recorder::new();
    let [ours, theirs] = [(); 2].map(|()| {
        Executor::new(Mistaken {
            store: stage.clone(),
            recorder: recorder.clone(),
            mistake,
        })
    });
    ours.execute(deposit("alice", 50)).await.unwrap();
    ours.execute(deposit("bob", 50)).await.unwrap();

    let first = theirs.clone();
    stage.meanwhile(async move {
        first
            .execute(withdraw_from_pair("bob", "alice", 60))
            .await
            .unwrap()
    });
    // Whether this is refused depends on the mistake; the checker does not know what the events mean.
    let _refused = ours.execute(withdraw_from_pair("alice", "bob", 60)).await;

    stage.meanwhile(async move { theirs.execute(deposit("carol", 1)).await.unwrap() });
    let _refused = ours.execute(transfer("carol", "alice", 0)).await;

    let log = stage.tenant(&TenantId::DEFAULT).log;
    check(&recorder.history(), &read_log(&*log).await.unwrap())
}

fn stale_decisions(report: &Report) -> usize {
    let is_stale = |violation: &&Violation| matches!(violation, Violation::StaleDecision { .. });
    report.violations.iter().filter(is_stale).count()
}

#[tokio::test(start_paused = true)]
async fn an_executor_without_a_mistake_is_found_innocent() {
    history_with(Mistake::None).await.assert_clean();
}

#[tokio::test(start_paused = true)]
async fn forgetting_to_check_what_was_only_read_is_found_out() {
    assert_eq!(
        stale_decisions(&history_with(Mistake::ChecksOnlyWhatItWrites).await),
        1
    );
}

#[tokio::test(start_paused = true)]
async fn forgetting_to_check_anything_is_found_out() {
    assert_eq!(stale_decisions(&history_with(Mistake::ChecksNothing).await), 2);
}
