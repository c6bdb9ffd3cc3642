use std::fmt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use eventsourcing_core::{Clock, SystemClock};

use crate::{OpenError, SqliteStore};

/// How a store works.
///
/// ```
/// use eventsourcing_sqlite::{SqliteOptions, Synchronous};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("bank.db");
/// let store = SqliteOptions::new().synchronous(Synchronous::Normal).readers(8).open(path).await?;
/// # Ok(())
/// # }
/// ```
#[must_use = "call `open` to open the store"]
#[derive(Clone)]
pub struct SqliteOptions {
    pub(crate) synchronous: Synchronous,
    pub(crate) busy_timeout: Duration,
    pub(crate) longest_queue: usize,
    pub(crate) readers: usize,
    pub(crate) poll_interval: Duration,
    pub(crate) restored: bool,
    pub(crate) clock: Arc<dyn Clock>,
}

/// When an append is acknowledged: SQLite's setting [`synchronous`](https://sqlite.org/pragma.html#pragma_synchronous).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Synchronous {
    /// When it is on the disk: it survives a loss of power.
    #[default]
    Full,
    /// When the system has it: it survives a crash of the process. A loss of power may take the last appends, though
    /// never one without those after it.
    Normal,
}

impl Synchronous {
    pub(crate) fn setting(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::Normal => "normal",
        }
    }
}

impl SqliteOptions {
    /// The options by default.
    pub fn new() -> Self {
        Self {
            synchronous: Synchronous::Full,
            busy_timeout: Duration::from_secs(5),
            longest_queue: 4_096,
            readers: 4,
            poll_interval: Duration::from_millis(20),
            restored: false,
            clock: Arc::new(SystemClock),
        }
    }

    /// When an append is acknowledged; by default when it is on the disk.
    pub const fn synchronous(mut self, synchronous: Synchronous) -> Self {
        self.synchronous = synchronous;
        self
    }

    /// For how long a call waits for another process that is writing, before it fails with
    /// [`Busy`](crate::SqliteErrorKind::Busy), which may be tried again; 5 seconds by default. Nothing was written then.
    pub const fn busy_timeout(mut self, patience: Duration) -> Self {
        self.busy_timeout = patience;
        self
    }

    /// How many writes may wait; 4,096 by default. Further ones are refused as overloaded. Each holds on to its append, of
    /// [16 MiB](eventsourcing_core::Limits) at most.
    pub const fn longest_queue(mut self, writes: usize) -> Self {
        self.longest_queue = writes;
        self
    }

    /// How many connections read; 4 by default, at least 1. So many long reads go on at the same time.
    pub fn readers(mut self, connections: usize) -> Self {
        self.readers = connections.max(1);
        self
    }

    /// How often those who wait for events look for those of other processes; every 20 ms by default. Events of this
    /// process wake them at once.
    pub const fn poll_interval(mut self, interval: Duration) -> Self {
        self.poll_interval = interval;
        self
    }

    /// The clock that says when events are recorded and leases expire; by default that of the machine.
    pub fn clock(mut self, clock: impl Clock) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// Begins a new epoch: for the first time that a file is opened after it was restored from a backup, while nobody else
    /// has it open. Checkpoints from before are refused from then on, so that no reader that had come further than the backup
    /// is misled. See [how to restore](crate#backup-and-restore).
    pub const fn restored_from_backup(mut self) -> Self {
        self.restored = true;
        self
    }

    /// Opens the store in this file, and makes it if there is none. The folder has to be there, on a local disk.
    ///
    /// # Errors
    /// If the file cannot be used, or was made by something else, or by a newer version of this crate.
    pub async fn open(self, path: impl AsRef<Path>) -> Result<SqliteStore, OpenError> {
        SqliteStore::open_with(self, path.as_ref().to_owned()).await
    }
}

impl Default for SqliteOptions {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for SqliteOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqliteOptions")
            .field("synchronous", &self.synchronous)
            .field("busy_timeout", &self.busy_timeout)
            .field("longest_queue", &self.longest_queue)
            .field("readers", &self.readers)
            .field("poll_interval", &self.poll_interval)
            .field("restored", &self.restored)
            .field("clock", &self.clock)
            .finish()
    }
}
