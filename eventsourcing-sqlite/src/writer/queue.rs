use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::WriteError;
use super::job::Job;

/// What waits for the writer, in the order in which it was handed in.
pub(super) struct Queue {
    state: Mutex<State>,
    /// The writer's thread has something to look at.
    changed: Condvar,
    longest: usize,
}

#[derive(Default)]
struct State {
    waiting: VecDeque<(Ticket, Box<dyn Job>)>,
    last_ticket: Ticket,
    /// How often the thread was asked to look.
    calls: u64,
    /// Nobody may hand anything in any more.
    closed: bool,
    /// There is no thread any more.
    abandoned: bool,
}

/// Tells a job in the queue from the others.
pub(super) type Ticket = u64;

/// Why the writer's thread goes on.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Wake {
    /// There is something to do.
    Work,
    /// The time has come to look for what other processes have done.
    Tick,
    /// Nobody will hand anything in any more, and everything is done.
    Closed,
}

impl Queue {
    pub(super) fn new(longest: usize) -> Self {
        Self {
            state: Mutex::default(),
            changed: Condvar::new(),
            longest,
        }
    }

    /// Hands a job in, without calling the thread.
    pub(super) fn push(&self, job: Box<dyn Job>) -> Result<Ticket, WriteError> {
        let mut state = self.lock();
        if state.closed {
            return Err(WriteError::Closed);
        }
        if state.abandoned {
            return Err(WriteError::Stopped);
        }
        if state.waiting.len() >= self.longest {
            return Err(WriteError::Overloaded);
        }
        state.last_ticket += 1;
        let ticket = state.last_ticket;
        state.waiting.push_back((ticket, job));
        Ok(ticket)
    }

    /// Takes a job back, if nothing else is waiting.
    pub(super) fn take_only(&self, ticket: Ticket) -> Option<Box<dyn Job>> {
        let mut state = self.lock();
        match state.waiting.front() {
            Some((first, _)) if *first == ticket && state.waiting.len() == 1 => {
                state.waiting.pop_front().map(|(_, job)| job)
            }
            _ => None,
        }
    }

    pub(super) fn has_only(&self, ticket: Ticket) -> bool {
        let state = self.lock();
        state.waiting.len() == 1 && state.waiting.front().is_some_and(|(first, _)| *first == ticket)
    }

    /// Puts a job back to where it was taken from.
    pub(super) fn put_back(&self, ticket: Ticket, job: Box<dyn Job>) {
        self.lock().waiting.push_front((ticket, job));
    }

    /// Takes the jobs that come next.
    pub(super) fn take(&self, most: usize) -> Vec<Box<dyn Job>> {
        let mut state = self.lock();
        let count = state.waiting.len().min(most);
        state.waiting.drain(..count).map(|(_, job)| job).collect()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.lock().waiting.is_empty()
    }

    /// Has the thread look at what there is, at once.
    pub(super) fn call(&self) {
        self.lock().calls += 1;
        self.changed.notify_one();
    }

    /// No more jobs. What is waiting is still done.
    pub(super) fn close(&self) {
        self.lock().closed = true;
        self.changed.notify_one();
    }

    pub(super) fn is_closed(&self) -> bool {
        self.lock().closed
    }

    /// Fails what is waiting, since there is no thread any more to do it.
    pub(super) fn abandon(&self) {
        let mut state = self.lock();
        state.abandoned = true;
        for (_, job) in state.waiting.drain(..) {
            job.fail(WriteError::Stopped);
        }
    }

    /// Waits until the thread is called. While `tick` gives an interval, this ends after that as well.
    pub(super) fn wait(&self, seen: &mut u64, tick: impl Fn() -> Option<Duration>) -> Wake {
        let mut state = self.lock();
        loop {
            if state.calls != *seen {
                *seen = state.calls;
                return Wake::Work;
            }
            if state.closed {
                return if state.waiting.is_empty() {
                    Wake::Closed
                } else {
                    Wake::Work
                };
            }
            state = match tick() {
                None => self.changed.wait(state).unwrap_or_else(PoisonError::into_inner),
                Some(interval) => {
                    let waited = self.changed.wait_timeout(state, interval);
                    let (state, timeout) = waited.unwrap_or_else(PoisonError::into_inner);
                    if timeout.timed_out() {
                        return Wake::Tick;
                    }
                    state
                }
            };
        }
    }

    /// Nothing that is done while the lock is held can panic.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
