use std::fmt;
use std::time::Duration;

use eventsourcing_core::Limits;
use tokio_postgres::tls::{MakeTlsConnect, TlsConnect};
use tokio_postgres::{Config, NoTls, Socket};

use crate::session::{Dial, dial_with};
use crate::{ConnectError, InvalidSchemaName, PendingMigrations, PostgresStore, SchemaName};

/// How to connect to a store, and how it works.
///
/// ```no_run
/// use eventsourcing_postgres::{PostgresOptions, SynchronousCommit};
///
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// let store = PostgresOptions::new("postgres://app@db.example.org/shop")?
///     .schema("shop_events")?
///     .synchronous_commit(SynchronousCommit::RemoteApply)
///     .connect()
///     .await?;
/// # Ok(())
/// # }
/// ```
#[must_use = "call `connect` to open the store"]
#[derive(Clone)]
pub struct PostgresOptions {
    pub(crate) config: Config,
    pub(crate) dial: Dial,
    pub(crate) schema: SchemaName,
    pub(crate) synchronous_commit: Option<SynchronousCommit>,
    pub(crate) pooler: Pooler,
    pub(crate) migration: Migration,
    pub(crate) wake_up: WakeUp,
    pub(crate) poll_interval: Duration,
    pub(crate) readers: usize,
    pub(crate) longest_queue: usize,
    pub(crate) largest_queue: usize,
    pub(crate) reconnect_within: Duration,
    #[cfg(feature = "sqlx")]
    pub(crate) sql_pool: Option<sqlx::PgPool>,
}

/// When an append is acknowledged: PostgreSQL's setting
/// [`synchronous_commit`](https://www.postgresql.org/docs/current/runtime-config-wal.html#GUC-SYNCHRONOUS-COMMIT).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SynchronousCommit {
    /// Before it is on disk: a crash of the server may lose the last appends that were acknowledged, and what is appended next takes
    /// their positions. Checkpoints that are kept elsewhere, and readers that run on, may then be ahead of the log, and pass over
    /// events. This is for data that one can lose. The store says that it is [not durable](eventsourcing_core::store::Capabilities).
    Off,
    /// When it is on the server's disk.
    Local,
    /// When the synchronous standbys have received it as well.
    RemoteWrite,
    /// When it is on the disks of the synchronous standbys as well.
    On,
    /// When it can be read on the synchronous standbys as well.
    RemoteApply,
}

impl SynchronousCommit {
    pub(crate) fn setting(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Local => "local",
            Self::RemoteWrite => "remote_write",
            Self::On => "on",
            Self::RemoteApply => "remote_apply",
        }
    }
}

