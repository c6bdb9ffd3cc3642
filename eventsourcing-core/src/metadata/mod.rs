//! What is known about an event besides what happened.

mod actor;
mod stored;
mod trace;

use std::collections::BTreeMap;

use bytes::Bytes;
use serde::Deserialize;

pub use actor::{Actor, InvalidActor};
pub use trace::{InvalidTraceContext, TraceContext};

use crate::{CausationId, CommandId, CorrelationId};

/// What is known about an event besides what happened: set by the runtime, stored beside the payload.
///
/// Event id, tenant, position and time are fields of [`RecordedEvent`](crate::RecordedEvent); everything here is stored
/// as one JSON object, and a store treats it as bytes. What most commands do not have, or have the same as their own id,
/// is left out of it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(from = "stored::Read")]
pub struct Metadata {
    /// The command that decided the event.
    pub command_id: CommandId,
    /// Shared by everything that one cause outside of the system has led to.
    pub correlation_id: CorrelationId,
    /// What led to the command.
    pub causation_id: CausationId,
    /// On whose behalf the command ran.
    pub actor: Option<Actor>,
    /// The distributed trace that the command was part of.
    pub trace: Option<TraceContext>,
    /// What the application adds; none of the framework's concern.
    pub extra: BTreeMap<String, String>,
}

impl Metadata {
    /// The metadata of a command from outside that nothing more is known of: it is its own cause.
    pub fn of_command(command_id: CommandId) -> Self {
        Self {
            command_id,
            correlation_id: command_id.into(),
            causation_id: command_id.into(),
            actor: None,
            trace: None,
            extra: BTreeMap::new(),
        }
    }

    /// The bytes to store.
    ///
    /// # Panics
    /// Never: maps of strings and UUIDs always have a JSON form.
    pub fn to_bytes(&self) -> Bytes {
        #[expect(
            clippy::expect_used,
            reason = "strings, UUIDs and maps keyed by strings always have a JSON form"
        )]
        serde_json::to_vec(self).expect("metadata has a JSON form").into()
    }

    /// Reads stored bytes.
    ///
    /// # Errors
    /// If the bytes were not written by [`Metadata::to_bytes`] of this or an earlier version.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, InvalidMetadata> {
        serde_json::from_slice(bytes).map_err(InvalidMetadata)
    }
}

/// Stored metadata that cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("the stored metadata cannot be read")]
pub struct InvalidMetadata(#[source] serde_json::Error);

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn a_command_that_is_its_own_cause_is_stored_by_its_id_alone() {
        let metadata = Metadata::of_command(CommandId::new(Uuid::from_u128(7)));
        assert_eq!(
            metadata.to_bytes(),
            r#"{"command_id":"00000000-0000-0000-0000-000000000007"}"#
        );
    }

    #[test]
    fn bytes_and_back() {
        let mut metadata = Metadata::of_command(CommandId::new(Uuid::from_u128(7)));
        assert_eq!(Metadata::from_bytes(&metadata.to_bytes()).unwrap(), metadata);

        metadata.correlation_id = CommandId::new(Uuid::from_u128(1)).into();
        metadata.causation_id = CommandId::new(Uuid::from_u128(2)).into();
        metadata.actor = Some(Actor::new("alice").unwrap());
        metadata.trace = Some(
            TraceContext::new(
                "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
                Some("vendor=1"),
            )
            .unwrap(),
        );
        metadata.extra.insert("ip".into(), "127.0.0.1".into());
        assert_eq!(Metadata::from_bytes(&metadata.to_bytes()).unwrap(), metadata);
    }
}
