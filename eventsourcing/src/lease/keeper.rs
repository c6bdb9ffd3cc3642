use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{Instant, sleep, timeout};
use uuid::Uuid;

use super::LeasePolicy;
use super::kept::{Asked, Kept};
use super::share::plan;
use super::tenure::{Left, Tenure};
use crate::TenantId;
use crate::store::StoreError;
use crate::store::lease::{Acquired, Fence, Holder, Lease, LeaseStore};

/// The pause before it is looked again, after something has changed.
const FIRST_PAUSE: Duration = Duration::from_millis(5);
/// How long it may take to give leases back. Those that are not expire.
const PATIENCE: Duration = Duration::from_secs(1);

/// Holds the leases of this process.
pub(crate) struct Keeper {
    holder: Holder,
    policy: LeasePolicy,
    /// In the order of their names: the heartbeat is kept in the first one.
    tenants: BTreeMap<TenantId, Arc<dyn LeaseStore>>,
    leases: Vec<Kept>,
    heartbeat: Option<Fence>,
    renewed_at: Instant,
    asked: Asked,
}

impl Keeper {
    /// Who is to hold what is asked for, under this id.
    pub(crate) fn new(id: Uuid, policy: LeasePolicy, asked: Asked) -> Self {
        Self {
            holder: Holder {
                id,
                label: Arc::clone(&policy.label),
            },
            policy,
            tenants: BTreeMap::new(),
            leases: Vec::new(),
            heartbeat: None,
            renewed_at: Instant::now(),
            asked,
        }
    }

    /// Holds leases until everything is to stop, and gives each back when its task has come to its end.
    pub(crate) async fn run(mut self, mut stop: watch::Receiver<bool>) {
        let mut pause = FIRST_PAUSE;
        loop {
            let has_heard = self.hear().await;
            let has_got_one = self.look().await.unwrap_or_else(|error| {
                tracing::debug!(
                    error = &error as &dyn std::error::Error,
                    "leases cannot be looked after"
                );
                false
            });
            pause = if has_heard || has_got_one {
                FIRST_PAUSE
            } else {
                (pause * 2).min(self.policy.longest_pause())
            };
            tokio::select! {
                biased;
                () = stopped(&mut stop) => break,
                Some(kept) = self.asked.wanted.recv() => {
                    self.add(kept).await;
                    pause = FIRST_PAUSE;
                }
                Some(left) = self.asked.left.recv() => {
                    self.give_back(left).await;
                    pause = FIRST_PAUSE;
                }
                () = sleep(pause) => {}
            }
        }
        self.end().await;
    }

    /// Takes note of all that was asked for, and then of all that was left: whoever has left a lease and asked for it again has one.
    async fn hear(&mut self) -> bool {
        let mut has_heard = false;
        while let Ok(kept) = self.asked.wanted.try_recv() {
            self.add(kept).await;
            has_heard = true;
        }
        while let Ok(left) = self.asked.left.try_recv() {
            self.give_back(left).await;
            has_heard = true;
        }
        has_heard
    }

    async fn add(&mut self, kept: Kept) {
        self.leave_group().await;
        self.tenants
            .entry(kept.tenant.clone())
            .or_insert_with(|| Arc::clone(&kept.store));
        self.leases.push(kept);
    }

    /// Waits for the tasks, which are about to end, and gives everything back.
    async fn end(mut self) {
        let mut at_work: HashSet<_> = self.leases.iter().map(|kept| kept.number).collect();
        while !at_work.is_empty() {
            tokio::select! {
                biased;
                left = self.asked.left.recv() => match left {
                    None => break,
                    Some(left) if left.has_ended => drop(at_work.remove(&left.lease)),
                    Some(_) => {}
                },
                () = sleep(self.policy.renew_after()) => drop(self.renew().await),
            }
        }
        let mut heartbeat = self.heartbeat.take();
        let release_all = async {
            for (tenant, leases) in &self.tenants {
                let of_tenant = self.leases.iter().filter(|kept| kept.tenant == *tenant);
                let held = of_tenant.filter_map(|kept| kept.fence().cloned());
                let held: Vec<_> = held.chain(heartbeat.take()).collect();
                release(&**leases, &held).await;
            }
        };
        if timeout(PATIENCE, release_all).await.is_err() {
            tracing::debug!("leases cannot be released in time");
        }
    }

    /// Renews leases if it is time, looks who holds which, and sees to it that everybody has a share. Says whether it has got one.
    async fn look(&mut self) -> Result<bool, StoreError> {
        if self.heartbeat.is_none() || self.renewed_at.elapsed() >= self.policy.renew_after() {
            self.renew().await?;
        }
        let mut listed = HashMap::new();
        for (tenant, leases) in &self.tenants {
            listed.insert(tenant.clone(), leases.list().await?);
        }
        let peers = self.peers(&listed);
        let hands = self.leases.iter().map(|kept| kept.hand(&self.holder, &listed));
        let hands: Vec<_> = hands.collect();
        let plan = plan(&peers, &hands);
        if let Some(lease) = plan.let_go {
            self.leases[lease].let_go();
        }
        self.take(&plan.take).await
    }

    /// The others that are alive and want the same.
    fn peers(&self, listed: &HashMap<TenantId, Vec<Lease>>) -> Vec<Uuid> {
        let prefix = self.group();
        let first = self.tenants.keys().next();
        let leases = first.and_then(|tenant| listed.get(tenant)).into_iter().flatten();
        leases
            .filter(|lease| lease.name.starts_with(&prefix) && !lease.left.is_zero())
            .map(|lease| lease.holder.id)
            .filter(|holder| *holder != self.holder.id)
            .collect()
    }

