use std::fmt;
use std::pin::Pin;
use std::sync::Arc;

use bytes::Bytes;

use super::{InvalidPayload, Rejection};
use crate::StreamId;
use crate::command::{Decider, Decision, Prepare};
use crate::environment::IdSource;
use crate::store::Fingerprint;

/// Makes commands of bytes. The one seam below all commands that have a name: those of Rust types are [`Typed`](super::Typed),
/// and a handler in another process or language can be another implementation.
pub trait CommandHandler: fmt::Debug + Send + Sync + 'static {
    /// The name of the command.
    fn name(&self) -> &str;

    /// Reads a command. Size and nesting of its payload have been checked; nothing else has.
    ///
    /// # Errors
    /// If the payload does not make a command, or not one for the target.
    fn open(&self, received: Received<'_>) -> Result<Box<dyn OpenCommand>, InvalidPayload>;

    /// The JSON Schema of the payloads that it reads, if there is one. Feature `schema`.
    #[cfg(feature = "schema")]
    fn schema(&self, generator: &mut crate::schema::SchemaGenerator) -> Option<crate::schema::Schema> {
        let _ = generator;
        None
    }
}

/// A command that has arrived.
#[derive(Clone, Debug)]
pub struct Received<'a> {
    /// The stream that it is for, if it is for one.
    pub target: Option<&'a StreamId>,
    /// Its fields, as JSON.
    pub payload: &'a [u8],
    /// What its decision may know besides the state.
    pub decision: Arc<Decision>,
    /// What is to be stored beside each of its events.
    pub metadata: Bytes,
    /// Where the ids of its events come from.
    pub ids: Arc<dyn IdSource>,
}

/// A command that was read, and can be decided.
pub trait OpenCommand: Decider<Rejection = Rejection> {
    /// Tells it from another command under the same id.
    ///
    /// # Errors
    /// If it has no JSON form.
    fn fingerprint(&self) -> Result<Fingerprint, serde_json::Error>;

    /// Fetches what the decision needs from elsewhere. Called once, before anything that a [`Decider`] does.
    fn prepare<'a>(&'a mut self, prepare: &'a Prepare) -> Preparing<'a>;
}

/// A command that prepares itself, or is refused at once.
pub type Preparing<'a> = Pin<Box<dyn Future<Output = Result<(), Rejection>> + Send + 'a>>;
