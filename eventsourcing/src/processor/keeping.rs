use std::fmt;

use tokio::sync::{Mutex, mpsc, watch};

use crate::environment::Environment;
use crate::lease::{Keeper, LeasePolicy, Leases};

/// What keeps the leases of processors, until it is ended or dropped.
pub(super) struct Keeping {
    pub(super) leases: Leases,
    stop: watch::Sender<bool>,
    /// Closed when everything has been given back.
    ended: Mutex<mpsc::Receiver<()>>,
}

impl Keeping {
    pub(super) fn begin(environment: &Environment, policy: LeasePolicy) -> Self {
        let (leases, asked) = Leases::new();
        let (stop, stopping) = watch::channel(false);
        let (alive, ended) = mpsc::channel(1);
        let keeper = Keeper::new(environment.ids.new_id(), policy, asked);
        environment.spawn.spawn(Box::pin(async move {
            keeper.run(stopping).await;
            drop(alive);
        }));
        Self {
            leases,
            stop,
            ended: Mutex::new(ended),
        }
    }

    /// Waits for the processors, which are about to end, and gives everything back.
    pub(super) async fn end(&self) {
        self.stop.send_replace(true);
        // Nobody sends anything: it ends with the keeper.
        let _ = self.ended.lock().await.recv().await;
    }
}

impl fmt::Debug for Keeping {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keeping").finish_non_exhaustive()
    }
}
