//! What the code that `#[derive(Query)]` writes calls.

use super::{Query, QueryFacts, QueryLogic, TypedQuery};
use crate::projection::{Projection, ProjectionFacts};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// A projection that a query names.
pub const fn read_of<P: Projection>() -> ProjectionFacts {
    P::PROJECTION
}

/// A query that a service lists.
pub(crate) const fn facts<Q>() -> QueryFacts
where
    Q: QueryLogic + Query<Result: Serialize> + Serialize + DeserializeOwned,
{
    QueryFacts {
        name: Q::NAME,
        origin: Q::ORIGIN,
        of: Q::OF,
        handler: const { &TypedQuery::<Q>::new() },
    }
}
