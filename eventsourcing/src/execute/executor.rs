use std::sync::Arc;

use tokio::time::{Instant, timeout_at};
use tracing::Instrument as _;

use super::catalog::Catalog;
use super::gate::Gate;
use super::machine::{Machine, Setup};
use super::policy::LONGEST_DEADLINE;
use super::queue::Queues;
use super::shell::Shell;
use super::state_cache::StateCache;
use super::{Execute, ExecuteError, Executed, ExecutorBuilder, RetryPolicy};
use crate::command::{CommandLogic, Decide, Decision, Prepare, Resources};
use crate::environment::Environment;
use crate::store::{EventStore, TenantStore};
use crate::{CommandId, TenantId};

/// Executes commands: loads the streams they depend on, lets them decide, and appends what they decided, all or nothing.
///
/// A handle: clones share queues and caches. One process needs one executor for a store.
#[derive(Clone, Debug)]
pub struct Executor {
    inner: Arc<Inner>,
}

#[derive(Debug)]
pub(super) struct Inner {
    pub(super) store: Arc<dyn EventStore>,
    pub(super) default_tenant: TenantStore,
    pub(super) environment: Environment,
    pub(super) policy: RetryPolicy,
    pub(super) max_streams: usize,
    pub(super) resources: Resources,
    pub(super) queues: Queues,
    pub(super) states: StateCache,
    pub(super) catalog: Catalog,
    pub(super) gate: Arc<Gate>,
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
        Execute::new(
            self.clone(),
            command,
            TenantId::DEFAULT,
            self.inner.policy.deadline,
        )
    }

    /// The store it works on.
    pub fn store(&self) -> &Arc<dyn EventStore> {
        &self.inner.store
    }

    /// Takes no command any more; those that are under way go on.
    pub(crate) fn close(&self) {
        self.inner.gate.close();
    }

    /// Whether it takes no command any more.
    pub(crate) fn is_closed(&self) -> bool {
        self.inner.gate.is_closed()
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
        mut request: Execute<C>,
    ) -> Result<Executed, ExecuteError<C::Error>> {
        // A store in memory never waits for anything, and whoever executes command after command would starve all others.
        tokio::task::coop::consume_budget().await;
        let inner = Arc::clone(&request.executor.inner);
        let _inside = inner.gate.enter().ok_or(ExecuteError::ShuttingDown)?;
        let command_id = CommandId::new(inner.environment.ids.new_id());
        let (key, metadata) = request.metadata(command_id)?;
        let decision = Arc::new(Decision {
            now: inner.environment.clock.now(),
            tenant: request.tenant,
            metadata,
        });
        let span = tracing::info_span!(
            "execute",
            command = C::NAME,
            id = %decision.metadata.command_id,
            tenant = %decision.tenant,
        );
        let random = fastrand::Rng::with_seed(command_id.get().as_u64_pair().1);
        let setup = Setup {
            key,
            policy: inner.policy,
            max_streams: inner.max_streams,
            random,
            states: Some(inner.states.of(&decision.tenant, inner.store.identity())),
        };
        let deadline = Instant::now() + request.deadline.min(LONGEST_DEADLINE);
        inner
            .execute(request.command, decision, setup, deadline)
            .instrument(span)
            .await
    }
}

impl Inner {
    async fn execute<C: CommandLogic>(
        &self,
        mut command: C,
        decision: Arc<Decision>,
        setup: Setup,
        deadline: Instant,
    ) -> Result<Executed, ExecuteError<C::Error>> {
        let prepare = Prepare::new(Arc::clone(&decision), self.resources.clone());
        let prepared = timeout_at(deadline, command.prepare(&prepare))
            .await
            .map_err(|_| ExecuteError::DeadlineExceeded)?;

        let tenant = self.tenant(&decision.tenant);
        let command_id = decision.metadata.command_id;
        let shell = Shell {
            store: &tenant,
            queues: &self.queues,
            catalog: &self.catalog,
            spawn: &*self.environment.spawn,
            policy: self.policy,
            deadline,
        };
        // A command that has happened stays so, even if it could not be prepared any more.
        if let Err(rejection) = prepared {
            return match shell.first_outcome(setup.key).await? {
                Some(first_outcome) => Ok(Executed::new(command_id, first_outcome, 1)),
                None => Err(ExecuteError::Rejected(rejection)),
            };
        }
        let metadata = decision.metadata.to_bytes();
        let cx = Decide::new(decision, metadata, Arc::clone(&self.environment.ids));
        let mut machine = Machine::new(command, cx, setup)?;
        let appended = shell.drive(&mut machine).await?;
        Ok(Executed::new(command_id, appended, machine.attempts()))
    }

    fn tenant(&self, tenant: &TenantId) -> TenantStore {
        if *tenant == self.default_tenant.tenant {
            self.default_tenant.clone()
        } else {
            self.store.tenant(tenant)
        }
    }
}
