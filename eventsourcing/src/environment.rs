//! What the runtime takes from outside: time, ids, and tasks. Tests put their own in their place.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;

use uuid::Uuid;

use crate::{Clock, SystemClock};

/// Where new ids come from.
pub trait IdSource: fmt::Debug + Send + Sync + 'static {
    /// An id that was never returned before.
    fn new_id(&self) -> Uuid;
}

/// Random ids that sort by the time they were made: `UUIDv7`.
#[derive(Clone, Copy, Debug, Default)]
pub struct RandomIds;

impl IdSource for RandomIds {
    fn new_id(&self) -> Uuid {
        Uuid::now_v7()
    }
}

/// Where tasks run that must go on when nobody waits for them.
pub trait Spawn: fmt::Debug + Send + Sync + 'static {
    /// Runs a task to its end.
    fn spawn(&self, task: Pin<Box<dyn Future<Output = ()> + Send>>);
}

/// Tasks run on the tokio runtime that they are spawned from.
#[derive(Clone, Copy, Debug, Default)]
pub struct TokioSpawn;

impl Spawn for TokioSpawn {
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the spawning that everything else is given"
    )]
    fn spawn(&self, task: Pin<Box<dyn Future<Output = ()> + Send>>) {
        drop(tokio::spawn(task));
    }
}

/// What an executor takes from outside.
#[derive(Clone, Debug)]
pub struct Environment {
    /// The time of day.
    pub clock: Arc<dyn Clock>,
    /// New ids.
    pub ids: Arc<dyn IdSource>,
    /// Detached tasks.
    pub spawn: Arc<dyn Spawn>,
}

impl Default for Environment {
    /// The clock of the machine, random ids, tasks on tokio.
    fn default() -> Self {
        Self {
            clock: Arc::new(SystemClock),
            ids: Arc::new(RandomIds),
            spawn: Arc::new(TokioSpawn),
        }
    }
}
