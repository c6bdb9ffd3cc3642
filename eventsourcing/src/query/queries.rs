use std::any::Any;
use std::fmt;
use std::sync::Arc;

use tokio::time::timeout;

use super::follow::Following;
use super::handler::{Answered, OpenQuery, Opened};
use super::live::{Evaluation, Live};
use super::{
    AskError, Caches, QueryFacts, QueryLogic, QueryPolicy, Revision, WireAnswer, WireFollowed,
    WireParameters, WireQuery,
};
use crate::caught::caught;
use crate::environment::Environment;
use crate::projection::{ProjectionFacts, Projections, RowsAt, WaitForError};
use crate::told::panic_message;
use crate::wire::{InvalidPayload, suggestions};
use crate::{Position, TenantId};

/// The queries of a service, as they run: asked by name, for those who do not know their types.
///
/// A handle: clones are the same.
#[derive(Clone)]
pub struct Queries {
    inner: Arc<Inner>,
}

struct Inner {
    listed: Vec<QueryFacts>,
    projections: Projections,
    policy: QueryPolicy,
    caches: Caches,
    live: Arc<Live>,
}

impl Queries {
    pub(crate) fn new(
        listed: Vec<QueryFacts>,
        projections: Projections,
        environment: &Environment,
        policy: QueryPolicy,
        caches: Caches,
    ) -> Self {
        Self {
            inner: Arc::new(Inner {
                listed,
                projections,
                policy,
                caches,
                live: Arc::new(Live::new(Arc::clone(&environment.spawn), policy)),
            }),
        }
    }

    /// Asks a query that has arrived by its name.
    ///
    /// # Errors
    /// If there is no such query, what was asked for does not make one, or it has no answer.
    pub async fn ask(&self, query: &WireQuery) -> Result<WireAnswer, AskError> {
        let (facts, open) = self.open(query)?;
        self.wait(query, facts.of).await?;
        Ok(self
            .evaluate(facts.origin, facts.of, &*open, &query.tenant)
            .await?
            .into())
    }

    /// Follows a query that has arrived by its name. Who has a result already, and knows its revision, is told what differs
    /// from that.
    ///
    /// # Errors
    /// As for [`ask`](Self::ask); and if one of its projections does not run for the tenant. What goes wrong later,
    /// [`next`](WireFollowed::next) says.
    pub async fn follow(&self, query: &WireQuery, after: Option<Revision>) -> Result<WireFollowed, AskError> {
        let (facts, open) = self.open(query)?;
        self.wait(query, facts.of).await?;
        let following = self.join(facts.origin, facts.of, open, &query.tenant, query.at)?;
        Ok(WireFollowed {
            following: following.after(after),
        })
    }

    /// Follows a query of a Rust type.
    pub(super) async fn follow_open(
        &self,
        origin: &'static str,
        of: &'static [ProjectionFacts],
        open: Arc<dyn OpenQuery>,
        tenant: TenantId,
        at: Option<Position>,
    ) -> Result<Following, AskError> {
        if let Some(position) = at {
            self.come_to(&tenant, of, position).await?;
        }
        self.join(origin, of, open, &tenant, at)
    }

    /// How many queries are followed.
    #[cfg(test)]
    pub(super) fn followed(&self) -> usize {
        self.inner.live.count()
    }

    /// What reads the rows.
    pub(super) fn projections(&self) -> &Projections {
        &self.inner.projections
    }

    /// Waits until projections have come to a position.
    pub(super) async fn come_to(
        &self,
        tenant: &TenantId,
        of: &[ProjectionFacts],
        position: Position,
    ) -> Result<(), WaitForError> {
        self.inner.projections.wait_for_all(tenant, of, position).await
    }

    fn open(&self, query: &WireQuery) -> Result<(QueryFacts, Arc<dyn OpenQuery>), AskError> {
        let mut listed = self.inner.listed.iter();
        let facts = listed
            .find(|facts| facts.name == query.name)
            .ok_or_else(|| self.unknown(&query.name))?;
        self.check(&query.parameters)?;
        Ok((*facts, facts.handler.open(&query.parameters)?))
    }

    #[cold]
    fn unknown(&self, name: &str) -> AskError {
        let known = self.inner.listed.iter().map(|facts| (None, facts.name));
        AskError::Unknown {
            name: name.to_owned(),
            suggestions: suggestions(None, name, known),
        }
    }

