use std::num::NonZeroUsize;
use std::pin::pin;
use std::sync::Arc;

use tokio::sync::oneshot;
use tokio::task::JoinSet;

use super::{CommandResult, Dispatcher, Incoming, Protocol, ProtocolError};
use crate::Position;
use crate::bus::BusSubscription;
use crate::store::{Checkpoint, FeedError};

/// How a protocol is served.
#[derive(Debug)]
#[non_exhaustive]
pub struct Serve {
    /// How many commands of the protocol are under way at a time. Further ones are not taken from it until one is done.
    pub concurrency: NonZeroUsize,
    /// The events to publish, if any are to be.
    pub events: Option<BusSubscription>,
}

impl Default for Serve {
    /// At most 256 commands at a time, and no events.
    fn default() -> Self {
        const CONCURRENCY: NonZeroUsize = NonZeroUsize::new(256).unwrap();
        Self {
            concurrency: CONCURRENCY,
            events: None,
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

    /// The same, publishing these events.
    #[must_use]
    pub fn with_events(mut self, events: BusSubscription) -> Self {
        self.events = Some(events);
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
    let (done, until) = oneshot::channel();
    let commands = async {
        let stopped = async {
            tokio::select! {
                () = shutdown => {}
                // That there is nothing to publish is no reason to stop.
                Ok(()) = stopped => {}
            }
        };
        let position = serve_commands(&protocol, &dispatcher, serve.concurrency, stopped).await;
        // Whoever publishes may have failed already.
        let _ = done.send(position);
    };
    let events = async {
        let Some(events) = serve.events else {
            return Ok(());
        };
        let published = publish(&*protocol, events, until).await;
        if published.is_err() {
            let _ = stop.send(());
        }
        published
    };
    let ((), published) = tokio::join!(commands, events);
    published
}

/// Returns the position of the last event of all commands.
async fn serve_commands(
    protocol: &Arc<dyn Protocol>,
    dispatcher: &Dispatcher,
    concurrency: NonZeroUsize,
    stopped: impl Future<Output = ()> + Send,
) -> Position {
    let mut stopped = pin!(stopped);
    let mut under_way = JoinSet::new();
    let mut last = Position::START;
    loop {
        tokio::select! {
            biased;
            Some(done) = under_way.join_next() => last = last.max(done.unwrap_or(Position::START)),
            () = &mut stopped => break,
            incoming = protocol.next_command(), if under_way.len() < concurrency.get() => match incoming {
                Some(incoming) => {
                    under_way.spawn(answer(Arc::clone(protocol), dispatcher.clone(), incoming));
                }
                None => break,
            },
        }
    }
    while let Some(done) = under_way.join_next().await {
        last = last.max(done.unwrap_or(Position::START));
    }
    last
}

/// Executes a command and sends its result. Returns how far the log then went.
async fn answer(protocol: Arc<dyn Protocol>, dispatcher: Dispatcher, incoming: Incoming) -> Position {
    let result = dispatcher.dispatch(incoming.command).await;
    let position = match &result {
        CommandResult::Success(success) => success.position,
        _ => Position::START,
    };
    if let Err(error) = protocol.send_result(incoming.request, result).await {
        tracing::warn!(
            error = &error as &dyn std::error::Error,
            "nobody could be told what came of a command"
        );
    }
    position
}

/// Publishes events, in the end up to the position that it is told.
async fn publish(
    protocol: &dyn Protocol,
    mut events: BusSubscription,
    until: oneshot::Receiver<Position>,
) -> Result<(), ServeError> {
    let mut until = pin!(until);
    let mut end = None;
    while end.is_none_or(|end| position(&events) < end) {
        let before = events.checkpoint();
        let page = tokio::select! {
            page = events.next() => page?,
            told = &mut until, if end.is_none() => {
                end = Some(told.unwrap_or(Position::START));
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
