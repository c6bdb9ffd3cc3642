//! What was committed, for those in this process who want to hear of it at once: one reader of the log serves them all.

pub(crate) mod ahead;
mod follower;
mod reader;
mod subscription;
#[cfg(test)]
#[cfg(feature = "memory")]
mod tests;
mod transport;

use std::sync::Arc;

use crate::environment::{Environment, Spawn};
use crate::store::{Checkpoint, EventStore, FeedError, FeedFilter, FeedPage};
use crate::{Position, TenantId};

pub use ahead::ReadAhead;
pub use follower::LogFollower;
pub use subscription::BusSubscription;
pub use transport::{Listener, Page, Transport};

/// Hands out the events of a store as they are committed, by whichever process.
///
/// Per tenant, while anybody subscribes, one task follows the log, and shares what it reads. It keeps a bounded number of
/// pages: who is slower than that goes on from the log itself, and joins again when it has caught up. So to lag behind
/// costs time and never an event, and it costs nobody else anything.
///
/// What tells that the log has gone on is a [`Transport`], and may be another one.
///
/// A handle: clones are the same bus.
///
/// ```
/// use eventsourcing::bus::Bus;
/// use eventsourcing::environment::Environment;
/// use eventsourcing::memory::MemoryStore;
/// use eventsourcing::prelude::*;
/// use eventsourcing::store::FeedFilter;
/// use eventsourcing::{Category, TenantId};
/// # #[derive(StreamKey, Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
/// # #[stream_key(category = "seat")]
/// # struct Seat(u32);
/// # #[derive(Event)]
/// # #[event(prefix = "seat")]
/// # enum SeatEvent { Reserved { #[stream] seat: Seat } }
/// # #[derive(Command)]
/// # #[command(emits(SeatEvent))]
/// # struct Reserve { #[stream(append)] seat: Seat }
/// # impl CommandLogic for Reserve {
/// #     type Error = std::convert::Infallible;
/// #     fn handle(&self, _: &ReserveState, cx: &mut Decide<Self>) -> Result<(), Self::Error> {
/// #         emit!(cx, SeatEvent::Reserved { seat: self.seat.clone() });
/// #         Ok(())
/// #     }
/// # }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let store = MemoryStore::new();
/// let bus = Bus::new(store.clone(), &Environment::default());
/// let seats = FeedFilter { categories: Some(vec![Category::from_static("seat")]), ..FeedFilter::ALL };
/// let mut subscription = bus.subscribe(&TenantId::DEFAULT, None, seats);
///
/// Executor::new(store).execute(Reserve { seat: Seat(12) }).await?;
/// let page = subscription.next().await?;
/// assert_eq!(page.events[0].home.stream, "seat-12");
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Bus {
    store: Arc<dyn EventStore>,
    transport: Arc<dyn Transport>,
    spawn: Arc<dyn Spawn>,
}

impl Bus {
    /// How many pages a subscriber may lag behind before it goes on from the log. A page has the events of at most
    /// [`PAGE_EVENTS`](Self::PAGE_EVENTS), and of few bytes more than [`PAGE_BYTES`](Self::PAGE_BYTES).
    pub const PAGES: usize = 64;
    /// The most events of a page.
    pub const PAGE_EVENTS: usize = 256;
    /// The most bytes of payload and metadata of a page, unless a single event has more.
    pub const PAGE_BYTES: usize = 256 * 1024;

    /// A bus on a store, with its tasks on `environment.spawn`.
    pub fn new(store: impl EventStore, environment: &Environment) -> Self {
        Self::over(Arc::new(LogFollower::new(environment)), store, environment)
    }

    /// A bus on a store that hears of the log in a way of its own.
    pub fn over(transport: Arc<dyn Transport>, store: impl EventStore, environment: &Environment) -> Self {
        Self {
            store: Arc::new(store),
            transport,
            spawn: Arc::clone(&environment.spawn),
        }
    }

    /// The events that pass the filter, after a checkpoint or from the beginning, and then as they are committed.
    ///
    /// To hear only of what comes, subscribe after [`end`](Self::end).
    pub fn subscribe(
        &self,
        tenant: &TenantId,
        after: Option<Checkpoint>,
        filter: FeedFilter,
    ) -> BusSubscription {
        BusSubscription::new(
            self.transport.listen(&self.store, tenant),
            self.transport.silence(),
            Arc::clone(&self.spawn),
            self.store.tenant(tenant),
            after,
            filter,
        )
    }

    /// The store whose events it hands out.
    pub fn store(&self) -> &Arc<dyn EventStore> {
        &self.store
    }

    /// The end of the log of a tenant.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn end(&self, tenant: &TenantId) -> Result<Checkpoint, FeedError> {
        Ok(self.end_page(tenant).await?.scanned_to)
    }

    /// The end of the log of a tenant, as a page without events: with what else was known at that moment.
    pub(crate) async fn end_page(&self, tenant: &TenantId) -> Result<FeedPage, FeedError> {
        reader::end(&self.store.tenant(tenant)).await
    }

    /// Where the log of a tenant ends, if that is before a position. While the store cannot say, it may end anywhere.
    pub(crate) async fn end_before(&self, tenant: &TenantId, position: Position) -> Option<Position> {
        let end = self.end(tenant).await.ok()?.position;
        (end < position).then_some(end)
    }
}
