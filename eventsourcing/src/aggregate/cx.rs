use std::cell::RefCell;
use std::fmt;
use std::sync::Arc;

use uuid::Uuid;

use crate::command::{Decision, Ids};
use crate::testing::{FixedClock, SequentialIds};
use crate::{Actor, Clock as _, CommandId, Metadata, TenantId, Timestamp};

/// What a method of an aggregate may know besides the state and its parameters: ask for it by a parameter `cx: &Cx<Id>`.
///
/// Time, ids, actor and metadata are the same on every attempt of a command.
pub struct Cx<K> {
    id: K,
    decision: Arc<Decision>,
    ids: RefCell<Ids>,
}

impl<K> Cx<K> {
    pub(super) fn new(id: K, decision: Arc<Decision>, ids: Ids) -> Self {
        Self {
            id,
            decision,
            ids: RefCell::new(ids),
        }
    }

    pub(super) fn into_ids(self) -> Ids {
        self.ids.into_inner()
    }

    /// For tests that call the methods of an aggregate themselves: it is the start of 2026, nobody acts, and ids count up
    /// from 1.
    pub fn test(id: K) -> Self {
        let decision = Decision {
            now: FixedClock::default().now(),
            tenant: TenantId::DEFAULT,
            metadata: Metadata::of_command(CommandId::new(Uuid::nil())),
        };
        Self::new(
            id,
            Arc::new(decision),
            Ids::new(Arc::new(SequentialIds::default())),
        )
    }

    /// Which aggregate the command is for.
    pub fn id(&self) -> &K {
        &self.id
    }

    /// When the command was taken up.
    pub fn now(&self) -> Timestamp {
        self.decision.now
    }

    /// An id that is used nowhere else: the first call of every attempt returns the same one, and so on.
    pub fn new_id(&self) -> Uuid {
        self.ids.borrow_mut().next()
    }

    /// On whose behalf the command runs.
    pub fn actor(&self) -> Option<&Actor> {
        self.decision.metadata.actor.as_ref()
    }

    /// Whose data it works on.
    pub fn tenant(&self) -> &TenantId {
        &self.decision.tenant
    }

    /// What will be stored beside each event.
    pub fn metadata(&self) -> &Metadata {
        &self.decision.metadata
    }
}

impl<K: fmt::Debug> fmt::Debug for Cx<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cx")
            .field("id", &self.id)
            .field("decision", &self.decision)
            .finish_non_exhaustive()
    }
}
