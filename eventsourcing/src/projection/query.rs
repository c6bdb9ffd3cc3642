use std::fmt;
use std::marker::PhantomData;
use std::num::NonZeroUsize;
use std::sync::Arc;

use super::row::{RowOrder, RowTest};
use super::{InvalidValue, NotReady, ProjectionFacts, Projections, Row, RowError};
use crate::TenantId;
use crate::store::ErrorClass;
use crate::store::rows::{Comparison, ReadRows, ReadRowsError, RowStore, TableName, TableVersion, Value};

/// Asks for rows that a projection keeps: `runtime.rows::<BalanceRow>()`.
///
/// What it returns is as old as the projection lags behind; [`wait_for`](crate::service::Runtime::wait_for) waits until that has
/// come to what somebody has just done.
#[must_use = "call `get`, `first`, `page` or `all` to ask the store"]
pub struct RowQuery<R> {
    projections: Projections,
    tenant: TenantId,
    /// What fills the table; `None` if no projection of the service does.
    projection: Option<ProjectionFacts>,
    /// Whether rows that are not complete will do.
    even_if_not_ready: bool,
    filter: Vec<Comparison>,
    order: Vec<crate::store::rows::SortBy>,
    after: Option<RowCursor>,
    limit: Option<NonZeroUsize>,
    /// The first value that no column can hold.
    invalid: Option<InvalidValue>,
    row: PhantomData<fn() -> R>,
}

/// So many rows are read at once.
const PAGE: NonZeroUsize = NonZeroUsize::new(1_000).unwrap();

impl<R: Row> RowQuery<R> {
    pub(super) const fn new(projections: Projections, projection: Option<ProjectionFacts>) -> Self {
        Self {
            projections,
            tenant: TenantId::DEFAULT,
            projection,
            even_if_not_ready: false,
            filter: Vec::new(),
            order: Vec::new(),
            after: None,
            limit: None,
            invalid: None,
            row: PhantomData,
        }
    }

    /// Those of a tenant; without this, of [`TenantId::DEFAULT`].
    pub fn of_tenant(mut self, tenant: &TenantId) -> Self {
        self.tenant = tenant.clone();
        self
    }

    /// Also while the version of the projection fills its table for the first time, and what is there is not what it is going to
    /// be. Without this, such a query is [`NotReady`].
    pub const fn even_if_not_ready(mut self) -> Self {
        self.even_if_not_ready = true;
        self
    }

    /// Only rows of which this holds, and whatever was asked for before.
    pub fn filter(mut self, test: RowTest<R>) -> Self {
        match test.test {
            Ok(holds) => self.filter.push(Comparison {
                column: test.column,
                test: holds,
            }),
            Err(invalid) => {
                self.invalid.get_or_insert(invalid);
            }
        }
        self
    }

    /// Sorts by this column, after those that were named before, and at last by the key.
    pub fn order_by(mut self, order: RowOrder<R>) -> Self {
        self.order.push(order.sort);
        self
    }

    /// Returns so many rows at the most.
    pub const fn limit(mut self, rows: NonZeroUsize) -> Self {
        self.limit = Some(rows);
        self
    }

    /// Only rows after the last one of a [page](Self::page).
    pub fn after(mut self, cursor: RowCursor) -> Self {
        self.after = Some(cursor);
        self
    }

    /// The row of a key. What else was asked for does not matter.
    ///
    /// # Errors
    /// If no projection of the service fills the table, its version is [`NotReady`], the row cannot be read, or the store fails.
    pub async fn get(&self, key: R::Key<'_>) -> Result<Option<R>, QueryError> {
        let table = self.table().await?;
        let keys = vec![R::key_values(key)?];
        let rows = self.row_store().load(table, &keys).await?;
        let row = rows.into_iter().next().flatten();
        Ok(row.map(R::from_values).transpose()?)
    }

    /// The first row.
    ///
    /// # Errors
    /// As for [`all`](Self::all).
    pub async fn first(self) -> Result<Option<R>, QueryError> {
        let page = self.limit(NonZeroUsize::MIN).page().await?;
        Ok(page.rows.into_iter().next())
    }

