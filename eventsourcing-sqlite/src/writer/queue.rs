use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::WriteError;
use super::job::Job;
use super::turn::Asked;

/// What waits for the writer, in the order in which it was handed in.
pub(super) struct Queue {
    state: Mutex<State>,
    /// The writer's thread has something to look at.
    changed: Condvar,
    longest: usize,
}

#[derive(Default)]
struct State {
    waiting: VecDeque<(Ticket, Waiting)>,
    last_ticket: Ticket,
    /// How often the thread was asked to look.
    calls: u64,
    /// Nobody may hand anything in any more.
    closed: bool,
    /// There is no thread any more.
    abandoned: bool,
}

/// What is waiting.
pub(super) enum Waiting {
    /// Something to be done.
    Job(Box<dyn Job>),
    /// Somebody who asks for the turn.
    Turn(Asked),
}

/// What comes next.
pub(super) enum Next {
    /// These, in one transaction.
    Jobs(Vec<Box<dyn Job>>),
    /// The turn is to be lent.
    Turn(Asked),
}

/// Tells what is in the queue from the rest of it.
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

    /// Hands something in, without calling the thread.
    pub(super) fn push(&self, waiting: Waiting) -> Result<Ticket, WriteError> {
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
        state.waiting.push_back((ticket, waiting));
        Ok(ticket)
    }

    /// Takes a job back, if nothing else is waiting.
    pub(super) fn take_only(&self, ticket: Ticket) -> Option<Box<dyn Job>> {
        let mut state = self.lock();
        if state.waiting.len() != 1 {
            return None;
        }
        match state.waiting.pop_front_if(|(first, _)| *first == ticket) {
            Some((_, Waiting::Job(job))) => Some(job),
            // A turn has no ticket that anybody knows.
            _ => None,
        }
    }

    pub(super) fn has_only(&self, ticket: Ticket) -> bool {
        let state = self.lock();
        state.waiting.len() == 1 && state.waiting.front().is_some_and(|(first, _)| *first == ticket)
    }

    /// Puts a job back to where it was taken from.
    pub(super) fn put_back(&self, ticket: Ticket, job: Box<dyn Job>) {
        self.lock().waiting.push_front((ticket, Waiting::Job(job)));
    }

    /// Takes what comes next.
    pub(super) fn take(&self, most: usize) -> Next {
        let mut state = self.lock();
        let mut jobs = Vec::new();
        while jobs.len() < most {
            match state.waiting.pop_front() {
                Some((_, Waiting::Job(job))) => jobs.push(job),
                Some((_, Waiting::Turn(asked))) if jobs.is_empty() => return Next::Turn(asked),
                Some(turn) => {
                    state.waiting.push_front(turn);
                    break;
                }
                None => break,
            }
        }
        Next::Jobs(jobs)
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
        for (_, waiting) in state.waiting.drain(..) {
            // Who asks for the turn hears that nobody will lend it.
            if let Waiting::Job(job) = waiting {
                job.fail(WriteError::Stopped);
            }
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
