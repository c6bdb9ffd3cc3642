use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;

use super::{
    Append, AppendError, Appended, Dictionary, FeedError, FeedPage, ReadError, ReadFeed, ReadStreams,
    Settled, StoreError, StreamsRead,
};
use crate::Position;

/// The events of one tenant. See the [contract](super).
#[async_trait]
pub trait EventLog: fmt::Debug + Send + Sync + 'static {
    /// Writes events to one or more streams if all conditions hold, or only checks the conditions if there are no events.
    ///
    /// # Errors
    /// [`AppendError::Conflict`] names the first condition that failed, [`AppendError::Overtaken`] tells where the reader is
    /// that was to be moved. After [`AppendError::UnknownOutcome`] the caller asks [`settle`](Self::settle); after any other
    /// error nothing was written.
    async fn append(&self, append: Arc<Append>) -> Result<Appended, AppendError>;

    /// What became of an append whose outcome is unknown, looked up by the ids of its events or by its command id.
    ///
    /// The answer MUST be final: after [`Settled::Absent`], no append that was called before takes effect, even if it is still
    /// on its way. One that is called later with the same events is a new one, and MUST be judged on its own. An append with
    /// neither events nor a command id, and without progress, leaves no trace and is always absent.
    ///
    /// An append that moves a reader, and of whose events none are there because it has none or because its command id was
    /// used before, is present only if the reader has [come](super::Progress::is_reached) to where it moves it, or further.
    /// Who has moved it cannot be told: a rival that has handled the same event may have been sooner, and the conditions of
    /// such an append are not confirmed. Without a command id, its position is the end of the log when it is settled.
    ///
    /// # Errors
    /// If the store cannot tell now. The caller asks again.
    async fn settle(&self, append: Arc<Append>) -> Result<Settled, StoreError>;

    /// Reads any number of streams as they are at one moment, and looks up a command id in the same round trip.
    ///
    /// # Errors
    /// If the command id was used for something else, or the store fails.
    async fn read_streams(&self, read: &ReadStreams) -> Result<StreamsRead, ReadError>;

    /// Reads the next events in commit order.
    ///
    /// # Errors
    /// If the checkpoint is not one of this log, or the store fails.
    async fn read_feed(&self, read: &ReadFeed) -> Result<FeedPage, FeedError>;

    /// Waits until there is an event after this position, of whichever tenant, and returns the last position then.
    ///
    /// It MAY return earlier, with a position that is not after the given one; callers read and wait again. Appends wake
    /// it up soon, not at once; it MUST NOT miss one for good.
    ///
    /// # Errors
    /// If the store fails.
    async fn wait_beyond(&self, position: Position) -> Result<Position, StoreError>;

    /// The dictionary: every event type name that was ever stored, by the categories of the streams that it was stored in, links
    /// included.
    ///
    /// # Errors
    /// If the store fails.
    async fn dictionary(&self) -> Result<Dictionary, StoreError>;
}
