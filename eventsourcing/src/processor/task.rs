//! The task of a processor.

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{oneshot, watch};
use tokio::time::{sleep, timeout};

use super::lanes::deal;
use super::status::{Course, FailingBatch, ProcessorState};
use super::{Batch, Process};
use crate::bus::Bus;
use crate::bus::ahead::{Ahead, Bounds, read_ahead};
use crate::caught::caught;
use crate::environment::Spawn;
use crate::known::TypeCheck;
use crate::lease::Leasehold;
use crate::pause::doubled;
use crate::store::rows::{Place, ProjectionName};
use crate::store::{Checkpoint, DictionarySize, FeedError, FeedFilter, FeedPage, TenantStore};
use crate::told::{chain, panic_message};
use crate::{Position, RecordedEvent};

/// What is passed over without an event may be this much: it is looked through again after a restart.
const PASSED_OVER: u64 = 10_000;

/// How events are taken.
#[derive(Debug)]
pub(super) struct Settings {
    pub(super) filter: FeedFilter,
    pub(super) ahead: Bounds,
    pub(super) parallel: NonZeroUsize,
    pub(super) pauses: (Duration, Duration),
    pub(super) attempts: u32,
}

impl Default for Settings {
    fn default() -> Self {
        const BATCH: NonZeroUsize = NonZeroUsize::new(256).unwrap();
        const TWO: NonZeroUsize = NonZeroUsize::new(2).unwrap();
        Self {
            filter: FeedFilter::ALL,
            ahead: Bounds {
                events: BATCH,
                bytes: 1024 * 1024,
                batches: TWO,
            },
            parallel: NonZeroUsize::MIN,
            pauses: (Duration::from_millis(50), Duration::from_mins(1)),
            attempts: 3,
        }
    }
}

pub(super) struct Task<P> {
    pub(super) name: ProjectionName,
    pub(super) reader: Arc<str>,
    pub(super) tenant: TenantStore,
    pub(super) bus: Bus,
    pub(super) spawn: Arc<dyn Spawn>,
    pub(super) settings: Settings,
    /// Sees to it that nothing is passed over because its type was renamed.
    pub(super) types: TypeCheck,
    pub(super) process: Arc<P>,
    /// Where to begin if there is no progress.
    pub(super) begin: Option<Checkpoint>,
    /// Where to go on.
    pub(super) place: Option<Checkpoint>,
    /// Where it would go on after a restart.
    pub(super) saved: Place,
    pub(super) course: Arc<watch::Sender<Course>>,
    pub(super) lease: Leasehold,
    pub(super) stop: watch::Receiver<bool>,
}

/// Why the task does something else.
pub(super) enum Turn {
    /// It is not to take any more: another process is, or is about to.
    StandBy,
    /// It is to go on from where its progress is saved: somebody else has moved that, or it is this one's turn now.
    Elsewhere,
    /// Everything is to stop.
    Stop,
    /// There is no use in going on: a person has to look.
    GiveUp(String),
}

impl<P: Process> Task<P> {
    /// Takes events until it is to stop, or there is no use in going on.
    pub(super) async fn run(mut self) {
        let error = loop {
            match self.go_on().await {
                Turn::StandBy => self.lease.leave().await,
                Turn::Elsewhere => {}
                Turn::Stop => break None,
                Turn::GiveUp(reason) => {
                    let (processor, tenant) = (&self.name, &self.tenant.tenant);
                    tracing::error!(%processor, %tenant, reason, "the processor cannot go on");
                    break Some(reason);
                }
            }
        };
        // Who starts it again once it has stopped asks for the lease after this.
        self.lease.resign().await;
        self.course.send_modify(|course| {
            course.state = ProcessorState::Stopped;
            course.error = error;
        });
    }

    /// Takes events, if that is its part.
    async fn go_on(&mut self) -> Turn {
        if !self.lease.take_up() {
            return self.stand_by().await;
        }
        match self.take_stock().await {
            Ok(()) => self.follow().await,
            Err(turn) => turn,
        }
    }

    /// Reads and works at the same time.
    async fn follow(&mut self) -> Turn {
        let subscription = self
            .bus
            .subscribe(&self.tenant.tenant, self.place, self.settings.filter.clone())
            .with_max_bytes(self.settings.ahead.bytes);
        let (first, longest) = self.settings.pauses;
        let pause_after = move |failures| doubled(first, longest, failures);
        let (ahead, reader) = read_ahead(subscription, self.settings.ahead, pause_after);
        tokio::select! {
            biased;
            turn = self.work_off(ahead) => turn,
            never = reader.run() => match never {},
        }
    }

    async fn work_off(&mut self, mut ahead: Ahead) -> Turn {
        let then = loop {
            let batch = tokio::select! {
                biased;
                () = stopped(&self.stop) => break Turn::Stop,
                () = self.lease.is_to_end() => break Turn::StandBy,
                batch = ahead.next() => batch,
            };
            let turn = match batch {
                Ok(batch) => self.take(&batch).await,
                Err(error) => cannot_read(&error),
            };
            if let Err(turn) = turn {
                return turn;
            }
        };
        if self.passed_over() > 0 {
            // Without it, what was passed over is looked through again.
            let _ = timeout(Duration::from_secs(1), self.save()).await;
        }
        then
    }