    /// The next rows, as they are at one moment: up to the limit, or a thousand.
    ///
    /// # Errors
    /// As for [`all`](Self::all).
    pub async fn page(self) -> Result<RowPage<R>, QueryError> {
        let limit = self.limit.unwrap_or(PAGE);
        self.read(limit, self.after.clone()).await
    }

    /// All rows, up to the limit. More than a thousand are read in several steps, and each step sees the rows as they are then.
    ///
    /// # Errors
    /// If no projection of the service fills the table, its version is [`NotReady`], a value of the query cannot be in its column, a
    /// row cannot be read, or the store fails.
    pub async fn all(self) -> Result<Vec<R>, QueryError> {
        let mut rows = Vec::new();
        let mut after = self.after.clone();
        loop {
            let left = self.limit.map(|limit| limit.get().saturating_sub(rows.len()));
            let Some(limit) = NonZeroUsize::new(left.unwrap_or(usize::MAX)) else {
                return Ok(rows);
            };
            let page = self.read(limit.min(PAGE), after).await?;
            rows.extend(page.rows);
            match page.next {
                Some(next) => after = Some(next),
                None => return Ok(rows),
            }
        }
    }

    async fn read(&self, limit: NonZeroUsize, after: Option<RowCursor>) -> Result<RowPage<R>, QueryError> {
        let read = ReadRows {
            filter: self.filter.clone(),
            order: self.order.clone(),
            after: after.map(|cursor| cursor.values),
            limit,
            ..ReadRows::all(self.table().await?)
        };
        let rows = self.row_store().read(&read).await?.rows;
        let last = rows.last().filter(|_| rows.len() >= limit.get());
        let next = last.map(|row| RowCursor {
            values: read.sort_values(row),
        });
        let rows = rows.into_iter().map(R::from_values).collect::<Result<_, _>>()?;
        Ok(RowPage { rows, next })
    }

    fn row_store(&self) -> Arc<dyn RowStore> {
        self.projections.store().tenant(&self.tenant).rows
    }

    async fn table(&self) -> Result<TableVersion, QueryError> {
        if let Some(invalid) = &self.invalid {
            return Err(QueryError::Invalid {
                reason: crate::told::chain(invalid),
            });
        }
        let table = |facts: &ProjectionFacts| Some((*facts, facts.table_version()?));
        let (projection, table) =
            self.projection
                .as_ref()
                .and_then(table)
                .ok_or_else(|| QueryError::NotProjected {
                    table: R::TABLE.name(),
                })?;
        if !self.even_if_not_ready {
            self.projections.is_ready(&projection).await?;
        }
        Ok(table)
    }
}

/// Some rows, and where the next ones begin.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RowPage<R> {
    /// The rows.
    pub rows: Vec<R>,
    /// What [`RowQuery::after`] takes for those that follow; `None` if there were no more.
    pub next: Option<RowCursor>,
}

/// A place among sorted rows: after one of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowCursor {
    values: Vec<Value>,
}

/// Why rows could not be asked for.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum QueryError {
    /// No projection of the service fills the table.
    #[error("no projection of this service fills `{table}`; list it: `#[service(projections(..))]`")]
    NotProjected {
        /// The table.
        table: TableName,
    },
    /// The version of the projection fills the table for the first time, and has not come to the end of the log.
    #[error(transparent)]
    NotReady(#[from] NotReady),
    /// A value of the query cannot be in its column.
    #[error("a value of the query cannot be in its column: {reason}")]
    Invalid {
        /// Why.
        reason: String,
    },
    /// The key cannot be one, or a row cannot be read.
    #[error(transparent)]
    Row(#[from] RowError),
    /// The store does not answer, or not this.
    #[error(transparent)]
    Store(#[from] ReadRowsError),
}

impl QueryError {
    /// How the caller is to react.
    pub fn class(&self) -> ErrorClass {
        match self {
            Self::NotProjected { .. } | Self::Invalid { .. } => ErrorClass::Rejected,
            Self::NotReady(_) => ErrorClass::Retry,
            Self::Row(_) => ErrorClass::Bug,
            Self::Store(error) => error.class(),
        }
    }
}

impl<R> fmt::Debug for RowQuery<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RowQuery")
            .field("tenant", &self.tenant)
            .field("projection", &self.projection.map(|projection| projection.name))
            .field("filter", &self.filter)
            .field("order", &self.order)
            .finish_non_exhaustive()
    }
}
