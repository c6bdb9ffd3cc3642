use std::pin::Pin;
use std::sync::Arc;

use super::handler::Opened;
use super::queries::least;
use super::{Answer, AskError, Queries, QueryLogic, Reading};
use crate::{Position, TenantId};

/// A query about to be asked: `.await` it, or say more about it first.
#[must_use = "nothing is asked until it is awaited"]
#[derive(Debug)]
pub struct Ask<Q> {
    queries: Queries,
    query: Q,
    tenant: TenantId,
    at: Option<Position>,
}

impl<Q: QueryLogic> Ask<Q> {
    pub(crate) const fn new(queries: Queries, query: Q) -> Self {
        Self {
            queries,
            query,
            tenant: TenantId::DEFAULT,
            at: None,
        }
    }

    /// Waits until everything up to this position is in what it reads: who has executed a command, and asks at
    /// [`Executed::position`](crate::execute::Executed::position), finds what it has done.
    pub fn at(mut self, position: Position) -> Self {
        self.at = Some(position);
        self
    }

    /// Whose rows are read; by default those of [`TenantId::DEFAULT`].
    pub fn tenant(mut self, tenant: TenantId) -> Self {
        self.tenant = tenant;
        self
    }

    async fn ask(self) -> Result<Answer<Q::Result>, AskError> {
        if let Some(position) = self.at {
            self.queries.come_to(&self.tenant, Q::OF, position).await?;
        }
        let query = Opened(self.query);
        if let Some(kept) = self.queries.kept(&query, &self.tenant).await? {
            return Answer::of::<Q>(kept);
        }
        let projections = self.queries.projections().clone();
        // Before the rows are read: so what is newer is never taken for older.
        let position = least(&projections.rows_at(&self.tenant, Q::OF));
        let reading = Reading::new(projections, self.tenant);
        let result = query.0.answer(&reading).await?;
        Ok(Answer::new(Arc::new(result), position))
    }
}

impl<Q: QueryLogic> IntoFuture for Ask<Q> {
    type Output = Result<Answer<Q::Result>, AskError>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.ask())
    }
}
