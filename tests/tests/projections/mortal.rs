//! A process that dies at a certain call of its store, with all that it does.

use std::future::pending;
use std::num::NonZeroU32;
use std::pin::Pin;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use eventsourcing::Limits;
use eventsourcing::TenantId;
use eventsourcing::environment::{Environment, Spawn};
use eventsourcing::store::rows::{
    Place, Preparation, PrepareError, Prepared, ProjectionName, ProjectionVersion, ReadRows, ReadRowsError,
    RowStore, RowsRead, TableVersion, Value, WriteRows, WriteRowsError,
};
use eventsourcing::store::sql::{Inline, InlineReader, SqlError, SqlPreparation, SqlStore, SqlWork};
use eventsourcing::store::{
    Append, AppendError, Capabilities, EventStore, StoreError, StoreIdentity, TenantStore,
};
use tokio::sync::Notify;
use tokio::task::JoinSet;

/// When a process dies: before one of its calls about rows has done anything, or when it is done and its answer is on its way.
#[derive(Clone, Copy, Debug)]
pub enum Death {
    Before(u32),
    After(u32),
}

/// A process, as its store knows it.
#[derive(Debug)]
pub struct Process {
    death: Death,
    calls: AtomicU32,
    died: Notify,
    tasks: Mutex<JoinSet<()>>,
}

impl Process {
    pub fn until(death: Death) -> Arc<Self> {
        Arc::new(Self {
            death,
            calls: AtomicU32::new(0),
            died: Notify::new(),
            tasks: Mutex::default(),
        })
    }

    /// A store as the process sees it.
    pub fn sees(self: &Arc<Self>, store: impl EventStore) -> MortalStore {
        MortalStore {
            process: Arc::clone(self),
            store: Arc::new(store),
        }
    }

    /// What the process takes from outside: its tasks die with it.
    pub fn environment(self: &Arc<Self>) -> Environment {
        Environment {
            spawn: Arc::new(Tasks(Arc::clone(self))),
            ..Environment::default()
        }
    }

    /// Does something until the process dies, and ends all its tasks. Tells whether it has survived.
    pub async fn run(&self, work: impl Future<Output = ()>) -> bool {
        let survived = tokio::select! {
            biased;
            () = self.died.notified() => false,
            () = work => true,
        };
        let mut tasks = std::mem::take(&mut *self.tasks.lock().unwrap());
        tasks.shutdown().await;
        survived
    }

    async fn call<T>(&self, call: impl Future<Output = T>) -> T {
        let number = self.calls.fetch_add(1, Ordering::SeqCst);
        match self.death {
            Death::Before(last) if number >= last => self.die().await,
            Death::After(last) if number > last => self.die().await,
            Death::After(last) if number == last => {
                call.await;
                self.die().await
            }
            _ => call.await,
        }
    }

    async fn die<T>(&self) -> T {
        self.died.notify_one();
        pending().await
    }
}

#[derive(Clone, Debug)]
struct Tasks(Arc<Process>);

impl Spawn for Tasks {
    fn spawn(&self, task: Pin<Box<dyn Future<Output = ()> + Send>>) {
        self.0.tasks.lock().unwrap().spawn(task);
    }
}

#[derive(Clone, Debug)]
pub struct MortalStore {
    process: Arc<Process>,
    store: Arc<dyn EventStore>,
}

impl EventStore for MortalStore {
    fn identity(&self) -> StoreIdentity {
        self.store.identity()
    }

    fn capabilities(&self) -> Capabilities {
        self.store.capabilities()
    }

    fn limits(&self) -> Limits {
        self.store.limits()
    }

    fn tenant(&self, tenant: &TenantId) -> TenantStore {
        let within = self.store.tenant(tenant);
        TenantStore {
            rows: Arc::new(MortalRows(Arc::clone(&self.process), Arc::clone(&within.rows))),
            ..within
        }
    }
}

#[derive(Debug)]
struct MortalRows(Arc<Process>, Arc<dyn RowStore>);

#[async_trait]
impl RowStore for MortalRows {
    async fn prepare(&self, preparation: &Preparation) -> Result<Prepared, PrepareError> {
        self.0.call(self.1.prepare(preparation)).await
    }

    async fn activate(&self, projection: &ProjectionVersion) -> Result<(), PrepareError> {
        self.0.call(self.1.activate(projection)).await
    }

    async fn active(&self, projection: &ProjectionName) -> Result<Option<NonZeroU32>, StoreError> {
        self.0.call(self.1.active(projection)).await
    }

    async fn drop_version(&self, projection: &ProjectionVersion) -> Result<(), StoreError> {
        self.0.call(self.1.drop_version(projection)).await
    }

    async fn place(&self, reader: &str) -> Result<Place, StoreError> {
        self.0.call(self.1.place(reader)).await
    }

    async fn load(
        &self,
        table: TableVersion,
        keys: &[Vec<Value>],
    ) -> Result<Vec<Option<Vec<Value>>>, ReadRowsError> {
        self.0.call(self.1.load(table, keys)).await
    }

    async fn read(&self, read: &ReadRows) -> Result<RowsRead, ReadRowsError> {
        self.0.call(self.1.read(read)).await
    }

    async fn write(&self, write: Arc<WriteRows>) -> Result<Place, WriteRowsError> {
        self.0.call(self.1.write(write)).await
    }

    fn sql(&self) -> Option<Arc<dyn SqlStore>> {
        Some(Arc::new(MortalSql(Arc::clone(&self.0), self.1.sql()?)))
    }
}

#[derive(Debug)]
struct MortalSql(Arc<Process>, Arc<dyn SqlStore>);

#[async_trait]
impl SqlStore for MortalSql {
    fn database(&self) -> &'static str {
        self.1.database()
    }

    fn is_only_writer(&self) -> bool {
        self.1.is_only_writer()
    }

    async fn make(
        &self,
        preparation: &SqlPreparation,
        work: &mut dyn SqlWork,
    ) -> Result<(), SqlError<PrepareError>> {
        self.0.call(self.1.make(preparation, work)).await
    }

    async fn write(
        &self,
        write: &WriteRows,
        work: &mut dyn SqlWork,
    ) -> Result<Place, SqlError<WriteRowsError>> {
        self.0.call(self.1.write(write, work)).await
    }

    async fn append(
        &self,
        append: Arc<Append>,
        readers: &[InlineReader],
        work: &mut dyn SqlWork,
    ) -> Result<Inline, SqlError<AppendError>> {
        self.1.append(append, readers, work).await
    }
}