/// What stands between the store and the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pooler {
    None,
    /// Each transaction may run on another connection of the server: nothing is kept in a session.
    Transaction,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Migration {
    OnConnect,
    Never,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum WakeUp {
    Notify,
    PollOnly,
}

impl PostgresOptions {
    /// The options by default, with an address in the form of
    /// [libpq](https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING):
    /// `postgres://user:password@host:port/database?param=value`, or `host=... user=... dbname=...`.
    ///
    /// # Errors
    /// If the address cannot be read.
    pub fn new(url: &str) -> Result<Self, ConnectError> {
        let config = url.parse().map_err(ConnectError::Url)?;
        Ok(Self {
            config,
            dial: dial_with(NoTls),
            schema: SchemaName::default(),
            synchronous_commit: None,
            pooler: Pooler::None,
            migration: Migration::OnConnect,
            wake_up: WakeUp::Notify,
            poll_interval: Duration::from_secs(1),
            readers: 2,
            longest_queue: 16_384,
            largest_queue: 256 * 1024 * 1024,
            reconnect_within: Duration::from_secs(5),
            #[cfg(feature = "sqlx")]
            sql_pool: None,
        })
    }

    /// The schema that the store lives in; `eventsourcing` by default. Each schema is a store of its own.
    ///
    /// # Errors
    /// If the text is not a [`SchemaName`].
    pub fn schema(mut self, name: &str) -> Result<Self, InvalidSchemaName> {
        self.schema = SchemaName::new(name)?;
        Ok(self)
    }

    /// Encrypts the connections with this connector, for instance that of the crate `tokio-postgres-rustls`. What the address
    /// says by `sslmode` applies.
    pub fn tls<T>(mut self, connector: T) -> Self
    where
        T: MakeTlsConnect<Socket> + Clone + Send + Sync + 'static,
        T::Stream: Send + 'static,
        T::TlsConnect: Send,
        <T::TlsConnect as TlsConnect<Socket>>::Future: Send,
    {
        self.dial = dial_with(connector);
        self
    }

    /// When an append is acknowledged; by default as the server has it set.
    pub const fn synchronous_commit(mut self, mode: SynchronousCommit) -> Self {
        self.synchronous_commit = Some(mode);
        self
    }

    /// For a PgBouncer, of whatever version, that pools transactions: statements are sent unprepared, and wake-ups come by
    /// polling, every 50 ms unless [`poll_interval`](Self::poll_interval) says otherwise later. Slower, but no less safe.
    pub const fn through_pgbouncer(mut self) -> Self {
        self.pooler = Pooler::Transaction;
        self.wake_up = WakeUp::PollOnly;
        self.poll_interval = Duration::from_millis(50);
        self
    }

    /// Does not change the schema when connecting: [`connect`](Self::connect) fails if it is not up to date.
    pub const fn without_migration(mut self) -> Self {
        self.migration = Migration::Never;
        self
    }

    /// Neither sends nor awaits notifications: whoever waits for events finds them by polling.
    pub const fn without_notify(mut self) -> Self {
        self.wake_up = WakeUp::PollOnly;
        self
    }

    /// How often whoever waits for events looks for them; every second by default. With notifications this only matters
    /// when one is lost.
    pub const fn poll_interval(mut self, interval: Duration) -> Self {
        self.poll_interval = interval;
        self
    }

    /// How many connections read streams; 2 by default, at least 1. The store has four more, one of them for listening.
    pub fn readers(mut self, connections: usize) -> Self {
        self.readers = connections.max(1);
        self
    }

    /// How many appends may wait, and how many reads; 16,384 by default. Further ones are refused as overloaded.
    pub const fn longest_queue(mut self, calls: usize) -> Self {
        self.longest_queue = calls;
        self
    }

    /// How many bytes all appends that wait or are under way may have together: those of payload and metadata, and 100 for each
    /// event, link and condition. 256 MiB by default, at least as many as the [limit](eventsourcing_core::Limits) of one append.
    /// Further ones are refused as overloaded.
    pub fn largest_queue(mut self, bytes: usize) -> Self {
        self.largest_queue = bytes.max(Limits::DEFAULT.append_bytes);
        self
    }

    /// For how long a call waits for a lost connection to come back before it fails; 5 seconds by default.
    pub const fn reconnect_within(mut self, patience: Duration) -> Self {
        self.reconnect_within = patience;
        self
    }

    /// The connections on which projections run [SQL of their own](crate::PgTx); without it, there is none. They lead to the same
    /// database, as a role that may do what the store may. Each such projection that is at work takes one. Feature `sqlx`.
    #[cfg(feature = "sqlx")]
    pub fn sql_pool(mut self, pool: sqlx::PgPool) -> Self {
        self.sql_pool = Some(pool);
        self
    }

    /// Opens the store, and first makes its schema if it is missing or old.
    ///
    /// Connections and tasks belong to the tokio runtime in which this is called.
    ///
    /// # Errors
    /// If the server cannot be reached or is not fit, or the schema was made by a newer version.
    pub async fn connect(self) -> Result<PostgresStore, ConnectError> {
        PostgresStore::open(self).await
    }

    /// What [`connect`](Self::connect) would do to the schema, without doing it: a dry run. Prints as SQL.
    ///
    /// # Errors
    /// If the server cannot be reached, or the schema was made by a newer version.
    pub async fn pending_migrations(&self) -> Result<PendingMigrations, ConnectError> {
        PendingMigrations::find(self).await
    }
}

impl fmt::Debug for PostgresOptions {
    /// Without the address, which may hold a password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PostgresOptions")
            .field("schema", &self.schema)
            .finish_non_exhaustive()
    }
}