    /// How the names of the heartbeats begin of all who want the same leases.
    fn group(&self) -> String {
        const GROUPS: Uuid = Uuid::from_u128(0x2f0c_5a1e_93b7_4d55_8c7e_61d8_f0b4_a927);
        let mut wanted: Vec<_> = self
            .leases
            .iter()
            .map(|kept| format!("{}\n{}\n", kept.tenant, kept.name))
            .collect();
        wanted.sort_unstable();
        format!(
            "runtime/{}/",
            Uuid::new_v5(&GROUPS, wanted.concat().as_bytes()).simple()
        )
    }

    /// Keeps everything that is held for longer, and says that this process is alive.
    async fn renew(&mut self) -> Result<(), StoreError> {
        let asked_at = Instant::now();
        let mut heartbeat = self.heartbeat.clone();
        let mut outcome = Ok(());
        for (tenant, leases) in &self.tenants {
            let mut fences: Vec<_> = heartbeat.take().into_iter().collect();
            let has_heartbeat = !fences.is_empty();
            let mut kept: Vec<_> = self
                .leases
                .iter_mut()
                .filter(|kept| kept.tenant == *tenant)
                .collect();
            kept.retain(|kept| kept.held.is_some());
            fences.extend(kept.iter().filter_map(|kept| kept.fence().cloned()));
            if fences.is_empty() {
                continue;
            }
            let mut renewed = match leases.renew(&fences, self.policy.ttl).await {
                Ok(renewed) => renewed.into_iter(),
                Err(error) => {
                    outcome = Err(error);
                    continue;
                }
            };
            if has_heartbeat && renewed.next() != Some(true) {
                self.heartbeat = None;
            }
            for (kept, is_held) in kept.into_iter().zip(renewed) {
                kept.renewed(is_held.then(|| asked_at + self.policy.relied_on_for()));
            }
        }
        outcome?;
        if self.heartbeat.is_none() {
            self.heartbeat = self.begin_heartbeat().await?;
        }
        self.renewed_at = asked_at;
        Ok(())
    }

    async fn begin_heartbeat(&self) -> Result<Option<Fence>, StoreError> {
        let Some(leases) = self.tenants.values().next() else {
            return Ok(None);
        };
        let name: Arc<str> = format!("{}{}", self.group(), self.holder.id).into();
        let names = [Arc::clone(&name)];
        let mut acquired = leases.acquire(&names, &self.holder, self.policy.ttl).await?;
        Ok(match acquired.pop() {
            Some(Acquired::Granted(epoch)) => Some(Fence { lease: name, epoch }),
            _ => None,
        })
    }

    /// Asks for leases. Says whether it has got one.
    async fn take(&mut self, wanted: &[usize]) -> Result<bool, StoreError> {
        let mut has_got = false;
        for (tenant, leases) in &self.tenants {
            let of_tenant = wanted
                .iter()
                .filter(|lease| self.leases[**lease].tenant == *tenant);
            let of_tenant: Vec<_> = of_tenant.copied().collect();
            if of_tenant.is_empty() {
                continue;
            }
            let names: Vec<_> = of_tenant
                .iter()
                .map(|lease| Arc::clone(&self.leases[*lease].name))
                .collect();
            let until = Instant::now() + self.policy.relied_on_for();
            let acquired = leases.acquire(&names, &self.holder, self.policy.ttl).await?;
            for (lease, acquired) in of_tenant.into_iter().zip(acquired) {
                if let Acquired::Granted(epoch) = acquired {
                    self.leases[lease].granted(epoch, until);
                    has_got = true;
                }
            }
        }
        Ok(has_got)
    }

    /// Gives back a lease that nobody writes under any more.
    async fn give_back(&mut self, left: Left) {
        let Some(at) = self.leases.iter().position(|kept| kept.number == left.lease) else {
            return;
        };
        let kept = &mut self.leases[at];
        // It may have been granted anew since.
        let held = kept
            .held
            .take_if(|held| left.has_ended || Some(&*held) == left.grant.as_ref());
        if kept.held.is_none() {
            kept.tenure.send_replace(Tenure::Standby);
        }
        if let Some(held) = held {
            release(&*kept.store, &[held.fence]).await;
        }
        if left.has_ended {
            self.leave_group().await;
            self.leases.remove(at);
            let leases = &self.leases;
            self.tenants
                .retain(|tenant, _| leases.iter().any(|kept| kept.tenant == *tenant));
        }
    }

    /// Ends the heartbeat, before this process wants other leases than those that it has wanted so far.
    async fn leave_group(&mut self) {
        if let Some(heartbeat) = self.heartbeat.take()
            && let Some(leases) = self.tenants.values().next()
        {
            release(&**leases, &[heartbeat]).await;
        }
    }
}

/// Returns when everything is to stop.
async fn stopped(stop: &mut watch::Receiver<bool>) {
    // An error says that whoever could say so is gone.
    let _ = stop.wait_for(|stop| *stop).await;
}

/// Gives leases back. If that does not work, they expire.
async fn release(leases: &dyn LeaseStore, held: &[Fence]) {
    match timeout(PATIENCE, leases.release(held)).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => tracing::debug!(
            error = &error as &dyn std::error::Error,
            "leases cannot be released"
        ),
        Err(_) => tracing::debug!("leases cannot be released in time"),
    }
}
