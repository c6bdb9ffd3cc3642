use std::future::poll_fn;
use std::task::Poll;

use eventsourcing_core::store::ErrorClass;

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
    pub(super) async fn after<E>(&mut self, class: ErrorClass, error: E) -> Result<(), E> {
        let may_pass = class.may_pass();
        if !may_pass || self.left == 0 {
            return Err(error);
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
