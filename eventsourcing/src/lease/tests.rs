//! Two processes that share leases, and tasks that are slow to take theirs up.

use std::collections::HashSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};
use uuid::Uuid;

use super::kept::Onlooker;
use super::{Keeper, LeasePolicy, Leasehold, Leases};
use crate::TenantId;
use crate::memory::MemoryStore;
use crate::store::{EventStore as _, TenantStore};

const LEASES: usize = 8;
/// How long a task is about something else before it takes up what it was granted: longer than the keeper waits before it looks again.
const SLOWNESS: Duration = Duration::from_millis(50);
/// Longer than it takes to share, and shorter than a lease is held without being renewed.
const PATIENCE: Duration = Duration::from_secs(5);

struct Nobody;

impl Onlooker for Nobody {
    fn held_by(&self, _: Option<Arc<str>>) {}
}

/// A process, and the leases that its tasks work under.
struct Process {
    at_work: Arc<Mutex<HashSet<usize>>>,
    _stop: watch::Sender<bool>,
    _tasks: JoinSet<()>,
}

impl Process {
    fn start(number: u128, tenant: &TenantStore) -> Self {
        let (leases, asked) = Leases::new();
        let keeper = Keeper::new(Uuid::from_u128(number), LeasePolicy::default(), asked);
        let (stop, stopping) = watch::channel(false);
        let at_work = Arc::default();
        let mut tasks = JoinSet::new();
        for lease in 0..LEASES {
            let name = format!("projection/balances@1/{lease}").into();
            let hold = leases.ask(tenant, &name, Arc::new(Nobody));
            tasks.spawn(work(lease, hold, Arc::clone(&at_work)));
        }
        tasks.spawn(keeper.run(stopping));
        Self {
            at_work,
            _stop: stop,
            _tasks: tasks,
        }
    }

    fn at_work(&self) -> HashSet<usize> {
        self.at_work.lock().unwrap().clone()
    }
}

async fn work(lease: usize, mut hold: Leasehold, at_work: Arc<Mutex<HashSet<usize>>>) {
    loop {
        hold.granted().await;
        sleep(SLOWNESS).await;
        if hold.take_up() {
            at_work.lock().unwrap().insert(lease);
            hold.is_to_end().await;
            at_work.lock().unwrap().remove(&lease);
            hold.leave().await;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn processes_that_start_together_share_everything_although_their_tasks_are_slow() {
    let tenant = MemoryStore::new().tenant(&TenantId::DEFAULT);
    let processes = [1, 2].map(|number| Process::start(number, &tenant));
    let are_shared = async {
        loop {
            let [first, second] = [0, 1].map(|process: usize| processes[process].at_work());
            if first.len() == LEASES / 2 && second.len() == LEASES / 2 && first.is_disjoint(&second) {
                return;
            }
            sleep(SLOWNESS).await;
        }
    };
    timeout(PATIENCE, are_shared).await.unwrap();
}
