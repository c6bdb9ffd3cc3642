use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, timeout_at};
use tracing::Instrument as _;

use super::gate::{Gate, Inside};
use super::machine::{Machine, Setup, Snapshots};
use super::placement::{Here, Placement, StoreNumber};
use super::policy::LONGEST_DEADLINE;
use super::queue::Queues;
use super::request::Envelope;
use super::shell::Shell;
use super::stores::Stores;
use super::{Execute, ExecuteError, Executed, ExecutorBuilder, InvalidCommand, RetryPolicy};
use crate::command::{CommandLogic, Decide, Decider, Deciding, Decision, Prepare, Resources};
use crate::environment::Environment;
use crate::observe;
use crate::snapshot::{SnapshotCounts, Snapshotting};
use crate::store::{CommandKey, ErrorClass, EventStore, Fingerprint, Progress};
use crate::stream::{StreamKey, the_category_of};
use crate::wire::{CommandHandler, InvalidPayload, Received, Rejection, WireCommand};
use crate::{CommandId, StreamVersion};

/// Executes commands: loads the streams they depend on, lets them decide, and appends what they decided, all or nothing.
///
/// A handle: clones share queues and caches. One process needs one executor for a store, and it may have several stores.
#[derive(Clone, Debug)]
pub struct Executor {
    inner: Arc<Inner>,
}

#[derive(Debug)]
pub(super) struct Inner {
    pub(super) stores: Stores,
    pub(super) environment: Environment,
    pub(super) policy: RetryPolicy,
    pub(super) max_streams: usize,
    pub(super) resources: Resources,
    pub(super) queues: Queues,
    pub(super) gate: Arc<Gate>,
    pub(super) snapshots: Arc<Snapshotting>,
}

impl Executor {
    /// An executor on a store, with everything else as by default.
    pub fn new(store: impl EventStore) -> Self {
        Self::builder(store).build()
    }

    /// An executor on a store, to be told more.
    pub fn builder(store: impl EventStore) -> ExecutorBuilder {
        ExecutorBuilder::new(Arc::new(store))
    }

    pub(super) fn from_inner(inner: Inner) -> Self {
        Self {
            inner: Arc::new(inner),
        }
    }

    /// Executes a command when the result is awaited.
    pub fn execute<C: CommandLogic>(&self, command: C) -> Execute<C> {
        Execute::new(self.clone(), command, self.inner.policy.deadline)
    }

    /// The store that it was made with.
    pub fn store(&self) -> &Arc<dyn EventStore> {
        &self.inner.stores.main().store
    }

    /// The store that the streams of a key are in.
    pub fn store_of<K: StreamKey>(&self) -> &Arc<dyn EventStore> {
        &self.inner.stores.of(const { the_category_of::<K>() }).store
    }

    /// All its stores, in the order of their numbers.
    pub(crate) fn stores(&self) -> impl Iterator<Item = &Arc<dyn EventStore>> {
        self.inner.stores.all().map(|place| &place.store)
    }

    /// What it takes from outside.
    pub(crate) fn environment(&self) -> &Environment {
        &self.inner.environment
    }

    /// Which streams are in which of its stores.
    pub(crate) fn placement(&self) -> &Arc<Placement> {
        &self.inner.stores.placement
    }

    /// What has become of [snapshots](crate::snapshot) since it was made.
    pub fn snapshot_counts(&self) -> SnapshotCounts {
        self.inner.snapshots.counts()
    }

    /// Takes no command any more; those that are under way go on. Snapshots that are waiting to be written are dropped.
    pub(crate) fn close(&self) {
        self.inner.gate.close();
        self.inner.snapshots.close();
    }

    /// Whether it takes no command any more.
    pub(crate) fn is_closed(&self) -> bool {
        self.inner.gate.is_closed()
    }

    /// Waits until it takes no command any more.
    pub(crate) async fn closed(&self) {
        self.inner.gate.closed().await;
    }

    /// Waits until no command is under way.
    pub(crate) async fn drained(&self) {
        self.inner.gate.emptied().await;
    }

    /// How many commands are under way.
    pub(crate) fn commands_under_way(&self) -> usize {
        self.inner.gate.inside()
    }

