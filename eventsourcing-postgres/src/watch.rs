use std::error::Error;
use std::future::poll_fn;
use std::sync::Arc;
use std::time::Duration;

use eventsourcing_core::Position;
use eventsourcing_core::store::{StoreError, StoreErrorKind};
use tokio::sync::{Notify, watch};
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};
use tokio_postgres::AsyncMessage;
use tracing::{debug, error};

use crate::classify::store_error;
use crate::options::{PostgresOptions, WakeUp};
use crate::row::unsigned;
use crate::session::{Connector, Link, Links, Query, Refused};

/// Knows how far the log goes, for those who wait for it to move on.
///
/// Appends of this process tell at once. For those of others the end of the log is looked up: when a notification comes,
/// when somebody begins to wait, and every now and then for as long as somebody waits. Only what was looked up counts, so
/// nothing is missed when a notification is.
#[derive(Clone)]
pub(crate) struct Watch(Arc<Shared>);

struct Shared {
    known: watch::Sender<Known>,
    look: Notify,
}

/// What was found out last.
#[derive(Default)]
struct Known {
    end: Position,
    /// How often it was found out that the store is broken.
    failures: u64,
}

impl Watch {
    pub(crate) fn new() -> Self {
        Self(Arc::new(Shared {
            known: watch::Sender::default(),
            look: Notify::new(),
        }))
    }

    pub(crate) fn moved_to(&self, position: Position) {
        self.0.known.send_if_modified(|known| {
            let moved = position > known.end;
            known.end = position.max(known.end);
            moved
        });
    }

    /// Whoever waits goes on, to be told by the next read what it is.
    fn failed(&self) {
        self.0.known.send_modify(|known| known.failures += 1);
    }

    pub(crate) async fn wait_beyond(&self, position: Position) -> Result<Position, StoreError> {
        let mut known = self.0.known.subscribe();
        let failures = known.borrow().failures;
        if known.borrow().end <= position {
            self.0.look.notify_one();
        }
        let news = known.wait_for(|known| known.end > position || known.failures > failures);
        news.await
            .map(|known| known.end)
            .map_err(|closed| StoreError::broken("nobody looks any more").caused_by(closed))
    }

    /// Starts to look, until the tasks are dropped.
    pub(crate) fn start(
        &self,
        connector: &Arc<Connector>,
        links: &Links,
        options: &PostgresOptions,
    ) -> Vec<Task> {
        let looking = look(self.clone(), Arc::clone(&links.reading), options.poll_interval);
        let recognising = recognise(Arc::clone(connector), Arc::clone(&links.locking));
        let mut tasks = vec![
            Task(connector.runtime().spawn(looking)),
            Task(connector.runtime().spawn(recognising)),
        ];
        if options.wake_up == WakeUp::Notify {
            let channel = format!("eventsourcing.{}", options.schema);
            let listening = listen(self.clone(), Arc::clone(connector), channel);
            tasks.push(Task(connector.runtime().spawn(listening)));
        }
        tasks
    }
}

/// A task that ends when this is dropped.
pub(crate) struct Task(JoinHandle<()>);

impl Drop for Task {
    fn drop(&mut self) {
        self.0.abort();
    }
}

async fn look(watch: Watch, link: Arc<Link>, interval: Duration) {
    loop {
        let _ = timeout(interval, watch.0.look.notified()).await;
        if watch.0.known.receiver_count() == 0 {
            continue;
        }
        match head(&link).await {
            Ok(position) => watch.moved_to(position),
            Err(error) if error.kind() == StoreErrorKind::Broken => watch.failed(),
            Err(error) => debug!(
                error = &error as &dyn Error,
                "the end of the log cannot be looked up now"
            ),
        }
    }
}

async fn head(link: &Link) -> Result<Position, StoreError> {
    let row = link
        .session()
        .await?
        .query_opt(Query::Head, &[])
        .await
        .map_err(store_error)?;
    let row = row.ok_or_else(|| StoreError::broken("the log has no end"))?;
    Ok(Position::new(unsigned(row.try_get(0).map_err(store_error)?)))
}

/// Asks every second whether this is still the store that was opened. A new epoch may be begun by hand, and a pooler may go
/// over to another server without any connection being lost.
async fn recognise(connector: Arc<Connector>, link: Arc<Link>) {
    loop {
        sleep(Duration::from_secs(1)).await;
        let Ok(session) = link.session().await else {
            continue;
        };
        match connector.recognise(&session).await {
            Ok(()) => {}
            Err(Refused::OtherStore) => return error!("the store was restored or moved since it was opened"),
            Err(refused) => debug!(?refused, "the store cannot be recognised now"),
        }
    }
}

/// Listens on a connection of its own, and on a new one when that is lost.
async fn listen(watch: Watch, connector: Arc<Connector>, channel: String) {
    let mut pause = Duration::from_millis(50);
    loop {
        match listen_once(&watch, &connector, &channel).await {
            Ok(()) => pause = Duration::from_millis(50),
            Err(error) => {
                debug!(error = &error as &dyn Error, "cannot listen now");
                pause = (pause * 2).min(Duration::from_secs(2));
            }
        }
        sleep(pause).await;
    }
}

/// Ends when the connection does.
async fn listen_once(
    watch: &Watch,
    connector: &Connector,
    channel: &str,
) -> Result<(), tokio_postgres::Error> {
    let (client, mut connection) = connector.dial().await?;
    let listen = format!("listen \"{channel}\"");
    let listening = client.batch_execute(&listen);
    let woken = async {
        loop {
            match poll_fn(|context| connection.poll_message(context)).await {
                Some(Ok(AsyncMessage::Notification(_))) => watch.0.look.notify_one(),
                Some(Ok(_)) => {}
                Some(Err(error)) => return Err(error),
                None => return Ok(()),
            }
        }
    };
    let listening = async {
        listening.await?;
        // What was appended before is not told any more.
        watch.0.look.notify_one();
        Ok(())
    };
    futures_util::future::try_join(listening, woken).await.map(|_| ())
}
