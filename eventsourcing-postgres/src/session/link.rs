use std::future::poll_fn;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use eventsourcing_core::store::{StoreEpoch, StoreError, StoreId, StoreIdentity};
use tokio::runtime::Handle;
use tokio::time::{Instant, sleep, timeout_at};
use tokio_postgres::{Client, Config};
use tracing::{debug, warn};

use super::{Connection, Dial, Query, Session, Statements};
use crate::classify::{Fault, classify, store_error};
use crate::options::{Pooler, PostgresOptions};

/// Makes sessions, all on the same store.
pub(crate) struct Connector {
    config: Config,
    dial: Dial,
    pooler: Pooler,
    statements: Arc<Statements>,
    patience: Duration,
    runtime: Handle,
    identity: OnceLock<StoreIdentity>,
    /// Whether another store was found where that one was.
    is_other_store: AtomicBool,
    /// The highest fence that this process has heard of.
    fence: AtomicI64,
}

impl Connector {
    pub(crate) fn new(options: &PostgresOptions) -> Self {
        Self {
            config: tuned(options),
            dial: Arc::clone(&options.dial),
            pooler: options.pooler,
            statements: Arc::new(Statements::new(&options.schema)),
            patience: options.reconnect_within,
            runtime: Handle::current(),
            identity: OnceLock::new(),
            is_other_store: AtomicBool::new(false),
            fence: AtomicI64::new(0),
        }
    }

    /// A connection for other uses. Its other end has to be driven.
    pub(crate) async fn dial(&self) -> Result<(Client, Box<dyn Connection>), tokio_postgres::Error> {
        (self.dial)(self.config.clone()).await
    }

    pub(crate) fn runtime(&self) -> &Handle {
        &self.runtime
    }

    /// The text of a statement, for a connection of somebody else.
    #[cfg(feature = "sqlx")]
    pub(crate) fn text(&self, query: Query) -> &str {
        self.statements.text(query)
    }

    /// The store that the first session was made on.
    pub(crate) fn identity(&self) -> Option<StoreIdentity> {
        self.identity.get().copied()
    }

    pub(crate) fn fence(&self) -> i64 {
        self.fence.load(Ordering::SeqCst)
    }

    pub(crate) fn fence_raised(&self, fence: i64) {
        self.fence.fetch_max(fence, Ordering::SeqCst);
    }

    /// A session on the store, and on no other one that may have taken its place.
    pub(crate) async fn session(&self) -> Result<Session, Refused> {
        let (client, connection) = self.dial().await.map_err(Refused::Database)?;
        self.runtime.spawn(drive(connection));
        let session = Session::new(client, self.pooler, Arc::clone(&self.statements));
        self.recognise(&session).await?;
        Ok(session)
    }

    /// Asks which store is at the other end: the one that was opened first, or there are no more sessions.
    pub(crate) async fn recognise(&self, session: &Session) -> Result<(), Refused> {
        let row = session
            .query_opt(Query::OpenStore, &[])
            .await
            .map_err(Refused::Database)?;
        let row = row.ok_or(Refused::OtherStore)?;
        let found = StoreIdentity {
            id: StoreId::new(row.try_get(0).map_err(Refused::Database)?),
            epoch: StoreEpoch::new(row.try_get(1).map_err(Refused::Database)?),
        };
        if *self.identity.get_or_init(|| found) != found {
            self.is_other_store.store(true, Ordering::SeqCst);
            return Err(Refused::OtherStore);
        }
        self.fence_raised(row.try_get(2).map_err(Refused::Database)?);
        Ok(())
    }
}

/// Why there is no session.
#[derive(Debug)]
pub(crate) enum Refused {
    Database(tokio_postgres::Error),
    OtherStore,
}

impl Refused {
    /// Whether it may be different in a moment: the server is not there, or still starting.
    fn may_pass(&self) -> bool {
        match self {
            Self::Database(error) => matches!(classify(error), Fault::Lost | Fault::Transient),
            Self::OtherStore => false,
        }
    }
}

impl From<Refused> for StoreError {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::Database(error) => store_error(error),
            Refused::OtherStore => Self::broken("the store was restored or moved since it was opened"),
        }
    }
}

/// A session that is made again when it is lost.
pub(crate) struct Link {
    connector: Arc<Connector>,
    session: Mutex<Option<Arc<Session>>>,
    connecting: tokio::sync::Mutex<()>,
}

