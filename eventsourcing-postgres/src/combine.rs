use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use tokio::runtime::Handle;

/// What is done to many items at once.
#[async_trait]
pub(crate) trait Work: Send + Sync + 'static {
    type Item: Send + 'static;

    /// How many items have to wait for a lane to begin while another is at work. Fewer are left to that one: a batch has a
    /// price of its own.
    const WORTH_A_LANE: usize;

    /// Takes the next batch from the front of the queue, which is not empty: at least one item, unless nobody waits for it
    /// any more. May leave others for later, in their order.
    fn choose(&self, queue: &mut VecDeque<Self::Item>) -> Vec<Self::Item>;

    /// Does it. Each lane has one batch at a time.
    async fn run(&self, lane: usize, batch: Vec<Self::Item>);
}

/// Gathers what many callers hand in, and does it in batches: whatever has come while the lanes were busy is the next batch.
///
/// There is no timer and no task that waits: with one caller at a time, each item is a batch of its own at once.
pub(crate) struct Combiner<W: Work> {
    work: W,
    runtime: Handle,
    lanes: usize,
    longest: usize,
    state: Mutex<State<W::Item>>,
}

struct State<I> {
    queue: VecDeque<I>,
    idle: Vec<usize>,
}

/// There are too many items already.
#[derive(Debug)]
pub(crate) struct QueueFull;

impl<W: Work> Combiner<W> {
    pub(crate) fn new(work: W, runtime: &Handle, lanes: usize, longest: usize) -> Arc<Self> {
        Arc::new(Self {
            work,
            runtime: runtime.clone(),
            lanes,
            longest,
            state: Mutex::new(State {
                queue: VecDeque::new(),
                idle: (0..lanes).collect(),
            }),
        })
    }

    /// Hands in an item. It is taken care of even if the caller does not wait.
    pub(crate) fn submit(self: &Arc<Self>, item: W::Item) -> Result<(), QueueFull> {
        let lane = {
            let mut state = self.lock();
            if state.queue.len() >= self.longest {
                return Err(QueueFull);
            }
            state.queue.push_back(item);
            let all_idle = state.idle.len() == self.lanes;
            if all_idle || state.queue.len() >= W::WORTH_A_LANE {
                state.idle.pop()
            } else {
                None
            }
        };
        if let Some(lane) = lane {
            self.start(lane);
        }
        Ok(())
    }

    fn start(self: &Arc<Self>, lane: usize) {
        let combiner = Arc::clone(self);
        self.runtime
            .spawn(async move { Lane { combiner, lane }.work().await });
    }

    fn lock(&self) -> MutexGuard<'_, State<W::Item>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A lane at work. However it ends, it becomes idle again.
struct Lane<W: Work> {
    combiner: Arc<Combiner<W>>,
    lane: usize,
}

impl<W: Work> Lane<W> {
    async fn work(self) {
        while let Some(batch) = self.next() {
            self.combiner.work.run(self.lane, batch).await;
        }
    }

    fn next(&self) -> Option<Vec<W::Item>> {
        let mut state = self.combiner.lock();
        if state.queue.is_empty() {
            None
        } else {
            Some(self.combiner.work.choose(&mut state.queue))
        }
    }
}

impl<W: Work> Drop for Lane<W> {
    fn drop(&mut self) {
        let waiting = {
            let mut state = self.combiner.lock();
            let waiting = !state.queue.is_empty();
            if !waiting {
                state.idle.push(self.lane);
            }
            waiting
        };
        // Something came in after the last look, or the lane has panicked over a batch.
        if waiting {
            self.combiner.start(self.lane);
        }
    }
}
