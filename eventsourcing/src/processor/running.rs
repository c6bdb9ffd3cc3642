use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

use super::LeasePolicy;
use super::keeping::Keeping;
use super::status::{Course, ProcessorState, ProcessorStatus};
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
    clock: Arc<dyn Clock>,
    course: Arc<watch::Sender<Course>>,
    stop: watch::Sender<bool>,
}

impl Processor {
    pub(super) fn new(
        name: ProjectionName,
        tenant: TenantId,
        clock: Arc<dyn Clock>,
        course: Arc<watch::Sender<Course>>,
        stop: watch::Sender<bool>,
    ) -> Self {
        Self {
            inner: Arc::new(Inner {
                name,
                tenant,
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
    /// If a batch before it has failed too often, or the processor does not run any more.
    pub async fn wait_for(&self, position: Position) -> Result<(), WaitForProcessorError> {
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
        let reason = course.failing.map(|failing| failing.reason).or(course.error);
        Err(WaitForProcessorError { name, reason })
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
    running: Mutex<Vec<Processor>>,
    leases: LeasePolicy,
    /// What the service knows of the events in the log.
    known: Arc<Known>,
    /// None before the first of them has started.
    keeping: Mutex<Option<Arc<Keeping>>>,
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

    /// Remembers one, unless it runs already. Says whether it does not.
    pub(super) fn add(&self, processor: &Processor) -> bool {
        let mut running = self.running();
        if running
            .iter()
            .any(|other| other.is(processor) && !other.has_stopped())
        {
            return false;
        }
        running.retain(|other| !other.is(processor));
        running.push(processor.clone());
        true
    }

    pub(super) fn known(&self) -> &Known {
        &self.registry.known
    }

    /// What keeps their leases.
    pub(super) fn keeping(&self, environment: &Environment) -> Arc<Keeping> {
        let keeping = &self.registry.keeping;
        let mut keeping = keeping.lock().unwrap_or_else(PoisonError::into_inner);
        let begin = || Arc::new(Keeping::begin(environment, self.registry.leases.clone()));
        Arc::clone(keeping.get_or_insert_with(begin))
    }

    /// What each has come to.
    pub(crate) fn status(&self) -> Vec<ProcessorStatus> {
        self.all().iter().map(Processor::status).collect()
    }

    /// Stops them all, and gives their leases back.
    pub(crate) async fn stop(&self) {
        let all = self.all();
        for processor in &all {
            processor.inner.stop.send_replace(true);
        }
        for processor in &all {
            processor.stop().await;
        }
        let keeping = &self.registry.keeping;
        let keeping = keeping.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(keeping) = keeping {
            keeping.end().await;
        }
    }

    fn all(&self) -> Vec<Processor> {
        self.running().clone()
    }

    fn running(&self) -> MutexGuard<'_, Vec<Processor>> {
        let running = &self.registry.running;
        running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A processor does not come to a position: a batch before it has failed too often, or it does not run any more.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the processor `{name}` does not come to the position{}", reason.as_ref().map(|reason| format!(": {reason}")).unwrap_or_default())]
pub struct WaitForProcessorError {
    /// Its name.
    pub name: ProjectionName,
    /// Why, unless it was stopped.
    pub reason: Option<String>,
}
