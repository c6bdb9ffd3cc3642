use std::error::Error;
use std::future::poll_fn;
use std::task::Poll;

use eventsourcing_core::store::ErrorClass;

/// The store has rejected what is acceptable, said that it is broken, or was not available for too long.
#[derive(Debug, thiserror::Error)]
#[error("the workload cannot go on")]
pub struct WorkloadError(#[source] Box<dyn Error + Send + Sync>);

impl WorkloadError {
    pub(super) fn new(source: impl Error + Send + Sync + 'static) -> Self {
        Self(Box::new(source))
    }
}

/// Counts failures that may pass.
pub(super) struct Patience {
    left: u32,
}

impl Patience {
    /// Longer than injected faults ever follow on each other.
    const FAILURES: u32 = 1_000;

    pub(super) fn new() -> Self {
        Self { left: Self::FAILURES }
    }

    /// Lets others go on, if the failure may pass.
    pub(super) async fn after(
        &mut self,
        class: ErrorClass,
        error: impl Error + Send + Sync + 'static,
    ) -> Result<(), WorkloadError> {
        let may_pass = matches!(class, ErrorClass::Retry | ErrorClass::Overloaded);
        if !may_pass || self.left == 0 {
            return Err(WorkloadError::new(error));
        }
        self.left -= 1;
        pause(1).await;
        Ok(())
    }
}

/// Lets other tasks run so many times.
pub(super) async fn pause(mut times: u32) {
    poll_fn(|context| {
        if times == 0 {
            return Poll::Ready(());
        }
        times -= 1;
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}
