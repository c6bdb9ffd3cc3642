use std::collections::HashMap;

use eventsourcing_core::store::rows::{Place, ProjectionVersion, WriteRows, WriteRowsError};
use eventsourcing_core::store::{Append, AppendError, Appended, Settled, StoreIdentity};
use eventsourcing_core::{Clock, Position, TenantId};

use crate::leases::Leases;
use crate::rows::Tables;
use crate::tenant::Tenant;

/// Everything that the store holds.
#[derive(Default)]
pub(crate) struct Database {
    head: Position,
    pub(crate) tables: Tables,
    tenants: HashMap<TenantId, Tenant>,
    /// How often a lease was granted, of whichever tenant.
    lease_epochs: u64,
}

impl Database {
    /// The position of the last event, whoever it belongs to.
    pub(crate) fn head(&self) -> Position {
        self.head
    }

    pub(crate) fn tenant(&mut self, id: &TenantId) -> &mut Tenant {
        self.tenants.entry(id.clone()).or_default()
    }

    /// The leases of a tenant, and the number of the last epoch of any.
    pub(crate) fn leases(&mut self, id: &TenantId) -> (&mut Leases, &mut u64) {
        let tenant = self.tenants.entry(id.clone()).or_default();
        (&mut tenant.leases, &mut self.lease_epochs)
    }

    /// Checks everything, then moves the reader and writes everything.
    pub(crate) fn write_rows(
        &mut self,
        id: &TenantId,
        write: &WriteRows,
        store: StoreIdentity,
    ) -> Result<Place, WriteRowsError> {
        for change in &write.changes {
            self.tables.check(change.table)?;
        }
        let head = self.head;
        let tenant = self.tenant(id);
        let lease = write.fence.as_ref();
        let lease = lease.and_then(|fence| tenant.leases.epoch(&fence.lease));
        write.check_place(tenant.place(&write.reader), lease, store, head)?;
        let place = write.lands_at();
        tenant.readers.insert(write.reader.to_string(), place);
        tenant.rows.write(&write.changes);
        Ok(place)
    }

    /// Drops the tables of a version, and forgets its readers.
    pub(crate) fn drop_version(&mut self, projection: &ProjectionVersion) {
        let dropped = self.tables.drop_version(projection);
        let reader = projection.reader();
        for tenant in self.tenants.values_mut() {
            for table in &dropped {
                tenant.rows.drop_table(table);
            }
            tenant.readers.retain(|name, _| {
                let rest = name.strip_prefix(&*reader);
                !rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
            });
        }
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
