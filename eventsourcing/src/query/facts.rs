use super::QueryHandler;
use crate::projection::ProjectionFacts;

/// What is known of a query before anything runs.
#[derive(Clone, Copy, Debug)]
pub struct QueryFacts {
    /// Its name on the wire.
    pub name: &'static str,
    /// Where it is defined: the path of the module, and the name in Rust.
    pub origin: &'static str,
    /// The projections that it reads.
    pub of: &'static [ProjectionFacts],
    /// What makes queries of payloads.
    pub(crate) handler: &'static dyn QueryHandler,
}
