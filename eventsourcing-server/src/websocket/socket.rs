//! The thin shell around a [`Connection`]: a socket, the feeds, the commands and the clock.

use std::error::Error;
use std::future::poll_fn;
use std::pin::pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::extract::ws::{CloseFrame, Message, WebSocket};
use bytes::Bytes;
use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt as _, StreamExt as _};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until};
use tokio_tungstenite::tungstenite;
use tokio_tungstenite::tungstenite::error::CapacityError;

use super::connection::{Action, Connection, Frame, Terms};
use super::feeds::{Feed, Feeds, Followed, News};
use super::message::{Answer, Tag};
use super::outcome;
use crate::commands::Asked;
use crate::queries::problem;
use crate::shared::Shared;

/// What one connection consists of while it lasts.
pub(super) struct Socket {
    shared: Shared,
    terms: Terms,
    connection: Connection,
    feeds: Feeds,
    /// Commands and queries: each ends with its request, and the message that says what came of it.
    commands: JoinSet<(Tag, String)>,
    sink: SplitSink<WebSocket, Message>,
    stream: SplitStream<WebSocket>,
    /// Whether more can come from the client.
    is_readable: bool,
}

/// How much is taken in before what there is to say is sent, at the latest.
const INPUTS: usize = 64;

/// Nobody is there any more.
struct Gone;

impl Socket {
    pub(super) fn new(shared: Shared, terms: Terms, socket: WebSocket) -> Self {
        let (sink, stream) = socket.split();
        Self {
            shared,
            connection: Connection::new(terms.clone(), Instant::now()),
            terms,
            feeds: Feeds::default(),
            commands: JoinSet::new(),
            sink,
            stream,
            is_readable: true,
        }
    }

    /// Serves the connection to its end. Commands that are under way then go on by themselves.
    pub(super) async fn serve(mut self) {
        // Whoever is gone has been told whatever could be told.
        let Gone = self.run().await;
        self.commands.detach_all();
    }

    async fn run(&mut self) -> Gone {
        let shared = self.shared.clone();
        let mut closing = pin!(shared.closing());
        let mut alarm = pin!(sleep_until(Instant::now()));
        let mut last_call = None;
        let mut inputs = 0;
        loop {
            self.act();
            let soonest = self.connection.next_tick();
            let wake_at = soonest.unwrap_or_else(|| {
                *last_call.get_or_insert_with(|| Instant::now() + self.terms.limits.close_timeout)
            });
            // One that is too early costs less than one that is set anew each time.
            if wake_at < alarm.deadline() || alarm.is_elapsed() {
                alarm.as_mut().reset(wake_at);
            }
            let Self {
                connection,
                feeds,
                commands,
                sink,
                stream,
                ..
            } = self;
            feeds.want(|feed| connection.wants_page(feed));
            let takes_input = inputs < INPUTS;
            tokio::select! {
                biased;
                () = &mut closing, if !connection.is_ending() => {
                    connection.shut_down(retry_after());
                }
                () = &mut alarm => {
                    if soonest.is_none() && Instant::now() >= wake_at {
                        return Gone;
                    }
                    connection.tick(Instant::now());
                }
                Some(done) = commands.join_next(), if takes_input => {
                    let Ok((request, result)) = done else { return Gone };
                    connection.done(&request, result);
                    inputs += 1;
                }
                (feed, news) = poll_fn(|cx| feeds.poll_next(cx)), if takes_input => {
                    match news {
                        News::Opened(opened) => connection.opened(feed, opened),
                        News::Page(page) => connection.read(feed, page),
                        News::Following(following) => connection.following(feed, following),
                        News::Answer(answer) => connection.answered(feed, answer),
                    }
                    inputs += 1;
                }
                message = stream.next(), if takes_input && self.is_readable && connection.wants_input() => {
                    let Some(message) = message else { return Gone };
                    self.receive(message);
                    inputs += 1;
                }
                written = poll_fn(|cx| poll_write(cx, sink, connection)), if inputs > 0 || connection.has_frames() => {
                    match written {
                        Ok(Written::All) if self.connection.is_closed() && !self.is_readable => return Gone,
                        Ok(Written::All) => inputs = 0,
                        Ok(Written::Stuck) => {}
                        Err(_) => return Gone,
                    }
                }
            }
        }
    }

