//! An append on a connection of somebody else, in a transaction that is under way: the same call, for one command.

use std::sync::Arc;

use eventsourcing_core::store::{Append, AppendError, Appended, StoreError};
use tokio::sync::{OwnedSemaphorePermit, oneshot};
use tokio_postgres::types::{ToSql, Type};

use super::Command;
use super::answer::{Answer, Verdict};
use super::parameters::Parameters;
use crate::history::Outcome;
use crate::options::SynchronousCommit;
use crate::row::Columns;
use crate::session::Query;
use crate::store::Shared;
use crate::tenant::Tenant;

/// An append that is to be sent in a transaction.
pub(crate) struct InlineAppend {
    batch: [Command; 1],
}

/// What the call has said.
pub(crate) enum Answered {
    /// The events are written, once the transaction is committed.
    Written(Appended),
    /// They had been written before.
    Repeated(Outcome),
    Refused(AppendError),
}

impl InlineAppend {
    pub(crate) fn new(
        append: &Arc<Append>,
        tenant: &Arc<Tenant>,
        fence: i64,
        room: OwnedSemaphorePermit,
    ) -> Self {
        // The answer is the result of the call.
        let (reply, _) = oneshot::channel();
        Self {
            batch: [Command {
                append: Arc::clone(append),
                tenant: Arc::clone(tenant),
                fence,
                reply,
                room,
            }],
        }
    }

    /// The text of the call, and its parameters, by the encoder that is given.
    pub(crate) fn call<A>(
        &self,
        shared: &Shared,
        encode: impl FnOnce(&[(&(dyn ToSql + Sync), Type)]) -> A,
    ) -> A {
        let parameters = Parameters::of(&self.batch, shared.identity);
        let (epoch, fence) = (shared.identity.epoch.get(), self.batch[0].fence);
        let commit = shared.commit.map(SynchronousCommit::setting);
        let all = parameters.all([&epoch, &fence, &commit, &shared.notifies]);
        let typed: Vec<_> = all
            .into_iter()
            .zip(Query::Append.types().iter().cloned())
            .collect();
        encode(&typed)
    }

    /// Reads what the call has said.
    pub(crate) fn answered(
        &self,
        row: Option<&impl Columns>,
        shared: &Shared,
    ) -> Result<Answered, StoreError> {
        let none = || StoreError::broken("there is no answer");
        let parameters = Parameters::of(&self.batch, shared.identity);
        let answer = Answer::of_row(row.ok_or_else(none)?)?;
        let verdict = answer.verdicts(&self.batch, &parameters, shared.identity).pop();
        Ok(match verdict.ok_or_else(none)? {
            Verdict::Done(Ok(appended)) => Answered::Written(appended),
            Verdict::Done(Err(error)) => Answered::Refused(error),
            Verdict::Repeated(outcome) => Answered::Repeated(outcome),
        })
    }

    /// Whether there are event types that this process did not know.
    pub(crate) fn has_new_types(&self, shared: &Shared) -> bool {
        Parameters::of(&self.batch, shared.identity).has_new_types(&self.batch[0].tenant)
    }
}
