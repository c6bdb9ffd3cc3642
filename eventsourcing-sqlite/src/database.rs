use std::fmt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use eventsourcing_core::store::{StoreError, StoreIdentity};
use eventsourcing_core::{Clock, Timestamp};
use rusqlite::Connection;
use tokio::task::coop::consume_budget;
use tokio::task::spawn_blocking;

use crate::busy::while_busy;
use crate::open::File;
use crate::read::{Budget, Stop, head_of_log};
use crate::readers::{Readers, at_one_moment};
#[cfg(feature = "sqlx")]
use crate::sql::SqlConnection;
use crate::writer::{Writer, WriterSettings};
use crate::{OpenError, SqliteOptions};

/// The connections to the file, and who uses them.
pub(crate) struct Database {
    pub(crate) identity: StoreIdentity,
    pub(crate) writer: Writer,
    #[cfg(feature = "sqlx")]
    pub(crate) sql: SqlConnection,
    readers: Readers,
    pub(crate) busy_timeout: Duration,
    clock: Arc<dyn Clock>,
}

impl Database {
    /// Opens the file. Blocks the thread.
    pub(crate) fn open(path: &Path, options: &SqliteOptions) -> Result<Self, OpenError> {
        let mut file = File::open(path, options.busy_timeout, options.clock.now())?;
        if options.restored {
            file.begin_epoch()?;
        }
        let identity = file.identity;
        let readers: Vec<_> = (0..options.readers)
            .map(|_| file.reader())
            .collect::<Result<_, _>>()?;
        let connection = file.writer(options.synchronous)?;
        let head = while_busy(options.busy_timeout, || head_of_log(&connection))?;
        let settings = WriterSettings {
            store: identity,
            clock: Arc::clone(&options.clock),
            busy_timeout: options.busy_timeout,
            longest_queue: options.longest_queue,
            poll_interval: options.poll_interval,
        };
        let writer = Writer::start(connection, head, settings).map_err(OpenError::System)?;
        Ok(Self {
            identity,
            writer,
            #[cfg(feature = "sqlx")]
            sql: SqlConnection::new(file.path(), options.synchronous, identity),
            readers: Readers::new(readers),
            busy_timeout: options.busy_timeout,
            clock: Arc::clone(&options.clock),
        })
    }

    /// Reads the database as it is at one moment: here and now if that is quick, and on a thread for blocking work if not.
    pub(crate) async fn read<T, F>(&self, read: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: Fn(&Connection, &mut Budget) -> Result<T, Stop> + Send + Sync + 'static,
    {
        // What is read here and now never waits: others have to get their turn all the same.
        consume_budget().await;
        let quickly = |connection: &Connection| at_one_moment(connection, Budget::SMALL, &read);
        let read_so_far = match self.writer.read_if_idle(quickly) {
            Some(Err(Stop::Sqlite(_))) | None => quickly(self.readers.borrow().await?.connection()),
            Some(done) => done,
        };
        match read_so_far {
            Ok(answer) => Ok(answer),
            Err(Stop::Sqlite(error)) if !error.is_busy() => Err(error.into()),
            Err(_) => self.read_patiently(read).await,
        }
    }

    /// The time, as those see it who write.
    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Lets nothing more be done, waits for all that is being done, and closes the connections.
    pub(crate) async fn close(&self) {
        let readers = self.readers.close().await;
        self.writer.close().await;
        #[cfg(feature = "sqlx")]
        self.sql.close().await;
        // The last one moves what is left of the write-ahead log. If the runtime is about to end, this is done by it.
        drop(spawn_blocking(move || drop(readers)).await);
    }

    async fn read_patiently<T, F>(&self, read: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: Fn(&Connection, &mut Budget) -> Result<T, Stop> + Send + Sync + 'static,
    {
        let reader = self.readers.borrow().await?;
        let patience = self.busy_timeout;
        let reading = spawn_blocking(move || {
            while_busy(patience, || {
                match at_one_moment(reader.connection(), Budget::UNLIMITED, &read) {
                    Ok(answer) => Ok(Some(answer)),
                    Err(Stop::Sqlite(error)) => Err(error),
                    Err(Stop::OverBudget) => Ok(None),
                }
            })
        });
        let read = reading.await;
        let read =
            read.map_err(|stopped| StoreError::broken("the read was broken off").caused_by(stopped))?;
        read?.ok_or_else(|| StoreError::broken("there is more to read than numbers can count"))
    }
}

impl fmt::Debug for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Database")
            .field("identity", &self.identity)
            .finish_non_exhaustive()
    }
}
