use std::error::Error;
use std::sync::Arc;

use async_trait::async_trait;

use super::{CommandResult, WireCommand};
use crate::RecordedEvent;

/// A transport: brings commands in, and takes results and events out. [`serve`](super::serve) connects it to a service.
///
/// # Contract
/// `next_command` is cancel safe: if its future is dropped, no command is lost. All methods may be called at the same time.
/// Nobody else than the protocol knows what a [`RequestId`] stands for: a connection, a message to acknowledge.
#[async_trait]
pub trait Protocol: Send + Sync {
    /// The next command; `None` if there will be none any more.
    async fn next_command(&self) -> Option<Incoming>;

    /// Takes what came of a command. Results come in the order in which commands are done.
    ///
    /// # Errors
    /// If whoever has sent the command cannot be told. The command stays as it is.
    async fn send_result(&self, request: RequestId, result: CommandResult) -> Result<(), ProtocolError>;

    /// Takes the next event, in commit order. It waits as long as the other side is not ready for more.
    ///
    /// # Errors
    /// If the event could not be handed over: the service then stops serving, so that none is skipped.
    async fn publish_event(&self, event: &Arc<RecordedEvent>) -> Result<(), ProtocolError>;
}

/// A command that has come in through a protocol.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Incoming {
    /// What its result is to be sent under.
    pub request: RequestId,
    /// The command.
    pub command: WireCommand,
}

/// Which command of a protocol a result belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct RequestId(pub u64);

/// A protocol could not hand something over.
#[derive(Debug, thiserror::Error)]
#[error("the protocol failed")]
pub struct ProtocolError(#[source] Box<dyn Error + Send + Sync>);

impl ProtocolError {
    /// A failure of a protocol.
    pub fn new(source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self(source.into())
    }
}