impl Link {
    pub(crate) fn new(connector: &Arc<Connector>) -> Self {
        Self {
            connector: Arc::clone(connector),
            session: Mutex::default(),
            connecting: tokio::sync::Mutex::default(),
        }
    }

    /// The session, which may be a new one. Waits for the server for as long as the options say.
    pub(crate) async fn session(&self) -> Result<Arc<Session>, StoreError> {
        if self.connector.is_other_store.load(Ordering::SeqCst) {
            return Err(Refused::OtherStore.into());
        }
        if let Some(session) = self.alive() {
            return Ok(session);
        }
        // For all that wait, the time begins when they do.
        let deadline = Instant::now() + self.connector.patience;
        let connecting = timeout_at(deadline, self.connecting.lock()).await;
        let _connecting = connecting.map_err(|_| no_answer())?;
        if let Some(session) = self.alive() {
            return Ok(session);
        }
        let session = Arc::new(self.connect(deadline).await?);
        *self.session.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&session));
        Ok(session)
    }

    fn alive(&self) -> Option<Arc<Session>> {
        let session = self.session.lock().unwrap_or_else(PoisonError::into_inner);
        session.as_ref().filter(|session| !session.is_closed()).cloned()
    }

    async fn connect(&self, deadline: Instant) -> Result<Session, StoreError> {
        let mut random = fastrand::Rng::new();
        let mut pause = Duration::from_millis(20);
        loop {
            let refused = match timeout_at(deadline, self.connector.session()).await {
                Ok(Ok(session)) => return Ok(session),
                Ok(Err(refused)) => refused,
                Err(_) => return Err(no_answer()),
            };
            if !refused.may_pass() || Instant::now() >= deadline {
                return Err(refused.into());
            }
            debug!(?refused, "the database is not there yet");
            sleep(pause.mul_f64(0.5 + random.f64() / 2.0)).await;
            pause = (pause * 2).min(Duration::from_millis(500));
        }
    }
}

/// The sessions for everything but appends and reads of streams.
#[derive(Clone)]
pub(crate) struct Links {
    /// For what waits for nobody.
    pub(crate) reading: Arc<Link>,
    /// For what may have to wait for a lock that somebody else holds.
    pub(crate) locking: Arc<Link>,
    /// For reading rows of projections, which may be many.
    pub(crate) loading: Arc<Link>,
    /// For writing them.
    pub(crate) writing: Arc<Link>,
}

impl Links {
    pub(crate) fn new(connector: &Arc<Connector>) -> Self {
        let link = || Arc::new(Link::new(connector));
        Self {
            reading: link(),
            locking: link(),
            loading: link(),
            writing: link(),
        }
    }
}

fn no_answer() -> StoreError {
    StoreError::unavailable("the database does not answer")
}

/// Does the work of a connection until it ends.
async fn drive(mut connection: Box<dyn Connection>) {
    while let Some(message) = poll_fn(|context| connection.poll_message(context)).await {
        if let Err(error) = message {
            warn!(
                error = &error as &dyn std::error::Error,
                "a connection to the database was lost"
            );
            return;
        }
    }
}

/// A partner that does not answer, or has gone, is noticed in half a minute.
pub(crate) fn attentive(config: &Config) -> Config {
    let mut config = config.clone();
    if config.get_application_name().is_none() {
        config.application_name("eventsourcing");
    }
    if config.get_connect_timeout().is_none() {
        config.connect_timeout(Duration::from_secs(5));
    }
    if config.get_tcp_user_timeout().is_none() {
        config.tcp_user_timeout(Duration::from_secs(30));
    }
    config.keepalives_idle(Duration::from_secs(10));
    config
}

/// Server-side settings: plans are kept for the life of a connection, so they must not be made for the tables as they
/// happen to be now; see the migration for the same in `append()`. Whoever holds on to the lock of all writes for half a minute
/// makes appends fail, which can be tried again, and not hang.
fn tuned(options: &PostgresOptions) -> Config {
    const SETTINGS: &str = "-c plan_cache_mode=force_generic_plan -c enable_seqscan=off -c enable_bitmapscan=off -c jit=off \
                            -c enable_hashjoin=off -c enable_mergejoin=off -c max_parallel_workers_per_gather=0 \
                            -c default_transaction_isolation=read\\ committed -c lock_timeout=30s \
                            -c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=4";
    let mut config = attentive(&options.config);
    if options.pooler == Pooler::None {
        let given = config.get_options().unwrap_or_default().to_owned();
        config.options(format!("{SETTINGS} {given}"));
    }
    config
}
