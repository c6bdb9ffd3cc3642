use std::any::Any;
use std::fmt;
use std::marker::PhantomData;
use std::pin::Pin;
use std::sync::Arc;

use bytes::Bytes;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{AskError, Query, QueryLogic, Reading, Revision, WireParameters};
use crate::projection::Projections;
use crate::wire::{InvalidPayload, parse_checked};
use crate::{Position, TenantId};

/// Makes queries of payloads.
pub(crate) trait QueryHandler: fmt::Debug + Send + Sync + 'static {
    /// Reads a query. Size and nesting have been checked; nothing else has.
    fn open(&self, parameters: &WireParameters) -> Result<Arc<dyn OpenQuery>, InvalidPayload>;

    /// The JSON Schema of what is asked for, if there is one.
    #[cfg(feature = "schema")]
    fn schema(&self, generator: &mut crate::schema::SchemaGenerator) -> Option<crate::schema::Schema>;

    /// The JSON Schema of what comes of it, if there is one.
    #[cfg(feature = "schema")]
    fn result_schema(&self, generator: &mut crate::schema::SchemaGenerator) -> Option<crate::schema::Schema>;
}

/// A query that was read, and can be answered: again and again, for whoever follows it.
pub(crate) trait OpenQuery: Send + Sync {
    /// What is asked for, in one form for all who ask for it.
    fn key(&self) -> Result<Vec<u8>, serde_json::Error>;

    fn answer(&self, projections: Projections, tenant: TenantId) -> Answering<'_>;
}

pub(crate) type Answering<'a> = Pin<Box<dyn Future<Output = Result<Evaluated, AskError>> + Send + 'a>>;

/// A result, and its JSON form.
pub(crate) struct Evaluated {
    pub(super) result: Arc<dyn Any + Send + Sync>,
    pub(super) json: Bytes,
}

/// A result for everybody who asks for it.
#[derive(Clone, Debug)]
pub(super) struct Answered {
    pub(super) result: Arc<dyn Any + Send + Sync>,
    pub(super) json: Bytes,
    pub(super) revision: Revision,
    pub(super) position: Position,
}

/// The handler of the queries of a Rust type. It can be made in a constant.
pub(crate) struct TypedQuery<Q> {
    of: PhantomData<fn(Q)>,
}

impl<Q> TypedQuery<Q> {
    pub(crate) const fn new() -> Self {
        Self { of: PhantomData }
    }
}

impl<Q> QueryHandler for TypedQuery<Q>
where
    Q: QueryLogic + Query<Result: Serialize> + Serialize + DeserializeOwned,
{
    fn open(&self, parameters: &WireParameters) -> Result<Arc<dyn OpenQuery>, InvalidPayload> {
        let query: Q = match parameters {
            WireParameters::Json(payload) => parse_checked(payload)?,
            WireParameters::Form(form) => serde_urlencoded::from_str(form)
                .map_err(|error| InvalidPayload::new("", error.to_string()))?,
        };
        Ok(Arc::new(Opened(query)))
    }

    #[cfg(feature = "schema")]
    fn schema(&self, generator: &mut crate::schema::SchemaGenerator) -> Option<crate::schema::Schema> {
        Q::schema(generator)
    }

    #[cfg(feature = "schema")]
    fn result_schema(&self, generator: &mut crate::schema::SchemaGenerator) -> Option<crate::schema::Schema> {
        Q::result_schema(generator)
    }
}

impl<Q> fmt::Debug for TypedQuery<Q> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TypedQuery<{}>", std::any::type_name::<Q>())
    }
}

/// A query of a Rust type.
pub(super) struct Opened<Q>(pub(super) Q);

impl<Q> OpenQuery for Opened<Q>
where
    Q: QueryLogic + Query<Result: Serialize> + Serialize,
{
    fn key(&self) -> Result<Vec<u8>, serde_json::Error> {
        serde_json::to_vec(&self.0)
    }

    fn answer(&self, projections: Projections, tenant: TenantId) -> Answering<'_> {
        Box::pin(async move {
            let reading = Reading::new(projections, tenant);
            let result = self.0.answer(&reading).await?;
            Ok(Evaluated {
                json: serde_json::to_vec(&result)?.into(),
                result: Arc::new(result),
            })
        })
    }
}
