use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use tokio::sync::{mpsc, watch};
use tokio::time::Instant;

use super::super::status::Course;
use super::share::Hand;
use super::tenure::{Grant, Leasehold, Left, Tenure};
use crate::TenantId;
use crate::store::TenantStore;
use crate::store::lease::{Fence, Holder, Lease, LeaseEpoch, LeaseStore};

/// A lease that this process wants to hold.
pub(super) struct Kept {
    pub(super) tenant: TenantId,
    pub(super) name: Arc<str>,
    pub(super) tenure: watch::Sender<Tenure>,
    course: Arc<watch::Sender<Course>>,
    pub(super) held: Option<Grant>,
    /// How often it was granted to this process.
    grants: u64,
    pub(super) has_ended: bool,
}

/// The leases that this process is going to want.
pub(in super::super) struct Wanted {
    pub(super) tenants: BTreeMap<TenantId, Arc<dyn LeaseStore>>,
    pub(super) leases: Vec<Kept>,
    pub(super) left: mpsc::Receiver<Left>,
    sender: mpsc::Sender<Left>,
}

impl Wanted {
    pub(in super::super) fn nothing() -> Self {
        let (sender, left) = mpsc::channel(16);
        Self {
            tenants: BTreeMap::new(),
            leases: Vec::new(),
            left,
            sender,
        }
    }

    /// One more, for a task that has this course.
    pub(in super::super) fn add(
        &mut self,
        tenant: &TenantStore,
        name: &Arc<str>,
        course: &Arc<watch::Sender<Course>>,
    ) -> Leasehold {
        self.tenants
            .insert(tenant.tenant.clone(), Arc::clone(&tenant.leases));
        let (tenure, told) = watch::channel(Tenure::Standby);
        self.leases.push(Kept {
            tenant: tenant.tenant.clone(),
            name: Arc::clone(name),
            tenure,
            course: Arc::clone(course),
            held: None,
            grants: 0,
            has_ended: false,
        });
        Leasehold::new(self.leases.len() - 1, told, self.sender.clone())
    }
}

impl Kept {
    /// Who holds it, as it is listed or as this process knows better.
    pub(super) fn hand(&self, me: &Holder, listed: &HashMap<TenantId, Vec<Lease>>) -> Hand {
        if self.held.is_some() {
            return match &*self.tenure.borrow() {
                Tenure::Leaving => Hand::Leaving,
                _ => Hand::Mine,
            };
        }
        let mut leases = listed.get(&self.tenant).into_iter().flatten();
        let held = leases.find(|lease| lease.name == self.name && !lease.left.is_zero());
        let by = held.map(|lease| &lease.holder).filter(|holder| *holder != me);
        let label = by.map(|holder| Arc::clone(&holder.label));
        self.course.send_if_modified(|course| {
            let is_new = course.held_by != label;
            course.held_by = label;
            is_new
        });
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
        self.course.send_modify(|course| course.held_by = None);
        self.tenure.send_replace(Tenure::Held { grant, until });
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
