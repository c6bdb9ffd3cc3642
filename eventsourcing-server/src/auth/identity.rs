use eventsourcing::{Actor, Clock as _, SystemClock, TenantId, Timestamp};
use tokio::time::Instant;

/// Who asks, and whose data they work on.
///
/// The layer that [authenticates](crate::Server::auth) puts one into the extensions of the request. Actor and tenant of a command
/// come from here and from nowhere else.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Identity {
    /// On whose behalf commands run.
    pub actor: Option<Actor>,
    /// Whose events are read and written.
    pub tenant: TenantId,
    /// Until when that holds, if it ends: an event stream or a WebSocket that lasts longer is closed then.
    pub valid_until: Option<Timestamp>,
}

impl Identity {
    /// Somebody who works on the data of [`TenantId::DEFAULT`].
    pub fn of(actor: Actor) -> Self {
        Self {
            actor: Some(actor),
            tenant: TenantId::DEFAULT,
            valid_until: None,
        }
    }

    /// The same, working on the data of this tenant.
    #[must_use]
    pub fn with_tenant(mut self, tenant: TenantId) -> Self {
        self.tenant = tenant;
        self
    }

    /// The same, until then.
    #[must_use]
    pub fn with_valid_until(mut self, end: Timestamp) -> Self {
        self.valid_until = Some(end);
        self
    }

    /// The same moment, by the clock that timers go by.
    pub(crate) fn expires(&self) -> Option<Instant> {
        Instant::now().checked_add(self.valid_until?.since(SystemClock.now()))
    }
}