    fn act(&mut self) {
        while let Some(action) = self.connection.next_action() {
            match action {
                Action::Dispatch { request, command } => {
                    let shared = self.shared.clone();
                    self.commands.spawn(async move {
                        let asked = Asked::of(&command);
                        let result = shared.runtime().dispatch(command).await;
                        let message = outcome::message(&shared, &request, &asked, result).await;
                        (request, message)
                    });
                }
                Action::Ask { request, mut query } => {
                    let shared = self.shared.clone();
                    query.within = Some(shared.limits().projection_timeout);
                    self.commands.spawn(async move {
                        let answer = shared.runtime().queries().ask(&query).await.map_err(problem);
                        let message = Answer::of_request(&request, answer.as_ref()).to_json();
                        (request, message)
                    });
                }
                Action::Follow {
                    feed,
                    mut query,
                    after,
                } => {
                    query.within = Some(self.shared.limits().projection_timeout);
                    let shared = self.shared.clone();
                    self.feeds.follow(feed, Followed { shared, query, after });
                }
                Action::Open { feed, after, filter } => {
                    let opened = Feed {
                        shared: self.shared.clone(),
                        tenant: self.terms.identity.tenant.clone(),
                        after,
                        filter,
                    };
                    self.feeds.add(feed, opened);
                }
                Action::Close { feed } => self.feeds.remove(feed),
            }
        }
    }

    fn receive(&mut self, message: Result<Message, axum::Error>) {
        let now = Instant::now();
        match message {
            Ok(Message::Text(text)) => self.connection.received(&text, now),
            Ok(Message::Binary(_)) => self.connection.received_binary(),
            Ok(Message::Ping(_) | Message::Pong(_)) => self.connection.received_sign_of_life(now),
            // The answer to it has been sent already, and the stream ends.
            Ok(Message::Close(_)) => {}
            Err(error) => {
                self.is_readable = false;
                if is_too_large(&*error.into_inner()) {
                    self.connection.received_too_much();
                } else {
                    self.connection.received_nonsense();
                }
            }
        }
    }
}

/// What has become of what there was to be sent.
enum Written {
    /// It is on its way.
    All,
    /// The socket has begun to take nothing more, for the time being.
    Stuck,
}

/// Gives the socket what there is to be sent, and waits until that is on its way. That the socket takes no more is told once, so that
/// the alarm can be set.
fn poll_write(
    cx: &mut Context<'_>,
    sink: &mut SplitSink<WebSocket, Message>,
    connection: &mut Connection,
) -> Poll<Result<Written, axum::Error>> {
    loop {
        let Poll::Ready(ready) = sink.poll_ready_unpin(cx) else {
            return stuck(connection);
        };
        ready?;
        connection.moved();
        match connection.next_frame() {
            Some(frame) => sink.start_send_unpin(message(frame))?,
            None => break,
        }
    }
    let Poll::Ready(flushed) = sink.poll_flush_unpin(cx) else {
        return stuck(connection);
    };
    flushed?;
    connection.moved();
    Poll::Ready(Ok(Written::All))
}

fn stuck(connection: &mut Connection) -> Poll<Result<Written, axum::Error>> {
    if connection.is_stuck() {
        return Poll::Pending;
    }
    connection.stuck(Instant::now());
    Poll::Ready(Ok(Written::Stuck))
}

fn message(frame: Frame) -> Message {
    match frame {
        Frame::Text(text) => Message::Text(text.into()),
        Frame::Ping => Message::Ping(Bytes::new()),
        Frame::Close(farewell) => Message::Close(Some(CloseFrame {
            code: farewell.code,
            reason: farewell.reason.into(),
        })),
    }
}

fn is_too_large(error: &(dyn Error + 'static)) -> bool {
    matches!(
        error.downcast_ref(),
        Some(tungstenite::Error::Capacity(CapacityError::MessageTooLong { .. }))
    )
}

/// At different times for different clients, so that they do not all come back at once.
fn retry_after() -> Duration {
    Duration::from_millis(fastrand::u64(500..5_000))
}
