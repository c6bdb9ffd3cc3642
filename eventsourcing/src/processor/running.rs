use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

use super::keeping::Keeping;
use super::status::{Course, FailingBatch, ProcessorState, ProcessorStatus};
use super::{LeasePolicy, StartProcessorError};
use crate::bus::Bus;
use crate::environment::Environment;
use crate::known::Known;
use crate::store::rows::ProjectionName;
use crate::{Clock, Position, TenantId};

/// A [processor](super) that runs.
///
/// A handle: clones are the same.
#[derive(Clone)]
pub struct Processor {
    inner: Arc<Inner>,
}

struct Inner {
    name: ProjectionName,
    tenant: TenantId,
    bus: Bus,
    clock: Arc<dyn Clock>,
    course: Arc<watch::Sender<Course>>,
    stop: watch::Sender<bool>,
}

impl Processor {
    pub(super) fn new(
        name: ProjectionName,
        tenant: TenantId,
        bus: Bus,
        clock: Arc<dyn Clock>,
        course: Arc<watch::Sender<Course>>,
        stop: watch::Sender<bool>,
    ) -> Self {
        Self {
            inner: Arc::new(Inner {
                name,
                tenant,
                bus,
                clock,
                course,
                stop,
            }),
        }
    }

    /// What it has come to.
    pub fn status(&self) -> ProcessorStatus {
        let course = self.inner.course.borrow().clone();
        let now = self.inner.clock.now();
        ProcessorStatus {
            processor: self.inner.name.to_string(),
            tenant: self.inner.tenant.clone(),
            position: course.position,
            lag_events: course.head.get().saturating_sub(course.position.get()),
            lag_seconds: course.working_on.map_or(0, |stored| now.since(stored).as_secs()),
            state: course.state,
            held_by: course.held_by_another(),
            failing: course.failing,
            error: course.error,
        }
    }

    /// Waits until everything up to a position was dealt with, by whichever process.
    ///
    /// # Errors
    /// If a batch before it has failed too often, or the processor does not run any more; or if the log does not go so far: nobody
    /// waits for what has not happened.
    pub async fn wait_for(&self, position: Position) -> Result<(), WaitForProcessorError> {
        tokio::select! {
            biased;
            come = self.has_come_to(position) => come,
            Err(beyond) = self.is_in_log(position) => Err(beyond),
        }
    }

    async fn has_come_to(&self, position: Position) -> Result<(), WaitForProcessorError> {
        let over = |course: &Course| {
            course.position >= position
                || matches!(course.state, ProcessorState::Failed | ProcessorState::Stopped)
        };
        let mut course = self.inner.course.subscribe();
        // The sender is in `self`.
        let _ = course.wait_for(over).await;
        let course = self.inner.course.borrow().clone();
        if course.position >= position {
            return Ok(());
        }
        let name = self.inner.name.clone();
        Err(match course.failing {
            Some(failing) if course.state == ProcessorState::Failed => WaitForProcessorError::Failed {
                name,
                failing: Box::new(failing),
            },
            _ => WaitForProcessorError::Stopped {
                name,
                reason: course.error,
            },
        })
    }

    /// Refuses a position that the log has not come to.
    async fn is_in_log(&self, position: Position) -> Result<(), WaitForProcessorError> {
        if position <= self.inner.course.borrow().head {
            return Ok(());
        }
        // More may have been appended since this one has heard of the log.
        match self.inner.bus.end_before(&self.inner.tenant, position).await {
            Some(end) => Err(WaitForProcessorError::BeyondEnd { position, end }),
            None => Ok(()),
        }
    }

    /// Lets no further batch begin, waits for those under way, and saves how far it has come.
    pub async fn stop(&self) {
        self.inner.stop.send_replace(true);
        let mut course = self.inner.course.subscribe();
        // The sender is in `self`.
        let _ = course
            .wait_for(|course| course.state == ProcessorState::Stopped)
            .await;
    }

