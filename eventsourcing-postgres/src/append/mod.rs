//! Appends, in batches: one call of the function `append()` for what many callers have handed in.

mod answer;
mod choose;
#[cfg(feature = "sqlx")]
mod inline;
mod parameters;

use std::collections::VecDeque;
use std::error::Error;
use std::sync::Arc;

use async_trait::async_trait;
use eventsourcing_core::store::{Append, AppendError, Appended, StoreError, StoreIdentity};
use tokio::sync::{OwnedSemaphorePermit, oneshot};
use tracing::debug;

use crate::classify::{Fault, classify, nothing_done};
use crate::combine::Work;
use crate::herald::Herald;
use crate::history::{History, Outcome};
use crate::options::{PostgresOptions, SynchronousCommit, WakeUp};
use crate::session::{Connector, Link, Links, Query, Session};
use crate::tenant::Tenant;
use crate::watch::Watch;
use answer::{Answer, Verdict};
#[cfg(feature = "sqlx")]
pub(crate) use inline::{Answered, InlineAppend};
use parameters::Parameters;

/// An append that was handed in.
pub(crate) struct Command {
    pub(crate) append: Arc<Append>,
    /// Whose number is known.
    pub(crate) tenant: Arc<Tenant>,
    /// The fence that was known when it was handed in.
    pub(crate) fence: i64,
    pub(crate) reply: oneshot::Sender<Result<Appended, AppendError>>,
    /// What it takes of the memory for appends, until it is answered.
    #[expect(dead_code, reason = "held, and given back when the command is dropped")]
    pub(crate) room: OwnedSemaphorePermit,
}

impl Command {
    /// Nobody may be waiting any more; what was done stands all the same.
    fn reply(self, outcome: Result<Appended, AppendError>) {
        let _ = self.reply.send(outcome);
    }
}

/// How many batches are under way at the same time: one is worked on, and the next one lies ready.
pub(crate) const LANES: usize = 2;

/// Sends batches, all on one connection.
pub(crate) struct Appender {
    connector: Arc<Connector>,
    identity: StoreIdentity,
    link: Link,
    history: History,
    watch: Watch,
    commit: Option<SynchronousCommit>,
    /// Unless nobody is to be notified.
    herald: Option<Arc<Herald>>,
}

impl Appender {
    pub(crate) fn new(
        connector: &Arc<Connector>,
        identity: StoreIdentity,
        links: &Links,
        history: History,
        watch: Watch,
        options: &PostgresOptions,
    ) -> Self {
        let herald = || Herald::new(&links.locking, connector.runtime(), &options.schema);
        Self {
            connector: Arc::clone(connector),
            identity,
            link: Link::new(connector),
            history,
            watch,
            commit: options.synchronous_commit,
            herald: (options.wake_up == WakeUp::Notify).then(herald),
        }
    }
}

#[async_trait]
impl Work for Appender {
    type Item = Command;

    const WORTH_A_LANE: usize = 16;

    fn choose(&self, queue: &mut VecDeque<Command>) -> Vec<Command> {
        choose::choose(queue)
    }

    async fn run(&self, _lane: usize, batch: Vec<Command>) {
        // Nobody waits for any of them any more.
        if batch.is_empty() {
            return;
        }
        let session = match self.link.session().await {
            Ok(session) => session,
            Err(error) => return fail_all(batch, error, |error| not_sent(error).into()),
        };
        let Err((batch, error)) = self.send(&session, batch).await else {
            return;
        };
        let is_of_some = matches!(classify(&error), Fault::Broken | Fault::Settled(_));
        if batch.len() == 1 || !is_of_some {
            return self.failed(batch, error);
        }
        debug!(
            error = &error as &dyn Error,
            commands = batch.len(),
            "a batch has failed"
        );
        for command in batch {
            if let Err((command, error)) = self.send(&session, vec![command]).await {
                self.failed(command, error);
            }
        }
    }
}

impl Appender {
    /// Sends a batch and answers each of its commands; gives the batch back if the call as a whole has failed.
    async fn send(
        &self,
        session: &Session,
        batch: Vec<Command>,
    ) -> Result<(), (Vec<Command>, tokio_postgres::Error)> {
        let (verdicts, news) = match self.call(session, &batch).await {
            Ok(answered) => answered,
            Err(error) => return Err((batch, error)),
        };
        let mut repeated = Vec::new();
        for (command, verdict) in batch.into_iter().zip(verdicts) {
            match verdict {
                Verdict::Done(outcome) => command.reply(outcome),
                Verdict::Repeated(outcome) => repeated.push((command, outcome)),
            }
        }
        for (command, outcome) in repeated {
            let first = self.first_outcome(&command.tenant, outcome).await;
            command.reply(first);
        }
        for tenant in news {
            if let Err(error) = tenant.refresh(session).await {
                debug!(error = &error as &dyn Error, "the dictionary will be read later");
            }
        }
        Ok(())
    }

    /// Calls the function. Gives a verdict for each command, and the tenants that may have new event types.
    async fn call(
        &self,
        session: &Session,
        batch: &[Command],
    ) -> Result<(Vec<Verdict>, Vec<Arc<Tenant>>), tokio_postgres::Error> {
        let parameters = Parameters::of(batch, self.identity);
        let epoch = self.identity.epoch.get();
        let fence = batch.first().map(|command| command.fence);
        let commit = self.commit.map(SynchronousCommit::setting);
        let notify = self.herald.as_ref().is_some_and(|herald| herald.takes_word());
        let all = parameters.all([&epoch, &fence, &commit, &notify]);
        let rows = session.query(Query::Append, &all).await?;
        if let Some(herald) = self.herald.as_ref().filter(|_| !notify) {
            herald.tell_later();
        }
        // A function that returns no set has one row.
        let answer = match Answer::of_row(&rows[0]) {
            Ok(answer) => answer,
            Err(error) => return Ok((answer::illegible(batch, error), Vec::new())),
        };
        let verdicts = answer.verdicts(batch, &parameters, self.identity);
        self.watch.moved_to(answer.end(&verdicts));
        let mut news: Vec<Arc<Tenant>> = Vec::new();
        for command in batch {
            if parameters.has_new_types(&command.tenant)
                && !news.iter().any(|tenant| Arc::ptr_eq(tenant, &command.tenant))
            {
                news.push(Arc::clone(&command.tenant));
            }
        }
        Ok((verdicts, news))
    }

    async fn first_outcome(&self, tenant: &Tenant, outcome: Outcome) -> Result<Appended, AppendError> {
        Ok(Appended {
            repeated: true,
            ..self.history.appended(tenant, outcome).await?
        })
    }

    fn failed(&self, batch: Vec<Command>, error: tokio_postgres::Error) {
        let fault = classify(&error);
        if let Fault::Settled(fence) = fault {
            self.connector.fence_raised(fence);
        }
        fail_all(batch, error, |error| match fault {
            Fault::Lost => AppendError::UnknownOutcome(error.into()),
            fault => nothing_done(fault, error).into(),
        });
    }
}

fn fail_all<E>(batch: Vec<Command>, error: E, outcome: impl Fn(Arc<E>) -> AppendError) {
    let error = Arc::new(error);
    for command in batch {
        let outcome = outcome(Arc::clone(&error));
        command.reply(Err(outcome));
    }
}

fn not_sent(error: Arc<StoreError>) -> StoreError {
    StoreError::new(error.kind(), "the append could not be sent").caused_by(error)
}
