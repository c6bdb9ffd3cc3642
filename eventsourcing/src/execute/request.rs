use std::collections::BTreeMap;
use std::pin::Pin;
use std::time::Duration;

use serde::Serialize;

use super::{ExecuteError, Executed, Executor};
use crate::command::{Command, CommandLogic};
use crate::store::{CommandKey, Fingerprint, Progress};
use crate::{
    Actor, CausationId, CommandId, CorrelationId, Metadata, StreamId, StreamVersion, TenantId, TraceContext,
    Version,
};

/// A command about to be executed: `.await` it, or say more about it first.
///
/// # Cancel safety
/// It can be dropped at any await. The command has then happened as a whole or not at all; with a
/// [`command_id`](Self::command_id), executing it again tells which, and makes it happen if it has not.
#[must_use = "a command does nothing until it is awaited"]
#[derive(Debug)]
pub struct Execute<C> {
    pub(super) executor: Executor,
    pub(super) command: C,
    pub(super) key: Option<Result<CommandKey, serde_json::Error>>,
    pub(super) envelope: Envelope,
}

/// What is known of a command besides what it wants, before it has an id.
#[derive(Debug)]
pub(super) struct Envelope {
    pub(super) tenant: TenantId,
    pub(super) correlation_id: Option<CorrelationId>,
    pub(super) causation_id: Option<CausationId>,
    pub(super) actor: Option<Actor>,
    pub(super) trace: Option<TraceContext>,
    pub(super) extra: BTreeMap<String, String>,
    pub(super) deadline: Duration,
    pub(super) expected: Option<StreamVersion>,
    pub(super) progress: Option<Progress>,
}

impl Envelope {
    /// Of a command of which nothing is known.
    pub(super) fn new(deadline: Duration) -> Self {
        Self {
            tenant: TenantId::DEFAULT,
            correlation_id: None,
            causation_id: None,
            actor: None,
            trace: None,
            extra: BTreeMap::new(),
            deadline,
            expected: None,
            progress: None,
        }
    }

    /// Takes out the metadata of the events of the command with this id.
    pub(super) fn take_metadata(&mut self, id: CommandId) -> Metadata {
        let mut metadata = Metadata::of_command(id);
        metadata.correlation_id = self.correlation_id.unwrap_or(metadata.correlation_id);
        metadata.causation_id = self.causation_id.unwrap_or(metadata.causation_id);
        metadata.actor = self.actor.take();
        metadata.trace = self.trace.take();
        metadata.extra = std::mem::take(&mut self.extra);
        metadata
    }
}

/// Tells a command from another one under the same id: a hash of its name, and of its JSON form with the members of its
/// objects in order.
pub(crate) fn fingerprint<C: Command + Serialize>(command: &C) -> Result<Fingerprint, serde_json::Error> {
    let mut payload = serde_json::to_value(command)?;
    payload.sort_all_objects();
    Ok(Fingerprint::of(C::NAME, payload.to_string().as_bytes()))
}

impl<C: CommandLogic> Execute<C> {
    pub(super) fn new(executor: Executor, command: C, deadline: Duration) -> Self {
        Self {
            executor,
            command,
            key: None,
            envelope: Envelope::new(deadline),
        }
    }

    /// Makes it idempotent: however often a command is executed under this id, it happens once, and each time the first
    /// outcome is returned. A rejection is not an outcome: the command may be tried again.
    ///
    /// Two commands with the same id are the same if they have the same name and serialize to the same JSON, in whichever
    /// order the members of its objects come. So let sets be ordered (`BTreeSet`), and skip a field that a later version adds
    /// while it has its default: commands that were sent before would otherwise be taken for others.
    pub fn command_id(mut self, id: CommandId) -> Self
    where
        C: Serialize,
    {
        self.key = Some(fingerprint(&self.command).map(|fingerprint| CommandKey { id, fingerprint }));
        self
    }

    /// What it belongs to; by default its own id.
    pub fn correlation_id(mut self, id: CorrelationId) -> Self {
        self.envelope.correlation_id = Some(id);
        self
    }

    /// What led to it; by default its own id.
    pub fn causation_id(mut self, id: CausationId) -> Self {
        self.envelope.causation_id = Some(id);
        self
    }

    /// On whose behalf it runs.
    pub fn actor(mut self, actor: Actor) -> Self {
        self.envelope.actor = Some(actor);
        self
    }

    /// Whose data it works on; by default that of [`TenantId::DEFAULT`].
    pub fn tenant(mut self, tenant: TenantId) -> Self {
        self.envelope.tenant = tenant;
        self
    }

    /// The distributed trace that it is part of.
    pub fn trace(mut self, trace: TraceContext) -> Self {
        self.envelope.trace = Some(trace);
        self
    }

    /// Something to keep beside its events.
    pub fn extra(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.envelope.extra.insert(name.into(), value.into());
        self
    }

    /// How long it may take, waiting and pauses included.
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.envelope.deadline = deadline;
        self
    }

    /// The version that a stream must be at; [`Version::ABSENT`] is that it must have no events. It need not be one that the
    /// command reads.
    pub fn expected_version(mut self, stream: StreamId, version: Version) -> Self {
        self.envelope.expected = Some(StreamVersion { stream, version });
        self
    }
}

impl<C: CommandLogic> IntoFuture for Execute<C> {
    type Output = Result<Executed, ExecuteError<C::Error>>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(Executor::run(self))
    }
}
