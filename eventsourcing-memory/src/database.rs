use std::collections::HashMap;

use eventsourcing_core::store::{Append, AppendError, Appended, Settled, StoreIdentity};
use eventsourcing_core::{Clock, Position, TenantId};

use crate::tenant::Tenant;

/// Everything that the store holds.
#[derive(Default)]
pub(crate) struct Database {
    head: Position,
    tenants: HashMap<TenantId, Tenant>,
}

impl Database {
    /// The position of the last event, whoever it belongs to.
    pub(crate) fn head(&self) -> Position {
        self.head
    }

    pub(crate) fn tenant(&mut self, id: &TenantId) -> &mut Tenant {
        self.tenants.entry(id.clone()).or_default()
    }

    /// Checks everything, then writes everything.
    pub(crate) fn append(
        &mut self,
        id: &TenantId,
        append: &Append,
        store: StoreIdentity,
        clock: &dyn Clock,
    ) -> Result<Appended, AppendError> {
        let tenant = self.tenants.entry(id.clone()).or_default();
        let first = tenant.first_outcome(append.command)?;
        if let Some(progress) = &append.progress {
            progress.check(tenant.saved(&progress.reader), store, self.head)?;
        }
        if let Some(first) = first {
            tenant.move_reader(append.progress.as_ref());
            return Ok(first);
        }
        tenant.check(append)?;
        tenant.move_reader(append.progress.as_ref());
        let recorded_at = clock.now();
        let record = |event| {
            self.head = self.head.next();
            tenant.record(id, event, self.head, recorded_at)
        };
        let appended = Appended {
            events: append.events.iter().map(record).collect(),
            position: self.head,
            repeated: false,
        };
        if let Some(command) = append.command {
            tenant.record_command(command, appended.clone());
        }
        Ok(appended)
    }

    pub(crate) fn settle(&mut self, id: &TenantId, append: &Append) -> Settled {
        let head = self.head;
        let settled = self.tenant(id).settle(append, head);
        settled.map_or(Settled::Absent, Settled::Present)
    }
}