    fn is(&self, other: &Self) -> bool {
        self.inner.name == other.inner.name && self.inner.tenant == other.inner.tenant
    }

    fn has_stopped(&self) -> bool {
        self.inner.course.borrow().state == ProcessorState::Stopped
    }
}

impl fmt::Debug for Processor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.status().fmt(f)
    }
}

/// The processors of a service.
#[derive(Clone, Debug, Default)]
pub(crate) struct Processors {
    registry: Arc<Registry>,
}

#[derive(Debug, Default)]
struct Registry {
    leases: LeasePolicy,
    /// What the service knows of the events in the log.
    known: Arc<Known>,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    running: Vec<Processor>,
    /// What keeps their leases; none before the first of them has started.
    keeping: Option<Arc<Keeping>>,
    /// Whether they are to stop for good, so that none may start any more.
    is_closed: bool,
}

impl Processors {
    /// None yet; they are going to be shared with other processes like this.
    pub(crate) fn sharing(leases: LeasePolicy, known: Arc<Known>) -> Self {
        Self {
            registry: Arc::new(Registry {
                leases,
                known,
                ..Registry::default()
            }),
        }
    }

    /// What the service knows of the events in the log.
    pub(super) fn known(&self) -> &Known {
        &self.registry.known
    }

    /// Remembers one, which is to start at once. Returns what keeps its lease.
    pub(super) fn add(
        &self,
        processor: &Processor,
        environment: &Environment,
    ) -> Result<Arc<Keeping>, StartProcessorError> {
        let mut state = self.state();
        if state.is_closed {
            return Err(StartProcessorError::ShuttingDown);
        }
        let mut same = state.running.iter().filter(|other| other.is(processor));
        if same.any(|other| !other.has_stopped()) {
            let name = processor.inner.name.clone();
            return Err(StartProcessorError::Running { name });
        }
        state.running.retain(|other| !other.is(processor));
        state.running.push(processor.clone());
        let begin = || Arc::new(Keeping::begin(environment, self.registry.leases.clone()));
        Ok(Arc::clone(state.keeping.get_or_insert_with(begin)))
    }

    /// What each has come to.
    pub(crate) fn status(&self) -> Vec<ProcessorStatus> {
        let all = self.state().running.clone();
        all.iter().map(Processor::status).collect()
    }

    /// Stops them all, lets no other start, and gives their leases back. It can be called again, to wait longer.
    pub(crate) async fn stop(&self) {
        let (all, keeping) = self.close();
        for processor in &all {
            processor.inner.stop.send_replace(true);
        }
        for processor in &all {
            processor.stop().await;
        }
        if let Some(keeping) = keeping {
            keeping.end().await;
        }
    }

    /// Those that run are all that there will be.
    fn close(&self) -> (Vec<Processor>, Option<Arc<Keeping>>) {
        let mut state = self.state();
        state.is_closed = true;
        (state.running.clone(), state.keeping.clone())
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.registry.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Why it cannot be told that a processor has come to a position.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WaitForProcessorError {
    /// The log does not go so far: the position is one of another store, or from before the store was restored, or made up.
    #[error("there is no position {position}: the log ends at {end}")]
    BeyondEnd {
        /// The position.
        position: Position,
        /// Where the log ends.
        end: Position,
    },
    /// A batch before the position has failed too often.
    #[error("the processor `{name}` does not come to the position: {}", failing.reason)]
    Failed {
        /// Its name.
        name: ProjectionName,
        /// The batch.
        failing: Box<FailingBatch>,
    },
    /// It does not run any more.
    #[error("the processor `{name}` does not run any more{}", reason.as_ref().map(|reason| format!(": {reason}")).unwrap_or_default())]
    Stopped {
        /// Its name.
        name: ProjectionName,
        /// Why, unless it was stopped.
        reason: Option<String>,
    },
}
