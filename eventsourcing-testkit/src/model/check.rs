use std::fmt;
use std::num::NonZeroUsize;
use std::sync::Arc;

use eventsourcing_core::store::{
    Append, AppendError, Appended, CheckpointError, EventStore, Progress, ReadError, ReadFeed, ReadStreams,
    Settled, TenantStore,
};
use eventsourcing_core::{Position, RecordedEvent, TenantId, Timestamp};
use uuid::Uuid;

use super::feed::check_page;
use super::step::{make_append, make_filter, make_read};
use super::{Model, Move, Outcome, Step, Tenant};
use crate::fixture;

/// Where a store and the model part ways.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("step {step} is answered with {found}, and should be with {expected}")]
pub struct Disagreement {
    /// The step, counted from 1.
    pub step: usize,
    /// What the model answers.
    pub expected: String,
    /// What the store answers.
    pub found: String,
}

/// Takes steps with a store and with the model, for two tenants that nobody has used before.
///
/// Nothing else may write to the store meanwhile.
///
/// # Errors
/// Names the first step at which the answers differ.
pub async fn check(store: &dyn EventStore, steps: &[Step]) -> Result<(), Disagreement> {
    let mut comparison = Comparison::start(store).await.map_err(|answers| answers.at(0))?;
    for (at, step) in steps.iter().enumerate() {
        comparison
            .take(step)
            .await
            .map_err(|answers| answers.at(at + 1))?;
    }
    Ok(())
}

/// Two answers that differ.
pub(super) struct Answers {
    expected: String,
    found: String,
}

impl Answers {
    fn at(self, step: usize) -> Disagreement {
        Disagreement {
            step,
            expected: self.expected,
            found: self.found,
        }
    }
}

/// Fails unless two answers are the same.
pub(super) fn same<A: fmt::Debug + PartialEq>(expected: &A, found: &A) -> Result<(), Answers> {
    if expected == found {
        Ok(())
    } else {
        Err(differ(expected, found))
    }
}

pub(super) fn differ(expected: impl fmt::Debug, found: impl fmt::Debug) -> Answers {
    Answers {
        expected: format!("{expected:?}"),
        found: format!("{found:?}"),
    }
}

struct Comparison {
    model: Model,
    ours: TenantStore,
    theirs: TenantStore,
    sent: Vec<(Tenant, Arc<Append>)>,
}

impl Comparison {
    async fn start(store: &dyn EventStore) -> Result<Self, Answers> {
        let fresh = || store.tenant(&fixture::tenant(&Uuid::now_v7().to_string()));
        let (ours, theirs) = (fresh(), fresh());
        let page = ours.log.read_feed(&ReadFeed::after(None)).await;
        let page = page.map_err(|error| differ("an empty feed", error))?;
        Ok(Self {
            model: Model::new(store.identity(), page.head),
            ours,
            theirs,
            sent: Vec::new(),
        })
    }

    fn store(&self, tenant: Tenant) -> &TenantStore {
        match tenant {
            Tenant::Ours => &self.ours,
            Tenant::Theirs => &self.theirs,
        }
    }

    fn id(&self, tenant: Tenant) -> TenantId {
        self.store(tenant).tenant.clone()
    }

    async fn take(&mut self, step: &Step) -> Result<(), Answers> {
        match step {
            Step::Append {
                tenant,
                events,
                conditions,
                command,
                progress,
            } => {
                let id = self.id(*tenant);
                let head = |stream| self.model.head(&id, &fixture::stream(stream));
                let conditions = conditions
                    .iter()
                    .map(|condition| condition.make(head(condition.stream)));
                let progress = progress.map(|progress| self.progress(&id, progress));
                let append = make_append(events, conditions.collect(), *command, progress);
                self.append(*tenant, append).await
            }
            Step::Settle { append } => self.settle(*append).await,
            Step::ReadStreams {
                tenant,
                streams,
                command,
            } => self.read_streams(*tenant, make_read(streams, *command)).await,
            Step::ReadFeed {
                tenant,
                after,
                types,
                categories,
                streams,
                max_events,
                max_bytes,
            } => {
                let read = ReadFeed {
                    after: Some(self.model.checkpoint_after(*after)),
                    filter: make_filter(types, categories.as_deref(), streams.as_deref()),
                    max_events: NonZeroUsize::new(*max_events).unwrap_or(NonZeroUsize::MIN),
                    max_bytes: *max_bytes,
                };
                self.read_feed(*tenant, read).await
            }
            Step::Dictionary { tenant } => {
                let found = self.store(*tenant).log.dictionary().await;
                let expected = self.model.dictionary(&self.id(*tenant));
                same(&expected, &found.map_err(|error| differ(&expected, error))?)
            }
            Step::Save { tenant, name, at } => self.save(*tenant, name, *at).await,
            Step::Load { tenant, name } => {
                let found = self.store(*tenant).checkpoints.load(name).await;
                let expected = self.model.load(&self.id(*tenant), name);
                same(&expected, &found.map_err(|error| differ(expected, error))?)
            }
            Step::Forget { tenant, name } => {
                let id = self.id(*tenant);
                self.model.forget(&id, name);
                let found = self.store(*tenant).checkpoints.forget(name).await;
                found.map_err(|error| differ("nothing", error))
            }
        }
    }

