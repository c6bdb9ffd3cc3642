use std::mem::take;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use eventsourcing_core::store::StoreError;
use rusqlite::Connection;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::SqliteError;
use crate::read::{Budget, Stop};
use crate::writer::CLOSED;

/// The connections that read, each lent to one reader at a time.
pub(crate) struct Readers {
    idle: Arc<Idle>,
    free: Arc<Semaphore>,
    count: u32,
}

struct Idle(Mutex<Vec<Connection>>);

impl Readers {
    pub(crate) fn new(connections: Vec<Connection>) -> Self {
        Self {
            count: u32::try_from(connections.len()).unwrap_or(u32::MAX),
            free: Arc::new(Semaphore::new(connections.len())),
            idle: Arc::new(Idle(Mutex::new(connections))),
        }
    }

    /// Borrows a connection, when there is one.
    pub(crate) async fn borrow(&self) -> Result<Reader, StoreError> {
        let permit = Arc::clone(&self.free).acquire_owned().await;
        let permit = permit.map_err(|_closed| StoreError::unavailable(CLOSED))?;
        // There are as many as permits, unless a reader has panicked.
        let connection = self.idle.lock().pop();
        let connection = connection.ok_or_else(|| StoreError::broken("the connections are gone"))?;
        Ok(Reader {
            connection: Some(connection),
            idle: Arc::clone(&self.idle),
            _permit: permit,
        })
    }
}

impl Readers {
    /// Lends no more, waits until all are given back, and hands them out to be closed.
    pub(crate) async fn close(&self) -> Vec<Connection> {
        // Refused if that was done before.
        let all = self.free.acquire_many(self.count).await;
        self.free.close();
        drop(all);
        take(&mut *self.idle.lock())
    }
}

impl Idle {
    fn lock(&self) -> MutexGuard<'_, Vec<Connection>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A borrowed connection, which goes back when this is dropped.
pub(crate) struct Reader {
    connection: Option<Connection>,
    idle: Arc<Idle>,
    _permit: OwnedSemaphorePermit,
}

impl Reader {
    #[expect(clippy::expect_used, reason = "the connection is here until this is dropped")]
    pub(crate) fn connection(&self) -> &Connection {
        self.connection.as_ref().expect("a borrowed connection")
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        self.idle.lock().extend(self.connection.take());
    }
}

/// Reads the database as it is at one moment.
pub(crate) fn at_one_moment<T>(
    connection: &Connection,
    mut budget: Budget,
    read: impl FnOnce(&Connection, &mut Budget) -> Result<T, Stop>,
) -> Result<T, Stop> {
    let transaction = ReadTransaction::begin(connection)?;
    let answer = read(connection, &mut budget)?;
    transaction.end()?;
    Ok(answer)
}

struct ReadTransaction<'a>(&'a Connection);

impl<'a> ReadTransaction<'a> {
    fn begin(connection: &'a Connection) -> Result<Self, SqliteError> {
        connection.prepare_cached("begin")?.execute([])?;
        Ok(Self(connection))
    }

    fn end(&self) -> Result<(), SqliteError> {
        self.0.prepare_cached("commit")?.execute([])?;
        Ok(())
    }
}

impl Drop for ReadTransaction<'_> {
    fn drop(&mut self) {
        if self.0.is_autocommit() {
            return;
        }
        if let Err(error) = self.0.execute_batch("rollback") {
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                "a transaction cannot be ended"
            );
        }
    }
}
