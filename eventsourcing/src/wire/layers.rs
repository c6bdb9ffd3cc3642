//! Layers around dispatch, ready-made. Any other layer of [`tower`] goes as well.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::time::Instant;
use tower::util::MapRequestLayer;
use tower::{Layer, Service};

use super::{CommandResult, WireCommand};

/// A layer that gives commands no more time than this. A command that takes longer ends as
/// [`Unavailable`](CommandResult::Unavailable), or, if it is being written, as
/// [`UnknownOutcome`](CommandResult::UnknownOutcome).
pub fn deadline(
    longest: Duration,
) -> MapRequestLayer<impl Fn(WireCommand) -> WireCommand + Clone + Send + Sync + 'static> {
    MapRequestLayer::new(move |mut command: WireCommand| {
        let asked = command.metadata.deadline.unwrap_or(longest);
        command.metadata.deadline = Some(asked.min(longest));
        command
    })
}

/// A layer that looks at each command first, may change it, and may answer in its place: authentication, authorization,
/// validation.
///
/// ```
/// use eventsourcing::wire::{CommandResult, Rejection, WireCommand, check};
///
/// let known_actors_only = check(|command: &mut WireCommand| match &command.metadata.actor {
///     Some(_) => Ok(()),
///     None => Err(CommandResult::Rejected(Rejection::new("who are you?").with_code("unauthenticated"))),
/// });
/// # let _ = known_actors_only;
/// ```
pub fn check<F>(check: F) -> Check<F>
where
    F: Fn(&mut WireCommand) -> Result<(), CommandResult> + Clone,
{
    Check { check }
}

/// A layer that reports each command, how long it took, and what came of it, as an event of [`tracing`].
pub fn timing() -> Timing {
    Timing
}

/// The layer of [`check`].
#[derive(Clone, Copy, Debug)]
pub struct Check<F> {
    check: F,
}

/// The layer of [`timing`].
#[derive(Clone, Copy, Debug)]
pub struct Timing;

impl<S, F: Clone> Layer<S> for Check<F> {
    type Service = Checked<S, F>;

    fn layer(&self, inner: S) -> Checked<S, F> {
        Checked {
            inner,
            check: self.check.clone(),
        }
    }
}

impl<S> Layer<S> for Timing {
    type Service = Timed<S>;

    fn layer(&self, inner: S) -> Timed<S> {
        Timed { inner }
    }
}

/// The service of [`Check`].
#[derive(Clone, Debug)]
pub struct Checked<S, F> {
    inner: S,
    check: F,
}

/// The service of [`Timing`].
#[derive(Clone, Debug)]
pub struct Timed<S> {
    inner: S,
}

type Answer = Pin<Box<dyn Future<Output = Result<CommandResult, Infallible>> + Send>>;

impl<S, F> Service<WireCommand> for Checked<S, F>
where
    S: Service<WireCommand, Response = CommandResult, Error = Infallible, Future: Send + 'static>,
    F: Fn(&mut WireCommand) -> Result<(), CommandResult>,
{
    type Response = CommandResult;
    type Error = Infallible;
    type Future = Answer;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, mut command: WireCommand) -> Answer {
        match (self.check)(&mut command) {
            Ok(()) => Box::pin(self.inner.call(command)),
            Err(answer) => Box::pin(std::future::ready(Ok(answer))),
        }
    }
}

impl<S> Service<WireCommand> for Timed<S>
where
    S: Service<WireCommand, Response = CommandResult, Error = Infallible, Future: Send + 'static>,
{
    type Response = CommandResult;
    type Error = Infallible;
    type Future = Answer;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, command: WireCommand) -> Answer {
        let start = Instant::now();
        let (name, target) = (command.name.clone(), command.target.clone());
        let answer = self.inner.call(command);
        Box::pin(async move {
            let Ok(result) = answer.await;
            tracing::info!(
                command = name,
                target = target.as_ref().map(crate::StreamId::as_str),
                result = result.name(),
                elapsed = ?start.elapsed(),
                "dispatched"
            );
            Ok(result)
        })
    }
}
