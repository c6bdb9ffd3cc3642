use std::error::Error;

use super::Batch;

/// What a [processor](super) does with events. Functions are: `async |batch: Batch| { .. Ok(()) }`.
pub trait Process: Send + Sync + 'static {
    /// Deals with a batch. It may come again, also if this returns `Ok`: the process may end before that is saved.
    ///
    /// # Errors
    /// If it has to come again.
    fn process(&self, batch: Batch) -> impl Future<Output = Result<(), Box<dyn Error + Send + Sync>>> + Send;
}

impl<F, R> Process for F
where
    F: Fn(Batch) -> R + Send + Sync + 'static,
    R: Future<Output = Result<(), Box<dyn Error + Send + Sync>>> + Send,
{
    fn process(&self, batch: Batch) -> impl Future<Output = Result<(), Box<dyn Error + Send + Sync>>> + Send {
        self(batch)
    }
}
