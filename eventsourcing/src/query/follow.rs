use std::fmt;
use std::marker::PhantomData;
use std::pin::Pin;
use std::sync::Arc;

use serde::Serialize;
use tokio::sync::watch;

use super::handler::{Answered, Opened};
use super::live::Latest;
use super::{Answer, AskError, Queries, Query, QueryLogic, Revision};
use crate::{Position, TenantId};

/// A query about to be followed: `.await` it, or say more about it first.
#[must_use = "nothing is asked until it is awaited"]
#[derive(Debug)]
pub struct Follow<Q> {
    queries: Queries,
    query: Q,
    tenant: TenantId,
    at: Option<Position>,
    after: Option<Revision>,
}

impl<Q: Query> Follow<Q> {
    pub(crate) const fn new(queries: Queries, query: Q) -> Self {
        Self {
            queries,
            query,
            tenant: TenantId::DEFAULT,
            at: None,
            after: None,
        }
    }

    /// The first result has everything up to this position.
    pub fn at(mut self, position: Position) -> Self {
        self.at = Some(position);
        self
    }

    /// Goes on after the result that has this [revision](Answer::revision): the first one that is told differs from it. Its
    /// revision may have come from anywhere, such as an earlier run of the program or a client over the wire.
    ///
    /// ```
    /// # use eventsourcing::prelude::*;
    /// # use eventsourcing::query::{AskError, Followed};
    /// # use eventsourcing::service::Runtime;
    /// # async fn go_on<Q>(service: &Runtime, query: Q, mut live: Followed<Q>) -> Result<(), AskError>
    /// # where
    /// #     Q: QueryLogic + Query<Result: Serialize> + Serialize,
    /// # {
    /// let shown = live.next().await?.revision()?;
    /// drop(live);
    /// // Later: nothing is told until there is something else to show.
    /// let mut live = service.follow(query).after(shown).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub const fn after(mut self, revision: Revision) -> Self {
        self.after = Some(revision);
        self
    }

    /// Whose rows are read; by default those of [`TenantId::DEFAULT`].
    pub fn tenant(mut self, tenant: TenantId) -> Self {
        self.tenant = tenant;
        self
    }
}

impl<Q> IntoFuture for Follow<Q>
where
    Q: QueryLogic + Query<Result: Serialize> + Serialize,
{
    /// # Errors
    /// If one of the projections does not run for the tenant, or does not come to the position.
    type Output = Result<Followed<Q>, AskError>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            let open = Arc::new(Opened(self.query));
            let following = self
                .queries
                .follow_open(Q::ORIGIN, Q::OF, open, self.tenant, self.at)
                .await?;
            Ok(Followed {
                following: following.after(self.after),
                query: PhantomData,
            })
        })
    }
}

/// What comes of a query, again and again. When it is dropped, and nobody else follows the query, it is not asked any more.
pub struct Followed<Q> {
    following: Following,
    query: PhantomData<fn() -> Q>,
}

impl<Q: Query> Followed<Q> {
    /// The next result: first as it is, or as soon as it differs from the one to go on [after](Follow::after); then whenever it
    /// differs from the last one. Who comes late is told the newest.
    ///
    /// # Cancel safety
    /// The future can be dropped, and no result is lost by that.
    ///
    /// # Errors
    /// If there is no answer now. It may be asked again, and waits until there is one, or another reason.
    pub async fn next(&mut self) -> Result<Answer<Q::Result>, AskError> {
        Answer::of::<Q>(self.following.next().await?)
    }
}

impl<Q> fmt::Debug for Followed<Q> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Followed").finish_non_exhaustive()
    }
}

/// One of those who follow an evaluation.
pub(super) struct Following {
    latest: watch::Receiver<Latest>,
    /// What was told last.
    told: Option<Revision>,
    /// Results from before here are of no use.
    from: Position,
}

impl Following {
    /// Whoever has a revision already is told what differs from that.
    pub(super) fn new(mut latest: watch::Receiver<Latest>, from: Position) -> Self {
        // There may be one already.
        latest.mark_changed();
        Self {
            latest,
            told: None,
            from,
        }
    }

    pub(super) const fn after(mut self, told: Option<Revision>) -> Self {
        self.told = told;
        self
    }

    pub(super) async fn next(&mut self) -> Result<Answered, AskError> {
        loop {
            if let Some(answered) = self.look().await? {
                return Ok(answered);
            }
        }
    }

    /// What came of the next evaluation, if it differs from what was told last.
    pub(super) async fn look(&mut self) -> Result<Option<Answered>, AskError> {
        loop {
            self.latest.changed().await.map_err(|_| AskError::ShutDown)?;
            let latest = self.latest.borrow_and_update().clone();
            match latest {
                Some(Ok(answered)) if answered.position < self.from => {}
                Some(Ok(answered)) => {
                    let told = self.told.replace(answered.revision);
                    return Ok(Some(answered).filter(|answered| told != Some(answered.revision)));
                }
                Some(Err(error)) => {
                    self.told = None;
                    return Err(error);
                }
                None => {}
            }
        }
    }
}
