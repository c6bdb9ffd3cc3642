use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::{StreamId, TenantId};

/// The queues of one process: commands that write to the same stream go one after another, first come, first served, so
/// that they do not run into each other's conflicts.
///
/// They order commands of this process only; the conditions of the append guard against all others.
#[derive(Clone)]
pub(super) struct Queues {
    by_stream: Arc<Mutex<HashMap<Key, Queue>>>,
    longest: usize,
}

type Key = (TenantId, StreamId);

struct Queue {
    turn: Arc<Semaphore>,
    /// How many hold or wait for a place.
    members: usize,
}

/// The queue of a stream is full.
#[derive(Debug)]
pub(super) struct QueueFull;

impl Queues {
    /// Queues in which at most so many commands hold or wait for a place of a stream.
    pub(super) fn new(longest: usize) -> Self {
        Self {
            by_stream: Arc::default(),
            longest,
        }
    }

    /// Takes a place for each stream, one after another. They come in alphabetical order, so nobody waits in a circle.
    pub(super) async fn take(&self, tenant: &TenantId, streams: Vec<StreamId>) -> Result<Places, QueueFull> {
        let mut places = Places::default();
        for stream in streams {
            let mut place = self.join(tenant, stream)?;
            place.wait().await;
            places.held.push(place);
        }
        Ok(places)
    }

    /// Takes places for streams that are not held yet. Those held are kept if the others are free now; if not, waiting
    /// with places in hand could be waiting in a circle, so all are given up and taken again in order.
    pub(super) async fn extend(
        &self,
        mut places: Places,
        tenant: &TenantId,
        streams: Vec<StreamId>,
    ) -> Result<Places, QueueFull> {
        for stream in streams
            .iter()
            .filter(|stream| !places.hold(stream))
            .cloned()
            .collect::<Vec<_>>()
        {
            let mut place = self.join(tenant, stream)?;
            if !place.try_now() {
                drop((place, places));
                return self.take(tenant, streams).await;
            }
            places.held.push(place);
        }
        Ok(places)
    }

    fn join(&self, tenant: &TenantId, stream: StreamId) -> Result<Place, QueueFull> {
        let key = (tenant.clone(), stream);
        let mut by_stream = self.lock();
        let queue = by_stream.entry(key.clone()).or_insert_with(|| Queue {
            turn: Arc::new(Semaphore::new(1)),
            members: 0,
        });
        if queue.members >= self.longest {
            return Err(QueueFull);
        }
        queue.members += 1;
        Ok(Place {
            turn: Arc::clone(&queue.turn),
            permit: None,
            key,
            queues: self.clone(),
        })
    }

    fn leave(&self, key: &Key) {
        let mut by_stream = self.lock();
        if let Some(queue) = by_stream.get_mut(key) {
            queue.members -= 1;
            if queue.members == 0 {
                by_stream.remove(key);
            }
        }
    }

    /// Nothing in here can panic halfway, so a poisoned lock guards sound data.
    fn lock(&self) -> MutexGuard<'_, HashMap<Key, Queue>> {
        self.by_stream.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Queues {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Queues")
            .field("by_stream", &self.lock().len())
            .field("longest", &self.longest)
            .finish()
    }
}

/// Places at the head of some queues; given up when dropped.
#[derive(Default)]
pub(super) struct Places {
    held: Vec<Place>,
}

impl Places {
    fn hold(&self, stream: &StreamId) -> bool {
        self.held.iter().any(|place| place.key.1 == *stream)
    }
}

/// A place in the queue of a stream: waiting, or at its head.
struct Place {
    turn: Arc<Semaphore>,
    permit: Option<OwnedSemaphorePermit>,
    key: Key,
    queues: Queues,
}

impl Place {
    async fn wait(&mut self) {
        // The semaphore is never closed.
        self.permit = Arc::clone(&self.turn).acquire_owned().await.ok();
    }

    fn try_now(&mut self) -> bool {
        self.permit = Arc::clone(&self.turn).try_acquire_owned().ok();
        self.permit.is_some()
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        // The next in the queue goes first, so that the queue is never removed while somebody waits in it.
        self.permit = None;
        self.queues.leave(&self.key);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::pin::pin;
    use std::task::{Context, Poll, Waker};

    fn streams(names: &[&str]) -> Vec<StreamId> {
        names.iter().map(|name| StreamId::new(name).unwrap()).collect()
    }

    fn now<T>(future: impl Future<Output = T>) -> Option<T> {
        match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(value) => Some(value),
            Poll::Pending => None,
        }
    }

    #[test]
    fn a_stream_is_held_by_one_at_a_time_and_first_come_is_first_served() {
        let queues = Queues::new(10);
        let first = now(queues.take(&TenantId::DEFAULT, streams(&["a", "b"])))
            .unwrap()
            .unwrap();
        let mut second = pin!(queues.take(&TenantId::DEFAULT, streams(&["b"])));
        let mut third = pin!(queues.take(&TenantId::DEFAULT, streams(&["b"])));
        assert!(now(second.as_mut()).is_none() && now(third.as_mut()).is_none());
        drop(first);
        assert!(now(third.as_mut()).is_none(), "the second came first");
        let second = now(second.as_mut()).unwrap();
        drop(second);
        assert!(now(third.as_mut()).is_some());
    }

    #[test]
    fn whoever_stops_waiting_leaves_the_queue() {
        let queues = Queues::new(2);
        let held = now(queues.take(&TenantId::DEFAULT, streams(&["a"])))
            .unwrap()
            .unwrap();
        {
            let mut waiting = Box::pin(queues.take(&TenantId::DEFAULT, streams(&["a"])));
            assert!(now(waiting.as_mut()).is_none());
            assert!(matches!(
                now(queues.take(&TenantId::DEFAULT, streams(&["a"]))),
                Some(Err(QueueFull))
            ));
        }
        let mut waiting = Box::pin(queues.take(&TenantId::DEFAULT, streams(&["a"])));
        assert!(now(waiting.as_mut()).is_none(), "there is room to wait again");
        drop((held, waiting));
        assert!(
            queues.lock().is_empty(),
            "nothing is kept of streams that nobody writes"
        );
    }

    #[test]
    fn tenants_do_not_wait_for_each_other() {
        let queues = Queues::new(10);
        let other = TenantId::new("other").unwrap();
        let _held = now(queues.take(&TenantId::DEFAULT, streams(&["a"])))
            .unwrap()
            .unwrap();
        assert!(now(queues.take(&other, streams(&["a"]))).is_some());
    }

    #[test]
    fn places_are_extended_without_waiting_or_taken_again_in_order() {
        let queues = Queues::new(10);
        let mine = now(queues.take(&TenantId::DEFAULT, streams(&["m"])))
            .unwrap()
            .unwrap();
        let mine = now(queues.extend(mine, &TenantId::DEFAULT, streams(&["a", "m"])))
            .unwrap()
            .unwrap();
        assert!(mine.hold(&streams(&["a"])[0]) && mine.hold(&streams(&["m"])[0]));

        let theirs = now(queues.take(&TenantId::DEFAULT, streams(&["z"])))
            .unwrap()
            .unwrap();
        let mut extending = Box::pin(queues.extend(mine, &TenantId::DEFAULT, streams(&["a", "m", "z"])));
        assert!(now(extending.as_mut()).is_none());
        drop(theirs);
        assert!(now(extending.as_mut()).unwrap().is_ok());
    }
}