    fn progress(&self, tenant: &TenantId, step: Move) -> Progress {
        let at = |event| self.model.checkpoint_after(event);
        Progress {
            reader: step.reader.into(),
            from: step
                .from
                .map_or_else(|| self.model.load(tenant, step.reader), |from| Some(at(from))),
            to: at(step.to),
        }
    }

    async fn append(&mut self, tenant: Tenant, append: Arc<Append>) -> Result<(), Answers> {
        self.sent.push((tenant, Arc::clone(&append)));
        let id = self.id(tenant);
        let found = self.store(tenant).log.append(Arc::clone(&append)).await;
        match (self.model.append(&id, &append), found) {
            (Outcome::Written(expected), Ok(found)) => {
                same(&expected, &without_place_and_time(&found.events))?;
                same(&false, &found.repeated)?;
                self.check_positions(&found)?;
                self.model.take_over(&id, &append, &found);
                self.model.move_reader(&id, &append);
                Ok(())
            }
            (Outcome::Repeated(expected), Ok(found)) => {
                self.model.move_reader(&id, &append);
                same(&expected, &found)
            }
            (Outcome::IdReused(expected), Err(AppendError::IdReused(found))) => same(&expected, &found),
            (Outcome::Overtaken(expected), Err(AppendError::Overtaken(found))) => same(&expected, &found),
            (Outcome::Refused(expected), Err(AppendError::Checkpoint(found))) => same(&expected, &found),
            (Outcome::Conflict(expected), Err(AppendError::Conflict(found))) => same(&expected, &found),
            (expected, found) => Err(differ(expected, found)),
        }
    }

    fn check_positions(&self, appended: &Appended) -> Result<(), Answers> {
        let mut last = self.model.end();
        for event in &appended.events {
            if event.position <= last {
                return Err(differ(format!("a position after {last}"), event.position));
            }
            last = event.position;
        }
        same(&last, &appended.position)
    }

    async fn settle(&self, append: usize) -> Result<(), Answers> {
        let sent = append
            .checked_rem(self.sent.len())
            .and_then(|at| self.sent.get(at));
        let Some((tenant, append)) = sent else {
            return Ok(());
        };
        if append.events.is_empty() && append.command.is_none() && append.progress.is_none() {
            return Ok(());
        }
        let expected = self.model.settle(&self.id(*tenant), append);
        let found = match self.store(*tenant).log.settle(Arc::clone(append)).await {
            Ok(Settled::Present(appended)) => Some(appended),
            Ok(Settled::Absent) => None,
            Err(error) => return Err(differ(expected, error)),
        };
        let outcome =
            |settled: Option<Appended>| settled.map(|appended| (appended.events, appended.position));
        same(&outcome(expected), &outcome(found))
    }

    async fn read_streams(&self, tenant: Tenant, read: ReadStreams) -> Result<(), Answers> {
        let found = self.store(tenant).log.read_streams(&read).await;
        match (self.model.read_streams(&self.id(tenant), &read), found) {
            (Ok(expected), Ok(found)) if expected.repeated.is_some() => {
                same(&expected.repeated, &found.repeated)?;
                same(&expected.dictionary, &found.dictionary)
            }
            (Ok(expected), Ok(found)) => same(&expected, &found),
            (Err(expected), Err(ReadError::IdReused(found))) => same(&expected, &found),
            (expected, found) => Err(differ(expected, found)),
        }
    }

    async fn read_feed(&self, tenant: Tenant, read: ReadFeed) -> Result<(), Answers> {
        let after = read.after.map_or(Position::START, |after| after.position);
        let expected = self.model.feed(&self.id(tenant), after, &read.filter);
        match self.store(tenant).log.read_feed(&read).await {
            Ok(page) => {
                same(&self.model.dictionary(&self.id(tenant)).size(), &page.dictionary)?;
                check_page(&expected, self.model.end(), &read, &page)
            }
            Err(error) => Err(differ(expected, error)),
        }
    }

    async fn save(&mut self, tenant: Tenant, name: &str, at: usize) -> Result<(), Answers> {
        let id = self.id(tenant);
        let checkpoint = self.model.checkpoint_after(at);
        let expected = self.model.save(&id, name, checkpoint);
        match (
            expected,
            self.store(tenant).checkpoints.save(name, checkpoint).await,
        ) {
            (Ok(()), Ok(())) => Ok(()),
            (Err(expected), Err(CheckpointError::Refused(found))) => same(&expected, &found),
            (expected, found) => Err(differ(expected, found)),
        }
    }
}

fn without_place_and_time(events: &[Arc<RecordedEvent>]) -> Vec<RecordedEvent> {
    let without = |event: &Arc<RecordedEvent>| RecordedEvent {
        position: Position::START,
        recorded_at: Timestamp::UNIX_EPOCH,
        ..(**event).clone()
    };
    events.iter().map(without).collect()
}
