use std::convert::Infallible;

use tokio::sync::oneshot;

/// The turn to write, lent to somebody with a connection of its own. It goes back when this is dropped.
///
/// Until then, what others hand in waits in the queue, where nobody sleeps, and goes into one transaction afterwards.
#[derive(Debug)]
pub(crate) struct Turn {
    _back: oneshot::Sender<Infallible>,
}

/// Somebody who waits for the turn.
pub(super) struct Asked(oneshot::Sender<Turn>);

/// Asks for the turn.
pub(super) fn ask() -> (Asked, oneshot::Receiver<Turn>) {
    let (asked, lent) = oneshot::channel();
    (Asked(asked), lent)
}

impl Asked {
    /// Gives the turn away, and waits until it is back. Blocks the thread.
    pub(super) fn lend(self) {
        let (back, given_back) = oneshot::channel();
        if self.0.send(Turn { _back: back }).is_ok() {
            // It comes back by being dropped.
            let Err(_) = given_back.blocking_recv();
        }
    }
}
