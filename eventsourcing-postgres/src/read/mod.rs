//! Reads of streams, in batches: one query, and one snapshot, for what many callers want to read.

mod parameters;
mod slices;

use std::collections::VecDeque;
use std::error::Error;
use std::sync::Arc;

use async_trait::async_trait;
use eventsourcing_core::store::{
    Appended, DictionarySize, IdReused, ReadError, ReadStreams, StoreError, StreamsRead,
};
use tokio::sync::oneshot;
use tracing::debug;

use crate::classify::{classify, nothing_done};
use crate::combine::Work;
use crate::history::History;
use crate::options::PostgresOptions;
use crate::session::{Connector, Link, Session};
use crate::tenant::Tenant;
use parameters::Parameters;
use slices::{Answer, Found, Slices};

/// A read that was handed in.
pub(crate) struct Request {
    pub(crate) read: ReadStreams,
    pub(crate) tenant: Arc<Tenant>,
    /// The number of the tenant when the read was handed in.
    pub(crate) key: i32,
    pub(crate) reply: oneshot::Sender<Result<StreamsRead, ReadError>>,
}

impl Request {
    /// Nobody may be waiting any more.
    fn reply(self, outcome: Result<StreamsRead, ReadError>) {
        let _ = self.reply.send(outcome);
    }
}

/// How many requests one query may serve, and for how many streams.
const REQUESTS: usize = 128;
const STREAMS: usize = 1_024;

/// Sends reads, on several connections.
pub(crate) struct Reader {
    links: Vec<Link>,
    history: History,
}

impl Reader {
    pub(crate) fn new(connector: &Arc<Connector>, history: History, options: &PostgresOptions) -> Self {
        Self {
            links: (0..options.readers).map(|_| Link::new(connector)).collect(),
            history,
        }
    }

    pub(crate) fn lanes(&self) -> usize {
        self.links.len()
    }
}

#[async_trait]
impl Work for Reader {
    type Item = Request;

    const WORTH_A_LANE: usize = 1;

    fn choose(&self, queue: &mut VecDeque<Request>) -> Vec<Request> {
        let mut batch: Vec<Request> = Vec::new();
        let mut streams = 0;
        while let Some(request) = queue.pop_front() {
            if request.reply.is_closed() {
                continue;
            }
            streams += request.read.streams.len();
            if batch.len() == REQUESTS || (streams > STREAMS && !batch.is_empty()) {
                queue.push_front(request);
                break;
            }
            batch.push(request);
        }
        batch
    }

    async fn run(&self, lane: usize, batch: Vec<Request>) {
        let session = match self.links[lane].session().await {
            Ok(session) => session,
            Err(error) => return fail_all(batch, &Failure::of_store(error)),
        };
        let Err((batch, failure)) = self.read(&session, batch).await else {
            return;
        };
        if batch.len() < 2 || session.is_closed() {
            return fail_all(batch, &failure);
        }
        debug!(
            error = &failure.error() as &dyn Error,
            requests = batch.len(),
            "a batch of reads has failed"
        );
        for request in batch {
            if let Err((request, failure)) = self.read(&session, vec![request]).await {
                fail_all(request, &failure);
            }
        }
    }
}

impl Reader {
    /// Answers each of the requests; gives the batch back if it cannot be read as a whole.
    async fn read(&self, session: &Session, batch: Vec<Request>) -> Result<(), (Vec<Request>, Failure)> {
        let found = match read(session, &batch).await {
            Ok(found) => found,
            Err(failure) => return Err((batch, failure)),
        };
        for (request, found) in batch.into_iter().zip(found) {
            let outcome = self.outcome(&request, found).await;
            request.reply(outcome);
        }
        Ok(())
    }

    async fn outcome(&self, request: &Request, found: Found) -> Result<StreamsRead, ReadError> {
        let mut repeated = None;
        if let (Some((fingerprint, outcome)), Some(command)) = (found.command, request.read.command) {
            if fingerprint != command.fingerprint {
                return Err(IdReused { id: command.id }.into());
            }
            let first = self.history.appended(&request.tenant, outcome).await?;
            repeated = Some(Appended {
                repeated: true,
                ..first
            });
        }
        Ok(StreamsRead {
            slices: if repeated.is_some() {
                Vec::new()
            } else {
                found.slices
            },
            repeated,
            dictionary: DictionarySize(found.dictionary),
        })
    }
}

fn fail_all(batch: Vec<Request>, failure: &Failure) {
    for request in batch {
        request.reply(Err(failure.error().into()));
    }
}

/// Reads until the dictionaries that it was asked with turn out to be complete.
async fn read(session: &Session, batch: &[Request]) -> Result<Vec<Found>, Failure> {
    let mut may_be_cheap = true;
    loop {
        let parameters = Parameters::of(batch);
        let cheap = if may_be_cheap {
            parameters.send_cheaply(session).await
        } else {
            None
        };
        let rows = match cheap {
            Some(rows) => rows,
            None => parameters.send(session).await,
        };
        let rows = rows.map_err(|error| Failure::Query(Arc::new(error)))?;
        let slices = Slices::new(batch, &parameters);
        match slices.of_rows(&rows).map_err(Failure::of_store)? {
            Answer::Found(found) => return Ok(found),
            Answer::UnknownTypes => refresh(session, batch).await?,
            // Seldom: whoever asks so mostly wants all there is.
            Answer::HeadsMissing => may_be_cheap = false,
        }
    }
}

async fn refresh(session: &Session, batch: &[Request]) -> Result<(), Failure> {
    let mut refreshed: Vec<&Arc<Tenant>> = Vec::new();
    for request in batch {
        if !refreshed
            .iter()
            .any(|tenant| Arc::ptr_eq(tenant, &request.tenant))
        {
            request.tenant.refresh(session).await.map_err(Failure::of_store)?;
            refreshed.push(&request.tenant);
        }
    }
    Ok(())
}

/// Why a batch could not be read; each request gets an error of its own of it.
enum Failure {
    Query(Arc<tokio_postgres::Error>),
    Store(Arc<StoreError>),
}

impl Failure {
    fn of_store(error: StoreError) -> Self {
        Self::Store(Arc::new(error))
    }

    fn error(&self) -> StoreError {
        match self {
            Self::Query(error) => nothing_done(classify(error), Arc::clone(error)),
            Self::Store(error) => {
                StoreError::new(error.kind(), "the streams could not be read").caused_by(Arc::clone(error))
            }
        }
    }
}
