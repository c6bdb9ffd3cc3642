use std::fmt;
use std::sync::Arc;

use eventsourcing_core::TenantId;
use eventsourcing_core::store::{Capabilities, EventStore, StoreError, StoreIdentity, TenantStore};

use crate::append::{self, Appender};
use crate::checkpoints::PostgresCheckpoints;
use crate::combine::Combiner;
use crate::feed::Feeds;
use crate::history::History;
use crate::leases::PostgresLeases;
use crate::log::PostgresLog;
#[cfg(feature = "sqlx")]
use crate::options::WakeUp;
use crate::options::{PostgresOptions, SynchronousCommit};
use crate::read::Reader;
use crate::room::Room;
use crate::rows::PostgresRows;
use crate::schema::SchemaName;
use crate::session::{Connector, Links};
use crate::settle::Settler;
use crate::snapshots::PostgresSnapshots;
use crate::tenant::Tenants;
use crate::watch::{Task, Watch};
use crate::{ConnectError, migrate};

/// An event store in a PostgreSQL database.
///
/// A handle: clones are the same store, with the same connections. One per process is enough, and makes the largest batches.
#[derive(Clone, Debug)]
pub struct PostgresStore {
    shared: Arc<Shared>,
}

impl PostgresStore {
    /// Opens the store at this address, with everything else as [`PostgresOptions`] have it by default.
    ///
    /// # Errors
    /// If the server cannot be reached or is not fit, or the schema was made by a newer version.
    pub async fn connect(url: &str) -> Result<Self, ConnectError> {
        PostgresOptions::new(url)?.connect().await
    }

    pub(crate) async fn open(options: PostgresOptions) -> Result<Self, ConnectError> {
        let is_durable = migrate::prepare(&options).await?;
        let connector = Arc::new(Connector::new(&options));
        let links = Links::new(&connector);
        links.reading.session().await?;
        let identity = connector
            .identity()
            .ok_or_else(|| StoreError::broken("the store has no identity"))?;
        let history = History::new(&links.reading);
        let watch = Watch::new();
        let runtime = connector.runtime();
        let appender = Appender::new(
            &connector,
            identity,
            &links,
            history.clone(),
            watch.clone(),
            &options,
        );
        let reader = Reader::new(&connector, history.clone(), &options);
        let lanes = reader.lanes();
        let shared = Shared {
            appends: Combiner::new(appender, runtime, append::LANES, options.longest_queue),
            reads: Combiner::new(reader, runtime, lanes, options.longest_queue),
            feeds: Feeds::new(&links.reading, identity),
            settler: Settler::new(&connector, &links, history, options.longest_queue),
            _tasks: watch.start(&connector, &links, &options),
            tenants: Tenants::default(),
            room: Room::new(options.largest_queue),
            identity,
            is_durable,
            schema: options.schema.clone(),
            commit: options.synchronous_commit,
            #[cfg(feature = "sqlx")]
            sql_pool: options.sql_pool.clone(),
            #[cfg(feature = "sqlx")]
            notifies: options.wake_up == WakeUp::Notify,
            #[cfg(feature = "sqlx")]
            history: History::new(&links.reading),
            watch,
            connector,
            links,
        };
        Ok(Self {
            shared: Arc::new(shared),
        })
    }
}

impl EventStore for PostgresStore {
    fn identity(&self) -> StoreIdentity {
        self.shared.identity
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities {
            durable: self.shared.is_durable,
            shared: true,
        }
    }

    fn tenant(&self, tenant: &TenantId) -> TenantStore {
        let known = self.shared.tenants.get(tenant);
        TenantStore {
            tenant: tenant.clone(),
            log: Arc::new(PostgresLog::new(&self.shared, &known)),
            checkpoints: Arc::new(PostgresCheckpoints::new(&self.shared, &known)),
            rows: Arc::new(PostgresRows::new(&self.shared, &known)),
            leases: Arc::new(PostgresLeases::new(&self.shared, &known)),
            snapshots: Arc::new(PostgresSnapshots::new(&self.shared, &known)),
        }
    }
}

/// What all handles of a store have in common.
pub(crate) struct Shared {
    pub(crate) identity: StoreIdentity,
    is_durable: bool,
    pub(crate) schema: SchemaName,
    pub(crate) commit: Option<SynchronousCommit>,
    #[cfg(feature = "sqlx")]
    pub(crate) sql_pool: Option<sqlx::PgPool>,
    /// Whether appends wake up other processes.
    #[cfg(feature = "sqlx")]
    pub(crate) notifies: bool,
    #[cfg(feature = "sqlx")]
    pub(crate) history: History,
    pub(crate) connector: Arc<Connector>,
    pub(crate) links: Links,
    pub(crate) appends: Arc<Combiner<Appender>>,
    pub(crate) reads: Arc<Combiner<Reader>>,
    pub(crate) feeds: Feeds,
    pub(crate) settler: Settler,
    pub(crate) watch: Watch,
    tenants: Tenants,
    pub(crate) room: Room,
    _tasks: Vec<Task>,
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PostgresStore")
            .field("identity", &self.identity)
            .finish_non_exhaustive()
    }
}
