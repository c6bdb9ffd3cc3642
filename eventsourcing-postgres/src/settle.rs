use std::collections::VecDeque;
use std::sync::Arc;

use async_trait::async_trait;
use eventsourcing_core::store::{Append, Progress, Settled, StoreError};
use tokio::sync::oneshot;
use uuid::Uuid;

use crate::classify::store_error;
use crate::combine::{Combiner, QueueFull, Work};
use crate::history::History;
use crate::session::{Connector, Links, Query};
use crate::tenant::Tenant;

/// Finds out what became of appends, once and for all.
///
/// Every append carries the *fence* that its process knew when it was handed in. To settle one, the fence in the database is
/// raised, under the lock of all writes, and the append is put on the list of what was settled under that fence; then it is
/// looked for. The function `append()` looks into the list, under the same lock, and refuses what was settled under a later
/// fence than it carries. So an append that was handed in before either committed before it was put on the list, and is
/// found, or comes to the lock after that, and is refused: wherever it was waiting, in this process or in another, in a
/// socket, in a pooler, or in a server process whose client has gone. *Absent* is final.
///
/// The list is as long as the last 1,000 fences. An append from before these is refused, whatever it is: it is sent again.
pub(crate) struct Settler {
    links: Links,
    history: History,
    giving_up: Arc<Combiner<GivingUp>>,
}

impl Settler {
    pub(crate) fn new(connector: &Arc<Connector>, links: &Links, history: History, longest: usize) -> Self {
        let work = GivingUp {
            connector: Arc::clone(connector),
            links: links.clone(),
        };
        Self {
            links: links.clone(),
            history,
            giving_up: Combiner::new(work, connector.runtime(), 1, longest),
        }
    }

    pub(crate) async fn settle(&self, tenant: &Tenant, append: &Append) -> Result<Settled, StoreError> {
        if let Some(appended) = self.history.find(tenant, append).await? {
            return Ok(Settled::Present(appended));
        }
        // What leaves no trace, not even a checkpoint, has no effect.
        let Some(id) = id(append) else {
            return Ok(Settled::Absent);
        };
        // Whoever has handed it in may be making the tenant just now.
        let tenant_key = tenant.key_to_write(&self.links).await?;
        let (reply, given_up) = oneshot::channel();
        self.giving_up
            .submit(Request {
                tenant_key,
                id,
                reply,
            })
            .map_err(|QueueFull| StoreError::overloaded("too many appends are to be settled"))?;
        given_up.await.unwrap_or_else(|died| {
            Err(StoreError::unavailable("the append could not be given up").caused_by(died))
        })?;
        let found = self.history.find(tenant, append).await?;
        Ok(found.map_or(Settled::Absent, Settled::Present))
    }
}

/// What an append is known by, to `append()` as well.
fn id(append: &Append) -> Option<Uuid> {
    let command = append.command.map(|command| command.id.get());
    command
        .or_else(|| append.events.first().map(|event| event.id.get()))
        .or_else(|| known_by_progress(append))
}

/// What an append is known by that moves a reader and does nothing else.
pub(crate) fn known_by_progress(append: &Append) -> Option<Uuid> {
    const MOVES: Uuid = Uuid::from_u128(0x4f5c_1d6a_92b7_4b0e_8d3f_6a71_c0e5_29d4);
    let Progress { reader, from, to } = append.progress.as_ref()?;
    if append.command.is_some() || !append.events.is_empty() {
        return None;
    }
    let from = from.map(|from| from.position);
    let text = format!("{from:?} {:?} {reader}", to.position);
    Some(Uuid::new_v5(&MOVES, text.as_bytes()))
}

/// An append that is not to take effect any more.
struct Request {
    tenant_key: i32,
    id: Uuid,
    reply: oneshot::Sender<Result<(), StoreError>>,
}

/// Puts appends on the list, many at once.
struct GivingUp {
    connector: Arc<Connector>,
    links: Links,
}

#[async_trait]
impl Work for GivingUp {
    type Item = Request;

    const WORTH_A_LANE: usize = 1;

    fn choose(&self, queue: &mut VecDeque<Request>) -> Vec<Request> {
        queue.drain(..).collect()
    }

    async fn run(&self, _lane: usize, batch: Vec<Request>) {
        let tenants: Vec<i32> = batch.iter().map(|request| request.tenant_key).collect();
        let ids: Vec<Uuid> = batch.iter().map(|request| request.id).collect();
        let outcome = self.give_up(&tenants, &ids).await.map_err(Arc::new);
        for request in batch {
            let outcome = outcome.clone().map_err(|error| {
                StoreError::new(error.kind(), "the append could not be given up").caused_by(error)
            });
            // Nobody may be waiting any more.
            let _ = request.reply.send(outcome);
        }
    }
}

impl GivingUp {
    async fn give_up(&self, tenants: &[i32], ids: &[Uuid]) -> Result<(), StoreError> {
        let session = self.links.locking.session().await?;
        let row = session
            .query_opt(Query::Settle, &[&tenants, &ids])
            .await
            .map_err(store_error)?;
        let row = row.ok_or_else(|| StoreError::broken("there is no fence"))?;
        self.connector.fence_raised(row.try_get(0).map_err(store_error)?);
        Ok(())
    }
}