    async fn take(&mut self, batch: &FeedPage) -> Result<(), Turn> {
        self.course.send_modify(|course| {
            course.head = batch.head.max(batch.scanned_to.position);
            course.working_on = batch.events.first().map(|event| event.recorded_at);
        });
        self.check_types(batch.dictionary).await?;
        let has_events = !batch.events.is_empty();
        if has_events {
            if !self.lease.is_held() {
                return Err(Turn::StandBy);
            }
            self.process_all(&batch.events, batch.scanned_to).await?;
        }
        self.place = Some(batch.scanned_to);
        if has_events || self.passed_over() >= PASSED_OVER {
            self.save().await?;
        }
        self.course
            .send_modify(|course| course.come_to(batch.scanned_to.position));
        Ok(())
    }

    /// Checks that everything is known that the dictionary of this size holds, and that may concern the processor.
    pub(super) async fn check_types(&self, size: DictionarySize) -> Result<(), Turn> {
        let mut failures = 0;
        while let Err(error) = self.types.check(&*self.tenant.log, size).await {
            if !error.class().may_pass() {
                return Err(Turn::GiveUp(chain(&error)));
            }
            failures += 1;
            self.pause(failures).await?;
        }
        Ok(())
    }

    /// Deals a batch out, and waits for all of it.
    async fn process_all(&self, events: &[Arc<RecordedEvent>], of: Checkpoint) -> Result<(), Turn> {
        let mut lanes = deal(events, self.settings.parallel);
        let mut attempts = 0;
        loop {
            attempts += 1;
            let failure;
            (lanes, failure) = self.attempt(lanes, attempts, of).await;
            let Some(reason) = failure else { return Ok(()) };
            self.has_failed(&lanes, reason, attempts);
            tokio::select! {
                biased;
                () = self.lease.is_to_end() => return Err(Turn::StandBy),
                paused = self.pause(attempts) => paused?,
            }
        }
    }

    /// Returns the lanes that have to be tried again, and why.
    async fn attempt(
        &self,
        lanes: Vec<Vec<Arc<RecordedEvent>>>,
        attempt: u32,
        of: Checkpoint,
    ) -> (Vec<Vec<Arc<RecordedEvent>>>, Option<String>) {
        let batch = |events: &Vec<Arc<RecordedEvent>>| Batch {
            processor: self.name.clone(),
            epoch: of.store.epoch,
            events: events.clone(),
            attempt,
        };
        let only = lanes.len() == 1;
        let mut under_way = Vec::with_capacity(lanes.len());
        for events in lanes {
            let process = Arc::clone(&self.process);
            let batch = batch(&events);
            let (done, outcome) = oneshot::channel();
            let task = async move {
                // Whoever waits for it is gone if this fails.
                let _ = done.send(process_one(&*process, batch).await);
            };
            if only {
                task.await;
            } else {
                self.spawn.spawn(Box::pin(task));
            }
            under_way.push((events, outcome));
        }
        let mut failed = Vec::new();
        let mut reason = None;
        for (events, outcome) in under_way {
            let outcome = outcome.await;
            if let Err(why) = outcome.unwrap_or_else(|_| Err("its task was dropped".to_owned())) {
                failed.push(events);
                reason.get_or_insert(why);
            }
        }
        (failed, reason)
    }

    fn has_failed(&self, lanes: &[Vec<Arc<RecordedEvent>>], reason: String, attempts: u32) {
        let positions = || lanes.iter().flatten().map(|event| event.position);
        let first = positions().min().unwrap_or(Position::START);
        let last = positions().max().unwrap_or(Position::START);
        let is_final = attempts >= self.settings.attempts;
        let (processor, tenant) = (&self.name, &self.tenant.tenant);
        if is_final {
            tracing::error!(%processor, %tenant, %first, %last, attempts, reason, "a batch cannot be processed");
        } else {
            tracing::warn!(%processor, %tenant, %first, %last, attempts, reason, "a batch is tried again");
        }
        self.course.send_modify(|course| {
            if is_final {
                course.state = ProcessorState::Failed;
            }
            course.error = Some(reason.clone());
            course.failing = Some(FailingBatch {
                first,
                last,
                reason,
                attempts,
            });
        });
    }

    pub(super) async fn pause(&self, failures: u32) -> Result<(), Turn> {
        tokio::select! {
            () = sleep(doubled(self.settings.pauses.0, self.settings.pauses.1, failures)) => Ok(()),
            () = stopped(&self.stop) => Err(Turn::Stop),
        }
    }
}

/// The log is tried again, if it may be better then.
fn cannot_read(error: &FeedError) -> Result<(), Turn> {
    let reason = chain(error);
    if !error.class().may_pass() {
        return Err(Turn::GiveUp(reason));
    }
    tracing::debug!(reason, "the log cannot be read now");
    Ok(())
}

/// Says why it has failed, if it has. A panic is a failure like any other.
async fn process_one(process: &impl Process, batch: Batch) -> Result<(), String> {
    match caught(process.process(batch)).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(error)) => Err(chain(&*error)),
        Err(panic) => Err(format!("it has panicked: {}", panic_message(&*panic))),
    }
}

/// Returns when everything is to stop.
pub(super) async fn stopped(stop: &watch::Receiver<bool>) {
    // An error says that whoever could say so is gone.
    let _ = stop.clone().wait_for(|stop| *stop).await;
}
