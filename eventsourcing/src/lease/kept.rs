use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::{mpsc, watch};
use tokio::time::Instant;

use super::share::Hand;
use super::tenure::{Grant, Leasehold, Left, Tenure};
use crate::TenantId;
use crate::store::TenantStore;
use crate::store::lease::{Fence, Holder, Lease, LeaseEpoch, LeaseStore};

/// Hears who holds a lease instead of this process.
pub(crate) trait Onlooker: Send + Sync + 'static {
    /// The process of this label does; nobody, or this process, if there is none.
    fn held_by(&self, label: Option<Arc<str>>);
}

/// What the task of a lease says of itself, and among it who holds the lease instead.
pub(crate) trait HeldBy: Send + Sync + 'static {
    /// That process, as far as is known.
    fn held_by(&mut self) -> &mut Option<Arc<str>>;
}

impl<C: HeldBy> Onlooker for watch::Sender<C> {
    fn held_by(&self, label: Option<Arc<str>>) {
        self.send_if_modified(|course| {
            let known = course.held_by();
            let is_new = *known != label;
            *known = label;
            is_new
        });
    }
}

/// A lease that this process wants to hold.
pub(super) struct Kept {
    /// Its number: no other lease that this process ever wants has the same.
    pub(super) number: usize,
    pub(super) tenant: TenantId,
    pub(super) store: Arc<dyn LeaseStore>,
    pub(super) name: Arc<str>,
    pub(super) tenure: watch::Sender<Tenure>,
    onlooker: Arc<dyn Onlooker>,
    pub(super) held: Option<Grant>,
    /// How often it was granted to this process.
    grants: u64,
}

/// Where leases are asked for, at any time.
pub(crate) struct Leases {
    wanted: mpsc::UnboundedSender<Kept>,
    left: mpsc::Sender<Left>,
    asked_for: AtomicUsize,
}

/// What a keeper hears of those who ask.
pub(crate) struct Asked {
    pub(super) wanted: mpsc::UnboundedReceiver<Kept>,
    /// It ends with the last of the tasks, and of those who could ask for further leases.
    pub(super) left: mpsc::Receiver<Left>,
}

impl Leases {
    /// Where to ask, and what the keeper hears of it.
    pub(crate) fn new() -> (Self, Asked) {
        let (wanted, asked) = mpsc::unbounded_channel();
        let (left, leaving) = mpsc::channel(16);
        let leases = Self {
            wanted,
            left,
            asked_for: AtomicUsize::new(0),
        };
        let asked = Asked {
            wanted: asked,
            left: leaving,
        };
        (leases, asked)
    }

    /// Asks for a lease, for a task that stands by until it is granted.
    pub(crate) fn ask(
        &self,
        tenant: &TenantStore,
        name: &Arc<str>,
        onlooker: Arc<dyn Onlooker>,
    ) -> Leasehold {
        let number = self.asked_for.fetch_add(1, Ordering::Relaxed);
        let (tenure, told) = watch::channel(Tenure::Standby);
        let kept = Kept {
            number,
            tenant: tenant.tenant.clone(),
            store: Arc::clone(&tenant.leases),
            name: Arc::clone(name),
            tenure,
            onlooker,
            held: None,
            grants: 0,
        };
        // Without a keeper, nothing is ever granted.
        let _ = self.wanted.send(kept);
        Leasehold::new(number, told, self.left.clone())
    }
}

impl Kept {
    /// Who holds it, as it is listed or as this process knows better.
    pub(super) fn hand(&self, me: &Holder, listed: &HashMap<TenantId, Vec<Lease>>) -> Hand {
        if self.held.is_some() {
            return match &*self.tenure.borrow() {
                Tenure::Leaving(_) => Hand::Leaving,
                _ => Hand::Mine,
            };
        }
        let mut leases = listed.get(&self.tenant).into_iter().flatten();
        let held = leases.find(|lease| lease.name == self.name && !lease.left.is_zero());
        let by = held.map(|lease| &lease.holder).filter(|holder| *holder != me);
        let label = by.map(|holder| Arc::clone(&holder.label));
        self.onlooker.held_by(label);
        by.map_or(Hand::Free, |holder| Hand::Other(holder.id))
    }

    pub(super) fn granted(&mut self, epoch: LeaseEpoch, until: Instant) {
        self.grants += 1;
        let grant = Grant {
            fence: Fence {
                lease: Arc::clone(&self.name),
                epoch,
            },
            number: self.grants,
        };
        self.held = Some(grant.clone());
        self.onlooker.held_by(None);
        self.tenure.send_replace(Tenure::Held { grant, until });
    }

    /// Its task is to leave it.
    pub(super) fn let_go(&self) {
        if let Some(grant) = self.held.clone() {
            self.tenure.send_replace(Tenure::Leaving(grant));
        }
    }

    pub(super) fn fence(&self) -> Option<&Fence> {
        self.held.as_ref().map(|grant| &grant.fence)
    }

    /// It is held until then, or not any more.
    pub(super) fn renewed(&mut self, until: Option<Instant>) {
        let Some(until) = until else {
            self.held = None;
            self.tenure.send_replace(Tenure::Standby);
            return;
        };
        self.tenure.send_if_modified(|tenure| match tenure {
            Tenure::Held { until: known, .. } => {
                *known = until;
                true
            }
            _ => false,
        });
    }
}
