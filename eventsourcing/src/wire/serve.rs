use std::num::NonZeroUsize;
use std::panic::resume_unwind;
use std::pin::pin;
use std::sync::Arc;

use tokio::sync::{oneshot, watch};
use tokio::task::JoinSet;

use super::{Dispatcher, Incoming, Protocol, ProtocolError};
use crate::Position;
use crate::bus::BusSubscription;
use crate::store::{Checkpoint, FeedError};

/// How a protocol is served.
#[derive(Debug)]
#[non_exhaustive]
pub struct Serve {
    /// How many commands of the protocol are under way at a time. Further ones are not taken from it until one is done.
    pub concurrency: NonZeroUsize,
    /// The events to publish: one subscription for each store.
    pub events: Vec<BusSubscription>,
}

impl Default for Serve {
    /// At most 256 commands at a time, and no events.
    fn default() -> Self {
        const CONCURRENCY: NonZeroUsize = NonZeroUsize::new(256).unwrap();
        Self {
            concurrency: CONCURRENCY,
            events: Vec::new(),
        }
    }
}

impl Serve {
    /// The same, with so many commands at a time.
    #[must_use]
    pub fn with_concurrency(mut self, commands: NonZeroUsize) -> Self {
        self.concurrency = commands;
        self
    }

    /// The same, publishing these events too.
    #[must_use]
    pub fn with_events(mut self, events: BusSubscription) -> Self {
        self.events.push(events);
        self
    }
}

/// Serves a protocol: dispatches its commands, sends the results, and publishes events, until it has no more commands or
/// `shutdown` is ready. What is under way then is brought to its end, and the events that it has led to are published.
///
/// # Errors
/// If events cannot be published. Commands that are under way are brought to their end first.
pub async fn serve(
    protocol: Arc<dyn Protocol>,
    dispatcher: Dispatcher,
    serve: Serve,
    shutdown: impl Future<Output = ()> + Send,
) -> Result<(), ServeError> {
    let (stop, stopped) = oneshot::channel();
    let (done, until) = watch::channel(false);
    let mut publishers = JoinSet::new();
    for events in serve.events {
        publishers.spawn(publish(Arc::clone(&protocol), events, until.clone()));
    }
    let commands = async {
        let stopped = async {
            tokio::select! {
                () = shutdown => {}
                // That there is nothing to publish is no reason to stop.
                Ok(()) = stopped => {}
            }
        };
        serve_commands(&protocol, &dispatcher, serve.concurrency, stopped).await;
        done.send_replace(true);
    };
    let events = async {
        let mut stop = Some(stop);
        let mut published = Ok(());
        while let Some(ended) = publishers.join_next().await {
            let ended = ended.unwrap_or_else(|died| resume_unwind(died.into_panic()));
            if ended.is_err()
                && let Some(stop) = stop.take()
            {
                // Whoever serves commands may have come to the end already.
                let _ = stop.send(());
            }
            published = published.and(ended);
        }
        published
    };
    let ((), published) = tokio::join!(commands, events);
    published
}

/// Serves commands until there are no more, and none is under way.
async fn serve_commands(
    protocol: &Arc<dyn Protocol>,
    dispatcher: &Dispatcher,
    concurrency: NonZeroUsize,
    stopped: impl Future<Output = ()> + Send,
) {
    let mut stopped = pin!(stopped);
    let mut under_way = JoinSet::new();
    loop {
        tokio::select! {
            biased;
            Some(_) = under_way.join_next() => {}
            () = &mut stopped => break,
            incoming = protocol.next_command(), if under_way.len() < concurrency.get() => match incoming {
                Some(incoming) => {
                    under_way.spawn(answer(Arc::clone(protocol), dispatcher.clone(), incoming));
                }
                None => break,
            },
        }
    }
    while under_way.join_next().await.is_some() {}
}

/// Executes a command and sends its result.
async fn answer(protocol: Arc<dyn Protocol>, dispatcher: Dispatcher, incoming: Incoming) {
    let result = dispatcher.dispatch(incoming.command).await;
    if let Err(error) = protocol.send_result(incoming.request, result).await {
        tracing::warn!(
            error = &error as &dyn std::error::Error,
            "nobody could be told what came of a command"
        );
    }
}

/// Publishes events: in the end up to where the log ends when all commands are done.
async fn publish(
    protocol: Arc<dyn Protocol>,
    mut events: BusSubscription,
    mut done: watch::Receiver<bool>,
) -> Result<(), ServeError> {
    let mut end = None;
    while end.is_none_or(|end| position(&events) < end) {
        let before = events.checkpoint();
        let page = tokio::select! {
            page = events.next() => page?,
            () = is_done(&mut done), if end.is_none() => {
                end = Some(events.end().await?.position);
                continue;
            }
        };
        for event in &page.events {
            if let Err(source) = protocol.publish_event(event).await {
                return Err(ServeError::Protocol {
                    after: before,
                    source,
                });
            }
        }
    }
    Ok(())
}

async fn is_done(done: &mut watch::Receiver<bool>) {
    // An error says that whoever could say so is gone: that is as good as saying it.
    let _ = done.wait_for(|done| *done).await;
}

fn position(events: &BusSubscription) -> Position {
    events
        .checkpoint()
        .map_or(Position::START, |checkpoint| checkpoint.position)
}

/// Why a protocol is no longer served.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ServeError {
    /// The log could not be read.
    #[error("the events to publish could not be read")]
    Feed(#[from] FeedError),
    /// An event could not be published.
    #[error("an event could not be published")]
    Protocol {
        /// Everything up to here was published, and perhaps some that follow.
        after: Option<Checkpoint>,
        /// What the protocol says.
        source: ProtocolError,
    },
}
