use std::fmt;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use eventsourcing_core::store::StoreIdentity;
use eventsourcing_core::store::rows::Value;
use sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Connection as _, SqliteConnection, SqlitePool, SqliteTransaction};

use super::driver::ask;
use crate::Synchronous;

/// The connection of sqlx to the file, which is opened when it is first needed. It is used by who has the turn.
pub(crate) struct SqlConnection {
    /// One that is left within a transaction is closed, and another one opened.
    pool: SqlitePool,
    pub(super) gate: Arc<Gate>,
}

/// What SQLite asks the store, and tells it, while code of users runs.
#[derive(Default)]
pub(super) struct Gate {
    /// Only the store commits. A `commit` of somebody else is refused, and so is whatever is written after the transaction was
    /// rolled back, since each such statement would commit by itself.
    may_commit: AtomicBool,
    /// Nobody wants what the running statement comes to.
    is_stopped: AtomicBool,
    /// The transaction was rolled back: by a statement, or by SQLite.
    has_ended: AtomicBool,
}

/// After about so many steps of a statement, it is asked whether it should go on: some microseconds.
const STEPS: i32 = 1_000;

impl SqlConnection {
    pub(crate) fn new(path: &Path, synchronous: Synchronous, store: StoreIdentity) -> Self {
        let synchronous = match synchronous {
            Synchronous::Full => SqliteSynchronous::Full,
            Synchronous::Normal => SqliteSynchronous::Normal,
        };
        // As the writer's connection is set up. It never sleeps in SQLite, and the writer's thread looks after the write-ahead log.
        let options = SqliteConnectOptions::new()
            .filename(path)
            .synchronous(synchronous)
            .pragma("fullfsync", "true")
            .pragma("checkpoint_fullfsync", "true")
            .pragma("wal_autocheckpoint", "0")
            .busy_timeout(Duration::ZERO)
            .thread_name(|_| "eventsourcing-sql".to_owned());
        let gate = Arc::<Gate>::default();
        let [opened, lent] = std::array::from_fn(|_| Arc::clone(&gate));
        let pool = SqlitePoolOptions::new()
            .max_connections(1)
            .idle_timeout(None)
            .max_lifetime(None)
            .test_before_acquire(false)
            .after_connect(move |connection, _| {
                let gate = Arc::clone(&opened);
                Box::pin(async move { set_up(connection, store, &gate).await })
            })
            .before_acquire(move |_, _| {
                lent.open();
                Box::pin(std::future::ready(Ok(true)))
            })
            .after_release(|connection, _| {
                let is_usable = !connection.is_in_transaction();
                Box::pin(std::future::ready(Ok(is_usable)))
            })
            .connect_lazy_with(options);
        Self { pool, gate }
    }

    /// Begins a transaction that holds the write lock.
    pub(super) async fn begin(&self) -> Result<SqliteTransaction<'static>, sqlx::Error> {
        self.pool.begin_with("begin immediate").await
    }

    /// Closes the connection, when nobody can have the turn any more.
    pub(crate) async fn close(&self) {
        self.pool.close().await;
    }
}

/// Sees to it that a new connection leads to the store, and asks the gate.
async fn set_up(
    connection: &mut SqliteConnection,
    StoreIdentity { id, epoch }: StoreIdentity,
    gate: &Arc<Gate>,
) -> Result<(), sqlx::Error> {
    let same = "select 1 from es_store where id = ?1 and epoch = ?2";
    let identity = [Value::from(id.to_string()), Value::from(epoch.to_string())];
    if ask(connection, same, &identity).await?.is_empty() {
        return Err(sqlx::Error::Configuration(
            "the file is that of another store by now".into(),
        ));
    }
    gate.open();
    let [committing, rolling_back, running] = std::array::from_fn(|_| Arc::clone(gate));
    let mut handle = connection.lock_handle().await?;
    handle.set_commit_hook(move || committing.may_commit.load(Ordering::Acquire));
    handle.set_rollback_hook(move || rolling_back.has_ended.store(true, Ordering::Release));
    handle.set_progress_handler(STEPS, move || !running.is_stopped.load(Ordering::Acquire));
    Ok(())
}

impl Gate {
    /// A transaction is about to begin, and nothing is left of the one before.
    fn open(&self) {
        self.may_commit.store(false, Ordering::Release);
        self.is_stopped.store(false, Ordering::Release);
        self.has_ended.store(false, Ordering::Release);
    }

    /// The next commit is that of the store.
    pub(super) fn let_commit(&self) {
        self.may_commit.store(true, Ordering::Release);
    }

    /// Interrupts the statement that is running.
    pub(super) fn stop(&self) {
        self.is_stopped.store(true, Ordering::Release);
    }

    pub(super) fn has_ended(&self) -> bool {
        self.has_ended.load(Ordering::Acquire)
    }
}

impl fmt::Debug for SqlConnection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqlConnection").finish_non_exhaustive()
    }
}
