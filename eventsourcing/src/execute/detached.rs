use std::future::poll_fn;
use std::task::Poll;

use tokio::sync::oneshot;

use crate::environment::Spawn;

/// The task ended without a result: it panicked, or its runtime was shut down.
#[derive(Debug, thiserror::Error)]
#[error("the task that wrote the command's events has died")]
pub(super) struct TaskDied;

/// Runs a future to its end, even if the caller stops waiting.
///
/// If it is ready at once, as with a store in memory, no task is needed.
pub(super) async fn detached<T: Send + 'static>(
    spawn: &dyn Spawn,
    future: impl Future<Output = T> + Send + 'static,
) -> Result<T, TaskDied> {
    let mut future = Box::pin(future);
    if let Poll::Ready(value) = poll_fn(|cx| Poll::Ready(future.as_mut().poll(cx))).await {
        return Ok(value);
    }
    let (sender, receiver) = oneshot::channel();
    spawn.spawn(Box::pin(async move {
        // Nobody may be waiting any more; what the future has done stands all the same.
        let _ = sender.send(future.await);
    }));
    receiver.await.map_err(|_| TaskDied)
}
