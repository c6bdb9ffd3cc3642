use std::future::pending;

use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, sleep_until};

use crate::store::lease::Fence;

/// What a task is told of its lease.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Tenure {
    /// Somebody else holds it, or nobody.
    Standby,
    /// It was granted, and the task may write until then, unless it hears of a later time.
    Held {
        /// Under which it may.
        grant: Grant,
        /// By the clock of this process.
        until: Instant,
    },
    /// The task is to finish what it is about under this grant, and then stand by. Who has yet to take it up does so, and leaves it: it
    /// is given back by nobody else.
    Leaving(Grant),
}

/// A lease that this process has got.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Grant {
    /// What the task shows when it writes.
    pub(super) fence: Fence,
    /// Which time that this process has got it. Who gets a lease again that nobody else has taken, has the same fence.
    pub(super) number: u64,
}

/// A task writes no more under its lease.
#[derive(Debug)]
pub(super) struct Left {
    /// Which lease.
    pub(super) lease: usize,
    /// What it had, if it had something.
    pub(super) grant: Option<Grant>,
    /// Whether the task has come to its end.
    pub(super) has_ended: bool,
}

/// A lease, in the hands of its task.
pub(crate) struct Leasehold {
    lease: usize,
    told: watch::Receiver<Tenure>,
    left: mpsc::Sender<Left>,
    /// Under which the task writes.
    grant: Option<Grant>,
    /// Under which it has written, and does not write again.
    before: Option<Grant>,
}

impl Leasehold {
    pub(super) const fn new(lease: usize, told: watch::Receiver<Tenure>, left: mpsc::Sender<Left>) -> Self {
        Self {
            lease,
            told,
            left,
            grant: None,
            before: None,
        }
    }

    /// Takes up what was granted. Says whether there is something.
    pub(crate) fn take_up(&mut self) -> bool {
        if self.grant.is_none() {
            self.grant = self.offered();
        }
        self.grant.is_some()
    }

    /// Under which the task writes; `None` while it stands by.
    pub(crate) fn fence(&self) -> Option<&Fence> {
        self.grant.as_ref().map(|grant| &grant.fence)
    }

    /// Returns when there is something to take up.
    pub(crate) async fn granted(&self) {
        let mut told = self.told.clone();
        while self.offered().is_none() {
            if told.changed().await.is_err() {
                // Who could grant it is gone.
                return pending().await;
            }
        }
    }

    fn offered(&self) -> Option<Grant> {
        match &*self.told.borrow() {
            Tenure::Held { grant, .. } | Tenure::Leaving(grant) if self.before.as_ref() != Some(grant) => {
                Some(grant.clone())
            }
            _ => None,
        }
    }

    /// Whether the task may begin something: its time is not over, and nobody else is to have the lease.
    pub(crate) fn is_held(&self) -> bool {
        match &*self.told.borrow() {
            Tenure::Held { grant, until } => Some(grant) == self.grant.as_ref() && Instant::now() < *until,
            Tenure::Leaving(_) | Tenure::Standby => false,
        }
    }

    /// Whether the task is not to write any more, because its time is over or somebody else has the lease.
    pub(crate) fn is_over(&self) -> bool {
        match &*self.told.borrow() {
            Tenure::Held { grant, until } => Some(grant) != self.grant.as_ref() || Instant::now() >= *until,
            Tenure::Leaving(grant) => Some(grant) != self.grant.as_ref(),
            Tenure::Standby => true,
        }
    }

    /// Returns when the task is to stand by. Never, if it does.
    pub(crate) async fn is_to_end(&self) {
        if self.grant.is_none() {
            return pending().await;
        }
        let mut told = self.told.clone();
        loop {
            let until = match &*told.borrow_and_update() {
                Tenure::Held { grant, until } if Some(grant) == self.grant.as_ref() => *until,
                _ => return,
            };
            tokio::select! {
                biased;
                changed = told.changed() => if changed.is_err() {
                    return;
                },
                () = sleep_until(until) => return,
            }
        }
    }

    /// Says that nothing more is written under the lease.
    pub(crate) async fn leave(&mut self) {
        self.before = self.grant.take();
        self.tell(false).await;
    }

