use std::fmt;
use std::marker::PhantomData;

use super::Query;
use crate::TenantId;
use crate::projection::{Projections, Row, RowQuery};

/// What a query reads from: the rows of its projections, of the tenant that it is asked for.
pub struct Reading<Q> {
    projections: Projections,
    tenant: TenantId,
    query: PhantomData<fn(Q)>,
}

impl<Q: Query> Reading<Q> {
    pub(super) const fn new(projections: Projections, tenant: TenantId) -> Self {
        Self {
            projections,
            tenant,
            query: PhantomData,
        }
    }

    /// Asks for rows of a projection that the query names.
    pub fn rows<R: Row>(&self) -> RowQuery<R>
    where
        Q: Reads<R>,
    {
        self.projections.rows().of_tenant(&self.tenant)
    }

    /// Whose rows they are.
    pub const fn tenant(&self) -> &TenantId {
        &self.tenant
    }
}

impl<Q> fmt::Debug for Reading<Q> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reading")
            .field("tenant", &self.tenant)
            .finish_non_exhaustive()
    }
}

/// A query names the projection that keeps such rows. `#[derive(Query)]` implements it.
#[diagnostic::on_unimplemented(
    message = "the query `{Self}` does not name the projection that keeps `{R}`",
    label = "whose rows are these?",
    note = "name it: `#[query(of(..))]`; so the query waits for it, and whoever follows the query is told when it moves"
)]
pub trait Reads<R> {}
