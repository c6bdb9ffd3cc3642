use tokio::sync::oneshot;

use super::WriteError;
use crate::read::Stop;
use crate::write::{Transaction, Write};

/// Something to be done by the writer, whatever it is.
pub(super) trait Job: Send {
    /// Does it within a transaction that may still fail, and keeps the answer.
    fn run(&mut self, transaction: &mut Transaction<'_>) -> Result<(), Stop>;

    /// Gives the answer, since the transaction is committed.
    fn answer(self: Box<Self>);

    /// Gives this error instead.
    fn fail(self: Box<Self>, error: WriteError);
}

/// What a job comes to, when the writer has done it.
pub(super) type Outcome<A> = oneshot::Receiver<Result<A, WriteError>>;

/// Makes a job of something to be done.
pub(super) fn job<W: Write>(write: W) -> (Box<dyn Job>, Outcome<W::Answer>) {
    let (caller, outcome) = oneshot::channel();
    (
        Box::new(Pending {
            write,
            answer: None,
            caller,
        }),
        outcome,
    )
}

struct Pending<W: Write> {
    write: W,
    answer: Option<W::Answer>,
    /// May have gone away, which changes nothing.
    caller: oneshot::Sender<Result<W::Answer, WriteError>>,
}

impl<W: Write> Job for Pending<W> {
    fn run(&mut self, transaction: &mut Transaction<'_>) -> Result<(), Stop> {
        self.answer = Some(self.write.run(transaction)?);
        Ok(())
    }

    fn answer(self: Box<Self>) {
        if let Some(answer) = self.answer {
            drop(self.caller.send(Ok(answer)));
        }
    }

    fn fail(self: Box<Self>, error: WriteError) {
        drop(self.caller.send(Err(error)));
    }
}
