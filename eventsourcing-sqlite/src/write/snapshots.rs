use std::num::NonZeroU32;

use eventsourcing_core::TenantId;
use eventsourcing_core::store::{ForgetSnapshots, Snapshot, SnapshotAhead};

use super::{Transaction, Write};
use crate::read::{Stop, head_of_stream};
use crate::row::signed;

/// Saves a snapshot, unless its stream has not come so far, and forgets what is not to be kept.
pub(crate) struct SaveSnapshot {
    pub(crate) tenant: TenantId,
    pub(crate) snapshot: Snapshot,
    pub(crate) keep: NonZeroU32,
}

impl Write for SaveSnapshot {
    type Answer = Result<(), SnapshotAhead>;

    fn run(&self, transaction: &mut Transaction<'_>) -> Result<Self::Answer, Stop> {
        let Snapshot {
            key,
            at,
            content_type,
            payload,
            checksum,
        } = &self.snapshot;
        let head = head_of_stream(transaction.connection, &self.tenant, &key.stream)?;
        if let Err(ahead) = SnapshotAhead::check(&self.snapshot, head) {
            return Ok(Err(ahead));
        }
        let epoch = transaction.store.epoch.to_string();
        let mut save = transaction.connection.prepare_cached(
            "insert into es_snapshots (tenant, stream, state, version, state_version, fingerprint,
                                       epoch, content_type, payload, checksum, saved_at)
             values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
             on conflict do update set epoch = excluded.epoch, content_type = excluded.content_type,
                                       payload = excluded.payload, checksum = excluded.checksum,
                                       saved_at = excluded.saved_at",
        )?;
        save.execute((
            self.tenant.as_str(),
            key.stream.as_str(),
            &key.state,
            signed(at.get()),
            key.version.get(),
            key.fingerprint.0.cast_signed(),
            &epoch,
            content_type.as_str(),
            &payload[..],
            checksum.as_bytes(),
            signed(transaction.now.as_micros()),
        ))?;
        let mut thin_out = transaction.connection.prepare_cached(
            "delete from es_snapshots
              where tenant = ?1 and stream = ?2 and state = ?3
                and rowid not in (select rowid from es_snapshots
                                   where tenant = ?1 and stream = ?2 and state = ?3 and epoch = ?4
                                   order by version desc, saved_at desc, rowid desc limit ?5)",
        )?;
        thin_out.execute((
            self.tenant.as_str(),
            key.stream.as_str(),
            &key.state,
            &epoch,
            self.keep.get(),
        ))?;
        Ok(Ok(()))
    }

    fn is_small(&self) -> bool {
        const BYTES: usize = 64 * 1024;
        self.snapshot.payload.len() <= BYTES
    }
}

/// Forgets snapshots.
pub(crate) struct ForgetThem {
    pub(crate) tenant: TenantId,
    pub(crate) which: ForgetSnapshots,
}

impl Write for ForgetThem {
    type Answer = ();

    fn run(&self, transaction: &mut Transaction<'_>) -> Result<(), Stop> {
        let (column, name) = match &self.which {
            ForgetSnapshots::OfStream(stream) => ("stream", stream.as_str()),
            ForgetSnapshots::OfState(state) => ("state", &**state),
        };
        let delete = format!("delete from es_snapshots where tenant = ?1 and {column} = ?2");
        let mut delete = transaction.connection.prepare_cached(&delete)?;
        delete.execute([self.tenant.as_str(), name])?;
        Ok(())
    }

    fn is_small(&self) -> bool {
        matches!(self.which, ForgetSnapshots::OfStream(_))
    }
}
