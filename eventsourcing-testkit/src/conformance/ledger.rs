use std::num::NonZeroU32;
use std::sync::Arc;

use eventsourcing_core::TenantId;
use eventsourcing_core::store::rows::{
    InvalidRows, Place, Preparation, Prepared, ReadRows, RowStore, RowsRead, TableChange, Value, WriteRows,
    WriteRowsError,
};
use eventsourcing_core::store::{ErrorClass, TenantStore};
use tokio::task::yield_now;

use super::{Reader, Subject};
use crate::fixture::rows::{BALANCES, READER, balances, first, key, put, row};

/// The rows of a tenant in the hands of a case, and a reader of three events that fills them.
pub(super) struct Ledger {
    pub(super) reader: Reader,
    pub(super) rows: Arc<dyn RowStore>,
}

impl Ledger {
    /// With the first version of the projection prepared.
    pub(super) async fn prepared(store: &Subject) -> Self {
        let ledger = Self::new(store).await;
        ledger.prepare(&balances(1)).await;
        ledger
    }

    /// With nothing prepared.
    pub(super) async fn new(store: &Subject) -> Self {
        Self {
            reader: Reader::with_three_events(store).await,
            rows: store.store.tenant(&TenantId::DEFAULT).rows,
        }
    }

    pub(super) async fn prepare(&self, preparation: &Preparation) -> Prepared {
        let prepared = self.rows.prepare(preparation).await;
        prepared.expect("it should be prepared")
    }

    /// Activates a version of the projection.
    pub(super) async fn activate(&self, number: u32) {
        let activated = self.rows.activate(&balances(number).projection).await;
        activated.expect("it has been prepared");
    }

    /// The active version of the projection.
    pub(super) async fn active(&self) -> Option<NonZeroU32> {
        let active = self.rows.active(&balances(1).projection.name).await;
        active.expect("it can be asked for")
    }

    pub(super) async fn place(&self) -> Place {
        place(&*self.rows).await
    }

    /// A write that comes from where the reader is, and moves it to the first event unless it has one.
    pub(super) async fn change(&self, put: Vec<Vec<Value>>, remove: Vec<Vec<Value>>) -> WriteRows {
        let from = self.place().await;
        WriteRows {
            reader: READER.into(),
            from,
            to: from.checkpoint.unwrap_or_else(|| self.reader.at(0)),
            fence: None,
            changes: vec![TableChange {
                table: first(&BALANCES),
                put,
                remove,
            }],
        }
    }

    pub(super) async fn write(&self, write: WriteRows) -> Place {
        let written = self.rows.write(Arc::new(write)).await;
        written.expect("the write should succeed")
    }

    pub(super) async fn put(&self, put: impl IntoIterator<Item = Vec<Value>>) -> Place {
        self.write(self.change(put.into_iter().collect(), vec![]).await)
            .await
    }

    pub(super) async fn remove(&self, remove: impl IntoIterator<Item = Vec<Value>>) -> Place {
        self.write(self.change(vec![], remove.into_iter().collect()).await)
            .await
    }

    /// Writes, which has to fail, and to leave everything as it is.
    pub(super) async fn refused(&self, write: WriteRows) -> WriteRowsError {
        let before = self.everything().await;
        let refused = self.rows.write(Arc::new(write)).await;
        assert_eq!(self.everything().await, before, "nothing was written");
        refused.expect_err("the write should fail")
    }

    /// Writes, which no store may do.
    pub(super) async fn invalid(&self, write: WriteRows) -> InvalidRows {
        let refused = self.refused(write).await;
        assert_eq!(refused.class(), ErrorClass::Rejected);
        match refused {
            WriteRowsError::Invalid(invalid) => invalid,
            other => panic!("the write should not be acceptable, instead of {other:?}"),
        }
    }

    pub(super) async fn load(&self, keys: &[Vec<Value>]) -> Vec<Option<Vec<Value>>> {
        let loaded = self.rows.load(first(&BALANCES), keys).await;
        loaded.expect("rows should be readable")
    }

    pub(super) async fn read(&self, read: &ReadRows) -> RowsRead {
        self.rows.read(read).await.expect("rows should be readable")
    }

    /// All balances, and where their reader is.
    pub(super) async fn everything(&self) -> RowsRead {
        everything(&*self.rows).await
    }
}

pub(super) async fn place(rows: &dyn RowStore) -> Place {
    rows.place(READER).await.expect("the place should be readable")
}

pub(super) async fn everything(rows: &dyn RowStore) -> RowsRead {
    let all = ReadRows {
        readers: vec![READER.into()],
        ..ReadRows::all(first(&BALANCES))
    };
    rows.read(&all).await.expect("rows should be readable")
}

/// Adds one to a balance in a write of its own, however often others come in between: loads it, changes it and writes it.
pub(super) async fn count(tenant: &TenantStore, reader: &Reader, account: &str) {
    loop {
        let from = place(&*tenant.rows).await;
        let keys = [key(account)];
        let loaded = tenant.rows.load(first(&BALANCES), &keys).await;
        let loaded = loaded.expect("rows should be readable").remove(0);
        let balance = loaded.map_or(0, |row| integer(&row[2]));
        let write = put(from, reader.at(0), vec![row(account, "nobody", balance + 1)]);
        match tenant
            .rows
            .write(Arc::new(write))
            .await
            .map_err(|error| error.class())
        {
            Ok(_) => return,
            Err(ErrorClass::Overtaken | ErrorClass::Retry | ErrorClass::Overloaded) => yield_now().await,
            Err(other) => panic!("the write should not fail so: {other:?}"),
        }
    }
}

pub(super) fn integer(value: &Value) -> i64 {
    match value {
        Value::Integer(integer) => *integer,
        other => panic!("{other:?} should be an integer"),
    }
}

/// One of many tenants.
pub(super) fn tenant(number: usize) -> TenantId {
    crate::fixture::tenant(&format!("tenant-{number}"))
}
