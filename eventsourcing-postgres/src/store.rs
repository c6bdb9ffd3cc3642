use std::fmt;
use std::sync::Arc;

use eventsourcing_core::TenantId;
use eventsourcing_core::store::{Append, Capabilities, EventStore, StoreError, StoreIdentity, TenantStore};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::append::{self, Appender};
use crate::checkpoints::PostgresCheckpoints;
use crate::combine::Combiner;
use crate::feed::Feeds;
use crate::history::History;
use crate::log::PostgresLog;
use crate::options::PostgresOptions;
use crate::read::Reader;
use crate::session::{Connector, Link};
use crate::settle::Settler;
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
        migrate::prepare(&options).await?;
        let connector = Arc::new(Connector::new(&options));
        let link = Arc::new(Link::new(&connector));
        link.session().await?;
        let identity = connector
            .identity()
            .ok_or_else(|| StoreError::broken("the store has no identity"))?;
        let history = History::new(&link);
        let watch = Watch::new();
        let runtime = connector.runtime();
        let appender = Appender::new(&connector, &link, history.clone(), watch.clone(), &options);
        let reader = Reader::new(&connector, history.clone(), &options);
        let lanes = reader.lanes();
        let shared = Shared {
            appends: Combiner::new(appender, runtime, append::LANES, options.longest_queue),
            reads: Combiner::new(reader, runtime, lanes, options.longest_queue),
            feeds: Feeds::new(&link, identity),
            settler: Settler::new(&connector, &link, history, options.longest_queue),
            _tasks: watch.start(&connector, &link, &options),
            tenants: Tenants::default(),
            room: Arc::new(Semaphore::new(kibibytes(options.largest_queue) as usize)),
            identity,
            watch,
            connector,
            link,
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
            durable: true,
            shared: true,
        }
    }

    fn tenant(&self, tenant: &TenantId) -> TenantStore {
        let known = self.shared.tenants.get(tenant);
        TenantStore {
            tenant: tenant.clone(),
            log: Arc::new(PostgresLog::new(&self.shared, &known)),
            checkpoints: Arc::new(PostgresCheckpoints::new(&self.shared, &known)),
        }
    }
}

/// What all handles of a store have in common.
pub(crate) struct Shared {
    pub(crate) identity: StoreIdentity,
    pub(crate) connector: Arc<Connector>,
    /// For everything but appends and reads of streams.
    pub(crate) link: Arc<Link>,
    pub(crate) appends: Arc<Combiner<Appender>>,
    pub(crate) reads: Arc<Combiner<Reader>>,
    pub(crate) feeds: Feeds,
    pub(crate) settler: Settler,
    pub(crate) watch: Watch,
    tenants: Tenants,
    /// In KiB.
    room: Arc<Semaphore>,
    _tasks: Vec<Task>,
}

impl Shared {
    /// Sets aside the memory that an append takes while it waits and while it is under way.
    pub(crate) fn room_for(&self, append: &Append) -> Result<OwnedSemaphorePermit, StoreError> {
        let events = append.events.iter();
        let bytes = events
            .map(|event| event.payload.len() + event.metadata.len())
            .sum();
        Arc::clone(&self.room)
            .try_acquire_many_owned(kibibytes(bytes))
            .map_err(|full| StoreError::overloaded("too many bytes are waiting").caused_by(full))
    }
}

/// Rounded up, so that whatever is larger takes more.
fn kibibytes(bytes: usize) -> u32 {
    u32::try_from(bytes.div_ceil(1024)).unwrap_or(u32::MAX)
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PostgresStore")
            .field("identity", &self.identity)
            .finish_non_exhaustive()
    }
}