    /// Says that the task has come to its end.
    pub(crate) async fn resign(mut self) {
        self.before = self.grant.take();
        self.tell(true).await;
    }

    async fn tell(&self, has_ended: bool) {
        let left = Left {
            lease: self.lease,
            grant: self.before.clone(),
            has_ended,
        };
        // Who is not there any more releases nothing: the lease expires.
        let _ = self.left.send(left).await;
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::timeout;

    use super::*;
    use crate::store::lease::LeaseEpoch;

    const TTL: Duration = Duration::from_secs(10);
    const ALMOST: Duration = Duration::from_millis(9_999);

    fn grant(number: u64) -> Grant {
        let fence = Fence {
            lease: "projection/balances@1".into(),
            epoch: LeaseEpoch::new(7),
        };
        Grant { fence, number }
    }

    fn held(number: u64) -> Tenure {
        Tenure::Held {
            grant: grant(number),
            until: Instant::now() + TTL,
        }
    }

    fn leasehold() -> (watch::Sender<Tenure>, mpsc::Receiver<Left>, Leasehold) {
        let (tell, told) = watch::channel(Tenure::Standby);
        let (left, leaving) = mpsc::channel(1);
        (tell, leaving, Leasehold::new(3, told, left))
    }

    #[tokio::test(start_paused = true)]
    async fn who_does_not_hear_that_it_was_renewed_ends_in_time() {
        let (tell, _leaving, mut lease) = leasehold();
        assert!(!lease.take_up() && lease.is_over());
        tell.send_replace(held(1));
        lease.granted().await;
        assert!(lease.take_up() && lease.is_held() && !lease.is_over());
        timeout(ALMOST, lease.is_to_end()).await.unwrap_err();
        tell.send_replace(held(1));
        timeout(ALMOST, lease.is_to_end()).await.unwrap_err();
        lease.is_to_end().await;
        assert!(lease.is_over() && !lease.is_held());
    }

    #[tokio::test(start_paused = true)]
    async fn what_was_left_is_taken_up_only_if_it_is_granted_anew() {
        let (tell, mut leaving, mut lease) = leasehold();
        tell.send_replace(held(1));
        assert!(lease.take_up());
        lease.leave().await;
        let left = leaving.recv().await.unwrap();
        assert_eq!((left.lease, left.has_ended), (3, false));
        assert!(
            !lease.take_up() && lease.fence().is_none(),
            "it has not been heard yet"
        );
        timeout(TTL, lease.granted()).await.unwrap_err();
        tell.send_replace(held(2));
        lease.granted().await;
        assert!(lease.take_up());
    }

    #[tokio::test(start_paused = true)]
    async fn who_is_to_leave_may_write_what_it_is_about() {
        let (tell, _leaving, mut lease) = leasehold();
        tell.send_replace(held(1));
        assert!(lease.take_up());
        tell.send_replace(Tenure::Leaving(grant(1)));
        lease.is_to_end().await;
        assert!(!lease.is_over() && !lease.is_held());
        tell.send_replace(Tenure::Standby);
        assert!(lease.is_over());
    }

    #[tokio::test(start_paused = true)]
    async fn who_is_to_leave_what_it_has_yet_to_take_up_gives_it_back() {
        let (tell, mut leaving, mut lease) = leasehold();
        tell.send_replace(held(1));
        lease.granted().await;
        tell.send_replace(Tenure::Leaving(grant(1)));
        timeout(TTL, lease.granted()).await.unwrap();
        assert!(lease.take_up() && !lease.is_held());
        timeout(TTL, lease.is_to_end()).await.unwrap();
        lease.leave().await;
        assert_eq!(leaving.recv().await.unwrap().grant, Some(grant(1)));
        assert!(!lease.take_up(), "it was given back");
    }

    #[tokio::test(start_paused = true)]
    async fn who_is_to_leave_what_was_granted_since_writes_no_more_under_what_it_had() {
        let (tell, _leaving, mut lease) = leasehold();
        tell.send_replace(held(1));
        assert!(lease.take_up());
        tell.send_replace(Tenure::Leaving(grant(2)));
        assert!(lease.is_over());
        lease.leave().await;
        assert!(lease.take_up() && !lease.is_over());
    }
}