    pub(super) async fn run<C: CommandLogic>(
        request: Execute<C>,
    ) -> Result<Executed, ExecuteError<C::Error>> {
        yield_now_and_then().await;
        let Execute {
            executor,
            mut command,
            key,
            envelope,
        } = request;
        let key = key.transpose().map_err(InvalidCommand::Unserializable)?;
        let inner = &*executor.inner;
        let course = Course::enter(inner, key.map(|key| key.id), envelope)?;
        let span = course.span(C::NAME);
        let executed = async {
            let prepare = course.prepare();
            let prepared = course.in_time(command.prepare(&prepare)).await?;
            let cx = Decide::new(
                Arc::clone(&course.decision),
                course.decision.metadata.to_bytes(),
                Arc::clone(&inner.environment.ids),
            );
            let decider = Deciding::new(command, cx);
            let (store, here) = course.find(&decider)?;
            course.finish(store, here, prepared, decider, key).await
        }
        .instrument(span)
        .await;
        let end = executed.as_ref().map(Executed::attempts);
        observe::command(C::NAME, end.map_err(|error| (error.class(), error.attempts())));
        executed
    }

    /// Executes a command that has arrived as bytes.
    pub(crate) async fn execute_open(
        &self,
        handler: &dyn CommandHandler,
        received: WireCommand,
        internal: Internal,
    ) -> Result<Executed, OpenError> {
        yield_now_and_then().await;
        let inner = &*self.inner;
        let WireCommand {
            id,
            target,
            payload,
            metadata,
            ..
        } = received;
        let expected = metadata.expected_version.zip(target.clone());
        let deadline = metadata.deadline.unwrap_or(Duration::MAX);
        let envelope = Envelope {
            tenant: metadata.tenant,
            correlation_id: metadata.correlation_id,
            causation_id: metadata.causation_id,
            actor: metadata.actor,
            trace: metadata.trace,
            extra: metadata.extra,
            deadline: deadline.min(inner.policy.deadline),
            expected: expected.map(|(version, stream)| StreamVersion { stream, version }),
            progress: internal.progress,
        };
        let course = Course::enter(inner, id, envelope)?;
        let span = course.span(handler.name());
        let executed = async {
            let mut open = handler.open(Received {
                target: target.as_ref(),
                payload: &payload,
                decision: Arc::clone(&course.decision),
                metadata: course.decision.metadata.to_bytes(),
                ids: Arc::clone(&inner.environment.ids),
            })?;
            let key = match id {
                Some(id) => Some(CommandKey {
                    id,
                    fingerprint: match internal.fingerprint {
                        Some(fingerprint) => fingerprint,
                        None => open.fingerprint().map_err(InvalidCommand::Unserializable)?,
                    },
                }),
                None => None,
            };
            let prepare = course.prepare();
            let prepared = course.in_time(open.prepare(&prepare)).await?;
            let (store, here) = course.find(&open)?;
            let executed = course.finish(store, here, prepared, open, key).await;
            executed.map_err(|error| match error {
                ExecuteError::Rejected(rejection) => OpenError::Rejected { rejection, store },
                error => error.into(),
            })
        }
        .instrument(span)
        .await;
        let end = executed.as_ref().map(Executed::attempts);
        observe::command(handler.name().to_owned(), end.map_err(OpenError::end));
        executed
    }
}

/// A store in memory never waits for anything, and whoever executes command after command would starve all others.
async fn yield_now_and_then() {
    tokio::task::coop::consume_budget().await;
}

/// What only the service itself says of a command.
#[derive(Debug, Default)]
pub(crate) struct Internal {
    /// What tells it from another command under its id, if not its payload as the program reads it now.
    pub(crate) fingerprint: Option<Fingerprint>,
    /// The reader that is moved if the command takes effect.
    pub(crate) progress: Option<Progress>,
}

/// Why a command that has arrived as bytes did not succeed.
#[derive(Debug)]
pub(crate) enum OpenError {
    Invalid(InvalidPayload),
    Rejected {
        rejection: Rejection,
        /// Where it was decided.
        store: StoreNumber,
    },
    Execute(ExecuteError<Rejection>),
}

impl OpenError {
    /// How the caller is to react, and how often the command was tried, if that is known.
    fn end(&self) -> (ErrorClass, Option<u32>) {
        match self {
            Self::Invalid(_) | Self::Rejected { .. } => (ErrorClass::Rejected, None),
            Self::Execute(error) => (error.class(), error.attempts()),
        }
    }
}

