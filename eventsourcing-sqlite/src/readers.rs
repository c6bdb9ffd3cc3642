use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use eventsourcing_core::store::StoreError;
use rusqlite::Connection;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::SqliteError;
use crate::read::{Budget, Stop};

/// The connections that read, each lent to one reader at a time.
pub(crate) struct Readers {
    idle: Arc<Idle>,
    free: Arc<Semaphore>,
}

struct Idle(Mutex<Vec<Connection>>);

impl Readers {
    pub(crate) fn new(connections: Vec<Connection>) -> Self {
        Self {
            free: Arc::new(Semaphore::new(connections.len())),
            idle: Arc::new(Idle(Mutex::new(connections))),
        }
    }

    /// Borrows a connection, when there is one.
    pub(crate) async fn borrow(&self) -> Result<Reader, StoreError> {
        let gone = || StoreError::broken("the connections are gone");
        let permit = Arc::clone(&self.free).acquire_owned().await;
        let permit = permit.map_err(|closed| gone().caused_by(closed))?;
        // There are as many as permits, unless a reader has panicked.
        let connection = self.idle.lock().pop().ok_or_else(gone)?;
        Ok(Reader {
            connection: Some(connection),
            idle: Arc::clone(&self.idle),
            _permit: permit,
        })
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
