use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use tokio::sync::Notify;

/// Lets commands in until it is closed, and knows how many are inside.
#[derive(Debug, Default)]
pub(super) struct Gate {
    is_closed: AtomicBool,
    inside: AtomicUsize,
    closed: Notify,
    emptied: Notify,
}

/// A command that was let in. It is inside until this is dropped.
pub(super) struct Inside {
    gate: Arc<Gate>,
}

impl Gate {
    /// Lets one in, unless it is closed.
    pub(super) fn enter(self: &Arc<Self>) -> Option<Inside> {
        // It counts before it looks: whoever closes the gate and then counts does not miss it.
        self.inside.fetch_add(1, Ordering::SeqCst);
        let inside = Inside {
            gate: Arc::clone(self),
        };
        (!self.is_closed()).then_some(inside)
    }

    /// Lets nobody in any more.
    pub(super) fn close(&self) {
        self.is_closed.store(true, Ordering::SeqCst);
        self.closed.notify_waiters();
    }

    /// Whether it lets nobody in any more.
    pub(super) fn is_closed(&self) -> bool {
        self.is_closed.load(Ordering::SeqCst)
    }

    /// Waits until it lets nobody in any more.
    pub(super) async fn closed(&self) {
        let closed = self.closed.notified();
        if !self.is_closed() {
            closed.await;
        }
    }

    /// Waits until nobody is inside.
    pub(super) async fn emptied(&self) {
        loop {
            let emptied = self.emptied.notified();
            if self.inside() == 0 {
                return;
            }
            emptied.await;
        }
    }

    /// How many are inside.
    pub(super) fn inside(&self) -> usize {
        self.inside.load(Ordering::SeqCst)
    }
}

impl Drop for Inside {
    fn drop(&mut self) {
        if self.gate.inside.fetch_sub(1, Ordering::SeqCst) == 1 {
            self.gate.emptied.notify_waiters();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::pin::pin;
    use std::task::{Context, Poll, Waker};

    use super::*;

    #[test]
    fn a_closed_gate_lets_nobody_in_and_waits_for_those_inside() {
        let gate = Arc::new(Gate::default());
        let mut context = Context::from_waker(Waker::noop());
        let mut closed = pin!(gate.closed());
        let inside = gate.enter().unwrap();
        assert!(closed.as_mut().poll(&mut context).is_pending());

        gate.close();
        assert_eq!(closed.poll(&mut context), Poll::Ready(()));
        assert!(gate.enter().is_none());

        let mut emptied = pin!(gate.emptied());
        assert!(emptied.as_mut().poll(&mut context).is_pending());
        drop(inside);
        assert_eq!(emptied.poll(&mut context), Poll::Ready(()));
    }
}
