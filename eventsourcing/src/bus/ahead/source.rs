use crate::bus::BusSubscription;
use crate::store::{FeedError, FeedPage};
use crate::subscription::Subscription;

/// A subscription that can be read ahead.
pub(crate) trait Source: Send {
    /// The next page, after a failure the same one.
    fn next(&mut self) -> impl Future<Output = Result<FeedPage, FeedError>> + Send;

    /// Whether there is more after this page, which is there at once.
    fn more_follows(&self, page: &FeedPage) -> bool;
}

impl Source for Subscription {
    fn next(&mut self) -> impl Future<Output = Result<FeedPage, FeedError>> + Send {
        Self::next(self)
    }

    fn more_follows(&self, page: &FeedPage) -> bool {
        !page.is_last()
    }
}

impl Source for BusSubscription {
    fn next(&mut self) -> impl Future<Output = Result<FeedPage, FeedError>> + Send {
        Self::next(self)
    }

    fn more_follows(&self, _: &FeedPage) -> bool {
        self.has_more()
    }
}
