use crate::event::Recorded;
use crate::{EventId, InvalidMetadata, Metadata, StreamId, TenantId};

/// An event that is about to be appended, or has been: what can be told of both.
///
/// It has no version, no position and no time yet. Handlers of [inline](crate::projection::projection) projections take it.
#[derive(Clone, Debug)]
pub struct Pending<E>(Recorded<E>);

impl<E> Pending<E> {
    pub(super) const fn new(event: Recorded<E>) -> Self {
        Self(event)
    }

    /// What happens.
    pub fn payload(&self) -> &E {
        self.0.payload()
    }

    /// The id of the event.
    pub fn id(&self) -> EventId {
        self.0.id()
    }

    /// Its home stream.
    pub fn stream(&self) -> &StreamId {
        self.0.stream()
    }

    /// Who it belongs to.
    pub fn tenant(&self) -> &TenantId {
        self.0.tenant()
    }

    /// What is known besides: who causes it, and by which command.
    ///
    /// # Errors
    /// If the metadata was not written by this framework.
    pub fn metadata(&self) -> Result<Metadata, InvalidMetadata> {
        self.0.metadata()
    }
}

/// The event as it was recorded. Only the handlers of a projection that is not inline take that.
pub const fn recorded_of<E>(event: &Pending<E>) -> &Recorded<E> {
    &event.0
}
