use std::collections::BTreeMap;

use serde::{Deserialize, Serialize, Serializer};

use super::{Actor, Metadata, TraceContext};
use crate::{CausationId, CommandId, CorrelationId};

/// Metadata as it is written. It lies beside every event, so it is short: what led to most commands is nothing but
/// themselves.
#[derive(Serialize)]
struct Written<'a> {
    command_id: CommandId,
    #[serde(skip_serializing_if = "Option::is_none")]
    correlation_id: Option<CorrelationId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    causation_id: Option<CausationId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    actor: &'a Option<Actor>,
    #[serde(skip_serializing_if = "Option::is_none")]
    trace: &'a Option<TraceContext>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    extra: &'a BTreeMap<String, String>,
}

impl Serialize for Metadata {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let own = self.command_id;
        let written = Written {
            command_id: own,
            correlation_id: Some(self.correlation_id).filter(|id| *id != own.into()),
            causation_id: Some(self.causation_id).filter(|id| *id != own.into()),
            actor: &self.actor,
            trace: &self.trace,
            extra: &self.extra,
        };
        written.serialize(serializer)
    }
}

/// Metadata as it is read.
#[derive(Deserialize)]
pub(super) struct Read {
    command_id: CommandId,
    correlation_id: Option<CorrelationId>,
    causation_id: Option<CausationId>,
    actor: Option<Actor>,
    trace: Option<TraceContext>,
    #[serde(default)]
    extra: BTreeMap<String, String>,
}

impl From<Read> for Metadata {
    fn from(read: Read) -> Self {
        let own = read.command_id;
        Self {
            command_id: own,
            correlation_id: read.correlation_id.unwrap_or_else(|| own.into()),
            causation_id: read.causation_id.unwrap_or_else(|| own.into()),
            actor: read.actor,
            trace: read.trace,
            extra: read.extra,
        }
    }
}
