use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::{Actor, CausationId, CorrelationId, TenantId, TraceContext, Version};

/// What is known of a command besides what it wants.
///
/// A protocol that faces others than the application itself sets `actor` and `tenant` from whom it has authenticated, and
/// not from what was sent.
///
/// The members of its JSON form are called like the fields, save for `deadline_ms`; all are optional.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct WireMetadata {
    /// What the command belongs to; by default its own id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub correlation_id: Option<CorrelationId>,
    /// What led to it; by default its own id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub causation_id: Option<CausationId>,
    /// On whose behalf it runs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub actor: Option<Actor>,
    /// Whose data it works on; by default that of [`TenantId::DEFAULT`].
    #[serde(skip_serializing_if = "is_default")]
    pub tenant: TenantId,
    /// The distributed trace that it is part of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trace: Option<TraceContext>,
    /// What is to be kept beside its events.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub extra: BTreeMap<String, String>,
    /// How long it may take; no longer than the executor allows by itself. In JSON a number of milliseconds, `deadline_ms`.
    #[serde(
        rename = "deadline_ms",
        with = "millis",
        skip_serializing_if = "Option::is_none"
    )]
    pub deadline: Option<Duration>,
    /// The version that the target must be at: `If-Match` of HTTP. [`Version::ABSENT`] is that there must be no such stream.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expected_version: Option<Version>,
}

fn is_default(tenant: &TenantId) -> bool {
    *tenant == TenantId::DEFAULT
}

mod millis {
    use std::time::Duration;

    use serde::{Deserialize as _, Deserializer, Serialize as _, Serializer};

    #[expect(clippy::ref_option, reason = "this is how serde calls it")]
    pub(super) fn serialize<S: Serializer>(
        deadline: &Option<Duration>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        let millis = deadline.map(|deadline| u64::try_from(deadline.as_millis()).unwrap_or(u64::MAX));
        millis.serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<Duration>, D::Error> {
        Ok(Option::deserialize(deserializer)?.map(Duration::from_millis))
    }
}
