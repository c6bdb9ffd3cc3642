use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::sleep;

use super::handler::{Answered, OpenQuery};
use super::queries::evaluate;
use super::{AskError, QueryPolicy};
use crate::TenantId;
use crate::environment::Spawn;
use crate::pause::doubled;
use crate::projection::{Projections, WaitForError, Watched};

/// The queries that are followed: each is evaluated once for all who follow it, for as long as there is anybody.
#[derive(Debug)]
pub(super) struct Live {
    spawn: Arc<dyn Spawn>,
    policy: QueryPolicy,
    followed: Mutex<HashMap<Key, Arc<watch::Sender<Latest>>>>,
}

/// The tenant, where the query is defined, and what is asked for.
type Key = (TenantId, &'static str, Vec<u8>);

/// What came of the last evaluation, if there was one.
pub(super) type Latest = Option<Result<Answered, AskError>>;

/// A query to be evaluated whenever its projections have moved.
pub(super) struct Evaluation {
    pub(super) open: Arc<dyn OpenQuery>,
    pub(super) projections: Projections,
    pub(super) watched: Watched,
    pub(super) tenant: TenantId,
    pub(super) result_bytes: usize,
}

/// Pauses between attempts grow from this..
const SHORTEST_RETRY: Duration = Duration::from_millis(100);
/// .. up to this.
const LONGEST_RETRY: Duration = Duration::from_secs(10);

impl Live {
    pub(super) fn new(spawn: Arc<dyn Spawn>, policy: QueryPolicy) -> Self {
        Self {
            spawn,
            policy,
            followed: Mutex::default(),
        }
    }

    /// Follows a query, whose evaluation begins if nobody has followed it so far.
    pub(super) fn join(
        self: &Arc<Self>,
        key: Key,
        begin: impl FnOnce() -> Result<Evaluation, WaitForError>,
    ) -> Result<watch::Receiver<Latest>, AskError> {
        let mut followed = self.followed.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(latest) = followed.get(&key) {
            return Ok(latest.subscribe());
        }
        if followed.len() >= self.policy.followed {
            return Err(AskError::TooManyFollowed {
                allowed: self.policy.followed,
            });
        }
        let evaluation = begin()?;
        let latest = Arc::new(watch::Sender::new(None));
        let following = latest.subscribe();
        followed.insert(key.clone(), Arc::clone(&latest));
        drop(followed);
        let live = Arc::clone(self);
        self.spawn.spawn(Box::pin(async move {
            evaluation.go_on(&latest, &live, &key).await;
        }));
        Ok(following)
    }

    /// Ends the evaluation of a query, unless somebody follows it.
    fn leave(&self, key: &Key, latest: &watch::Sender<Latest>) -> bool {
        let mut followed = self.followed.lock().unwrap_or_else(PoisonError::into_inner);
        let has_ended = latest.is_closed();
        if has_ended {
            followed.remove(key);
        }
        has_ended
    }

    /// Ends the evaluation of a query that has no further result.
    fn end(&self, key: &Key) {
        let mut followed = self.followed.lock().unwrap_or_else(PoisonError::into_inner);
        followed.remove(key);
    }

    #[cfg(test)]
    pub(super) fn count(&self) -> usize {
        self.followed.lock().unwrap_or_else(PoisonError::into_inner).len()
    }
}

impl Evaluation {
    /// Evaluates the query until nobody follows it, or its projections do not run any more.
    async fn go_on(mut self, latest: &watch::Sender<Latest>, live: &Live, key: &Key) {
        let mut failures = 0;
        loop {
            let position = self.watched.look();
            let answered = evaluate(
                &*self.open,
                &self.projections,
                &self.tenant,
                position,
                self.result_bytes,
            )
            .await;
            let will_pass = answered.as_ref().is_err_and(passes);
            failures = if will_pass { failures + 1 } else { 0 };
            latest.send_replace(Some(answered));
            let next = async {
                sleep(pause_after(failures, live.policy.pause)).await;
                if will_pass {
                    Ok(())
                } else {
                    self.watched.moved().await
                }
            };
            let next = tokio::select! {
                biased;
                () = latest.closed() => None,
                next = next => Some(next),
            };
            match next {
                None if live.leave(key, latest) => return,
                None | Some(Ok(())) => {}
                Some(Err(stopped)) => {
                    live.end(key);
                    latest.send_replace(Some(Err(stopped.into())));
                    return;
                }
            }
        }
    }
}

/// How long to rest: longer after each failure.
fn pause_after(failures: u32, pause: Duration) -> Duration {
    match failures {
        0 => pause,
        _ => doubled(pause.max(SHORTEST_RETRY), LONGEST_RETRY, failures),
    }
}

/// Whether it may be better after a while, even if nothing happens.
fn passes(error: &AskError) -> bool {
    error.class().may_pass()
}
