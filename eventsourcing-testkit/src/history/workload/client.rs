use std::collections::HashMap;
use std::pin::pin;
use std::sync::Arc;

use eventsourcing_core::store::{
    Append, AppendError, Appended, CommandKey, Condition, ErrorClass, EventLog, ReadStream, ReadStreams,
    Settled,
};
use eventsourcing_core::{StreamId, TypeFilter, Version};
use fastrand::Rng;
use futures_util::future::{Either, select};

use super::WorkloadError;
use super::plan::{Plan, Scene, one_in};
use crate::history::patience::{Patience, pause};

/// Issues one random command after the other.
#[derive(Debug)]
pub(super) struct Client {
    log: Arc<dyn EventLog>,
    scene: Arc<Scene>,
    rng: Rng,
    /// What it has come to know of each stream: mostly, it only reads what came after.
    heads: HashMap<StreamId, Version>,
}

/// What becomes of an attempt.
enum Attempt {
    /// The command is done with.
    Over,
    /// It has to be decided anew.
    Again,
}

impl Client {
    pub(super) fn new(log: Arc<dyn EventLog>, scene: Arc<Scene>, rng: Rng) -> Self {
        Self {
            log,
            scene,
            rng,
            heads: HashMap::new(),
        }
    }

    pub(super) async fn run(mut self, commands: usize, attempts: usize) -> Result<(), WorkloadError> {
        for _ in 0..commands {
            let mut plan = Plan::random(&mut self.rng, &self.scene);
            self.execute(&plan, attempts).await?;
            if plan.is_sent_twice {
                plan.decide_anew(&mut self.rng);
                self.execute(&plan, attempts).await?;
            }
        }
        Ok(())
    }

    async fn execute(&mut self, plan: &Plan, attempts: usize) -> Result<(), WorkloadError> {
        for _ in 0..attempts {
            match self.attempt(plan).await? {
                Attempt::Over => break,
                Attempt::Again => self.dawdle().await,
            }
        }
        Ok(())
    }

    /// Reads, takes its time, and appends on condition that nothing has changed.
    async fn attempt(&mut self, plan: &Plan) -> Result<Attempt, WorkloadError> {
        // Now and then the streams are read in two goes, which need not fit together: the conditions will tell.
        let is_split = one_in(&mut self.rng, 4);
        let middle = if is_split { plan.reads.len() / 2 } else { 0 };
        let (first, second) = plan.reads.split_at(middle);
        // Who does not look for the command id beforehand is told by the append.
        let command = plan.command.filter(|_| self.rng.bool());
        let mut conditions = Vec::new();
        for part in [first, second].into_iter().filter(|part| !part.is_empty()) {
            match self.read(part, command).await? {
                Some(seen) => conditions.extend(seen),
                None => return Ok(Attempt::Over),
            }
            self.dawdle().await;
        }
        let append = Append {
            conditions,
            events: plan.events.clone(),
            command: plan.command,
            progress: None,
        };
        self.send(Arc::new(append)).await
    }

    /// What is to be as it is read now; `None` if the command has run already.
    async fn read(
        &mut self,
        wanted: &[(StreamId, TypeFilter)],
        command: Option<CommandKey>,
    ) -> Result<Option<Vec<Condition>>, WorkloadError> {
        let from_the_start = one_in(&mut self.rng, 8);
        let known = |stream| self.heads.get(stream).filter(|_| !from_the_start).copied();
        let streams = wanted.iter().map(|(stream, types)| ReadStream {
            after: known(stream).unwrap_or(Version::ABSENT),
            types: types.clone(),
            ..ReadStream::whole(stream.clone())
        });
        let read = ReadStreams {
            streams: streams.collect(),
            command,
        };
        let mut patience = Patience::new();
        let answer = loop {
            match self.log.read_streams(&read).await {
                Ok(answer) => break answer,
                Err(error) => patience
                    .after(error.class(), error)
                    .await
                    .map_err(WorkloadError::new)?,
            }
        };
        if answer.repeated.is_some() {
            return Ok(None);
        }
        let seen = read
            .streams
            .into_iter()
            .zip(&answer.slices)
            .map(|(read, slice)| Condition {
                stream: read.stream,
                seen: slice.head,
                types: read.types,
            });
        let seen: Vec<_> = seen.collect();
        for condition in &seen {
            self.heads.insert(condition.stream.clone(), condition.seen);
        }
        Ok(Some(seen))
    }

    async fn send(&mut self, append: Arc<Append>) -> Result<Attempt, WorkloadError> {
        match self.append(&append).await {
            None => self.settle(append).await,
            Some(Ok(_)) => Ok(Attempt::Over),
            Some(Err(error)) => match error.class() {
                ErrorClass::Conflict | ErrorClass::Retry | ErrorClass::Overloaded => Ok(Attempt::Again),
                // An append with a command id may simply be sent again.
                ErrorClass::UnknownOutcome if append.command.is_some() && self.rng.bool() => {
                    Ok(Attempt::Again)
                }
                ErrorClass::UnknownOutcome => self.settle(append).await,
                _ => Err(WorkloadError::new(error)),
            },
        }
    }

    /// The answer, unless the client drops the future before there is one, which it does now and then.
    async fn append(&mut self, append: &Arc<Append>) -> Option<Result<Appended, AppendError>> {
        let sending = self.log.append(Arc::clone(append));
        if !one_in(&mut self.rng, 32) {
            return Some(sending.await);
        }
        let losing_patience = pin!(pause(self.rng.u32(..4)));
        match select(sending, losing_patience).await {
            Either::Left((answer, _)) => Some(answer),
            Either::Right(_) => None,
        }
    }

    async fn settle(&self, append: Arc<Append>) -> Result<Attempt, WorkloadError> {
        let mut patience = Patience::new();
        loop {
            match self.log.settle(Arc::clone(&append)).await {
                Ok(Settled::Present(_)) => return Ok(Attempt::Over),
                Ok(Settled::Absent) => return Ok(Attempt::Again),
                Err(error) => patience
                    .after(error.class(), error)
                    .await
                    .map_err(WorkloadError::new)?,
            }
        }
    }

    /// Lets others get ahead.
    async fn dawdle(&mut self) {
        pause(self.rng.u32(..4)).await;
    }
}