    fn check(&self, parameters: &WireParameters) -> Result<(), InvalidPayload> {
        let limits = self.inner.projections.store().limits();
        match parameters {
            WireParameters::Json(payload) => limits
                .check_json(payload)
                .map_err(|error| InvalidPayload::new("", error.to_string())),
            WireParameters::Form(form) if form.len() > limits.payload_bytes => {
                let message = format!("{} bytes, {} are allowed", form.len(), limits.payload_bytes);
                Err(InvalidPayload::new("", message))
            }
            WireParameters::Form(_) => Ok(()),
        }
    }

    async fn wait(&self, query: &WireQuery, of: &[ProjectionFacts]) -> Result<(), AskError> {
        let Some(position) = query.at else {
            return Ok(());
        };
        let come = self.come_to(&query.tenant, of, position);
        let Some(within) = query.within else {
            return Ok(come.await?);
        };
        if let Ok(come) = timeout(within, come).await {
            return Ok(come?);
        }
        // The time may have been too short to find that out.
        self.inner.projections.is_in_log(&query.tenant, position).await?;
        Err(AskError::NotYet { position, within })
    }

    /// The result of a query of a Rust type, if such results are kept.
    pub(super) async fn kept<Q: QueryLogic>(
        &self,
        query: &Opened<Q>,
        tenant: &TenantId,
    ) -> Result<Option<Answered>, AskError> {
        let results = self.inner.caches.get(Q::ORIGIN);
        let Some(open) = results.and_then(|results| results.open(query)) else {
            return Ok(None);
        };
        self.evaluate(Q::ORIGIN, Q::OF, open, tenant).await.map(Some)
    }

    /// Finds out what comes of a query, or has kept it.
    async fn evaluate(
        &self,
        origin: &str,
        of: &[ProjectionFacts],
        open: &dyn OpenQuery,
        tenant: &TenantId,
    ) -> Result<Answered, AskError> {
        let projections = &self.inner.projections;
        // Before the rows are read: so what is newer is never taken for older.
        let rows_at = projections.rows_at(tenant, of);
        let position = least(&rows_at);
        let evaluate = || {
            evaluate(
                open,
                projections,
                tenant,
                position,
                self.inner.policy.result_bytes,
            )
        };
        match self.inner.caches.get(origin) {
            Some(results) => results.get(tenant, open, rows_at, evaluate).await,
            None => evaluate().await,
        }
    }

    /// Follows a query, together with all who follow it.
    fn join(
        &self,
        origin: &'static str,
        of: &[ProjectionFacts],
        open: Arc<dyn OpenQuery>,
        tenant: &TenantId,
        at: Option<Position>,
    ) -> Result<Following, AskError> {
        let key = (tenant.clone(), origin, open.key()?);
        let latest = self.inner.live.join(key, || {
            Ok(Evaluation {
                open,
                projections: self.inner.projections.clone(),
                watched: self.inner.projections.watch(tenant, of)?,
                tenant: tenant.clone(),
                result_bytes: self.inner.policy.result_bytes,
            })
        })?;
        Ok(Following::new(latest, at.unwrap_or(Position::START)))
    }
}

/// Everything up to here is known by all who have come to these positions.
pub(super) fn least(rows: &[RowsAt]) -> Position {
    let positions = rows.iter().map(|rows| rows.position);
    positions.min().unwrap_or(Position::START)
}

/// Answers a query. Everything up to the position is known to be in the rows.
pub(super) async fn evaluate(
    open: &dyn OpenQuery,
    projections: &Projections,
    tenant: &TenantId,
    position: Position,
    result_bytes: usize,
) -> Result<Answered, AskError> {
    let panicked = |panic: Box<dyn Any + Send>| AskError::Panicked {
        message: panic_message(&*panic),
    };
    let answering = open.answer(projections.clone(), tenant.clone());
    let evaluated = caught(answering).await.map_err(panicked)??;
    if evaluated.json.len() > result_bytes {
        return Err(AskError::TooLarge {
            bytes: evaluated.json.len(),
            allowed: result_bytes,
        });
    }
    Ok(Answered {
        revision: Revision::of(&evaluated.json),
        result: evaluated.result,
        json: evaluated.json,
        position,
    })
}

impl fmt::Debug for Queries {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = self.inner.listed.iter().map(|facts| facts.name);
        f.debug_list().entries(names).finish()
    }
}