impl From<InvalidPayload> for OpenError {
    fn from(invalid: InvalidPayload) -> Self {
        Self::Invalid(invalid)
    }
}

impl<E: Into<ExecuteError<Rejection>>> From<E> for OpenError {
    fn from(error: E) -> Self {
        Self::Execute(error.into())
    }
}

/// The course of one command through an executor, from its arrival on.
struct Course<'a> {
    inner: &'a Inner,
    decision: Arc<Decision>,
    deadline: Instant,
    expected: Option<StreamVersion>,
    progress: Option<Progress>,
    _inside: Inside,
}

impl<'a> Course<'a> {
    fn enter<E>(
        inner: &'a Inner,
        id: Option<CommandId>,
        mut envelope: Envelope,
    ) -> Result<Self, ExecuteError<E>> {
        let inside = inner.gate.enter().ok_or(ExecuteError::ShuttingDown)?;
        let id = id.unwrap_or_else(|| CommandId::new(inner.environment.ids.new_id()));
        let metadata = envelope.take_metadata(id);
        Ok(Self {
            inner,
            decision: Arc::new(Decision {
                now: inner.environment.clock.now(),
                tenant: envelope.tenant,
                metadata,
            }),
            deadline: Instant::now() + envelope.deadline.min(LONGEST_DEADLINE),
            expected: envelope.expected,
            progress: envelope.progress,
            _inside: inside,
        })
    }

    fn span(&self, name: &str) -> tracing::Span {
        tracing::info_span!(
            "execute",
            command = name,
            id = %self.decision.metadata.command_id,
            tenant = %self.decision.tenant,
        )
    }

    fn prepare(&self) -> Prepare {
        Prepare::new(Arc::clone(&self.decision), self.inner.resources.clone())
    }

    async fn in_time<T, E>(&self, future: impl Future<Output = T>) -> Result<T, ExecuteError<E>> {
        timeout_at(self.deadline, future)
            .await
            .map_err(|_| ExecuteError::DeadlineExceeded)
    }

    /// The store in which the command is to be decided.
    fn find<D: Decider>(&self, decider: &D) -> Result<(StoreNumber, Option<Here>), InvalidCommand> {
        let expected = self.expected.as_ref().map(|expected| &expected.stream);
        Ok(self.inner.stores.find(decider, expected)?)
    }

    /// Decides the command, if it could be prepared.
    async fn finish<D: Decider>(
        self,
        store: StoreNumber,
        here: Option<Here>,
        prepared: Result<(), D::Rejection>,
        decider: D,
        key: Option<CommandKey>,
    ) -> Result<Executed, ExecuteError<D::Rejection>> {
        let inner = self.inner;
        let place = inner.stores.at(store);
        let store = place.tenant(&self.decision.tenant);
        let command_id = self.decision.metadata.command_id;
        let shell = Shell {
            store: &store,
            queues: &inner.queues,
            catalog: &place.catalog,
            snapshots: &inner.snapshots,
            spawn: &*inner.environment.spawn,
            policy: inner.policy,
            deadline: self.deadline,
        };
        // A command that has happened stays so, even if it could not be prepared any more.
        if let Err(rejection) = prepared {
            return match shell.first_outcome(key).await? {
                Some(first_outcome) => Ok(Executed::new(command_id, first_outcome, 1)),
                None => Err(ExecuteError::Rejected(rejection)),
            };
        }
        let setup = Setup {
            key,
            policy: inner.policy,
            max_streams: inner.max_streams,
            random: fastrand::Rng::with_seed(command_id.get().as_u64_pair().1),
            expected: self.expected,
            progress: self.progress,
            states: Some(place.states.of(&store.tenant, place.store.identity())),
            snapshots: Snapshots::Taken(Arc::clone(&inner.snapshots)),
            here,
        };
        let mut machine = Machine::new(decider, setup)?;
        if place.catalog.has_checked(&machine, &store.tenant) {
            machine.may_go_unread();
        }
        let appended = shell.drive(&mut machine).await?;
        Ok(Executed::new(command_id, appended, machine.attempts()))
    }
}
