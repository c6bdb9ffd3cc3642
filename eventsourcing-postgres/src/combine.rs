use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use tokio::runtime::Handle;

/// What is done to many items at once.
#[async_trait]
pub(crate) trait Work: Send + Sync + 'static {
    type Item: Send + 'static;

    /// How many items have to wait for a lane to take them while another is at work. Fewer are left to that one, or to who
    /// ends last: a batch has a price of its own.
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
            if self.is_worth_a_lane(&state, state.idle.len()) {
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

    /// Whether a lane takes what is in the queue, if so many lanes are not at work, itself included.
    fn is_worth_a_lane(&self, state: &State<W::Item>, free: usize) -> bool {
        let enough = if free == self.lanes { 1 } else { W::WORTH_A_LANE };
        state.queue.len() >= enough
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
        if self.combiner.is_worth_a_lane(&state, state.idle.len() + 1) {
            Some(self.combiner.work.choose(&mut state.queue))
        } else {
            None
        }
    }
}

impl<W: Work> Drop for Lane<W> {
    fn drop(&mut self) {
        let goes_on = {
            let mut state = self.combiner.lock();
            let goes_on = self.combiner.is_worth_a_lane(&state, state.idle.len() + 1);
            if !goes_on {
                state.idle.push(self.lane);
            }
            goes_on
        };
        // Something came in after the last look, or others have ended since then, or the lane has panicked over a batch.
        if goes_on {
            self.combiner.start(self.lane);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;
    use std::time::Duration;

    use tokio::sync::{Semaphore, mpsc};
    use tokio::time::timeout;

    /// Nobody can do it.
    const IMPOSSIBLE: u32 = 13;

    /// Says what each batch is, and is done with it once it is let go.
    struct Told {
        batches: mpsc::UnboundedSender<Vec<u32>>,
        gates: Vec<Arc<Semaphore>>,
    }

    #[async_trait]
    impl Work for Told {
        type Item = u32;

        const WORTH_A_LANE: usize = 3;

        fn choose(&self, queue: &mut VecDeque<u32>) -> Vec<u32> {
            queue.drain(..).collect()
        }

        async fn run(&self, lane: usize, batch: Vec<u32>) {
            let is_possible = !batch.contains(&IMPOSSIBLE);
            let _ = self.batches.send(batch);
            self.gates[lane].acquire().await.unwrap().forget();
            assert!(is_possible, "this is how a batch fails");
        }
    }

    struct World {
        combiner: Arc<Combiner<Told>>,
        batches: mpsc::UnboundedReceiver<Vec<u32>>,
        gates: Vec<Arc<Semaphore>>,
    }

    impl World {
        fn new() -> Self {
            let (sender, batches) = mpsc::unbounded_channel();
            let gates: Vec<_> = (0..2).map(|_| Arc::new(Semaphore::new(0))).collect();
            let work = Told {
                batches: sender,
                gates: gates.clone(),
            };
            let combiner = Combiner::new(work, &Handle::current(), 2, 1_000);
            Self {
                combiner,
                batches,
                gates,
            }
        }

        fn submit(&self, items: impl IntoIterator<Item = u32>) {
            for item in items {
                self.combiner.submit(item).unwrap();
            }
        }

        async fn batch(&mut self) -> Vec<u32> {
            let next = timeout(Duration::from_secs(10), self.batches.recv());
            next.await.expect("a lane should take what is left").unwrap()
        }

        /// Lets a lane end its batch, and everything that follows from it happen.
        async fn end(&self, lane: usize) {
            self.gates[lane].add_permits(1);
            while self.gates[lane].available_permits() > 0 {
                tokio::task::yield_now().await;
            }
            tokio::task::yield_now().await;
        }
    }

    // Lanes are taken from the end: the first one is lane 1.

    #[tokio::test]
    async fn few_are_left_to_the_lane_that_is_at_work() {
        let mut world = World::new();
        world.submit([1]);
        assert_eq!(world.batch().await, [1]);

        world.submit([2, 3]);
        tokio::task::yield_now().await;
        assert!(world.batches.try_recv().is_err());

        world.end(1).await;
        assert_eq!(world.batch().await, [2, 3]);
    }

    #[tokio::test]
    async fn as_many_as_are_worth_it_are_taken_by_another_lane() {
        let mut world = World::new();
        world.submit([1]);
        assert_eq!(world.batch().await, [1]);

        world.submit([2, 3, 4]);
        assert_eq!(world.batch().await, [2, 3, 4]);
    }

    #[tokio::test]
    async fn a_lane_that_has_ended_leaves_few_to_who_is_still_at_work() {
        let mut world = World::new();
        world.submit([1]);
        assert_eq!(world.batch().await, [1]);
        world.submit([2, 3, 4]);
        assert_eq!(world.batch().await, [2, 3, 4]);

        world.submit([5, 6]);
        world.end(1).await;
        assert!(world.batches.try_recv().is_err());

        world.end(0).await;
        assert_eq!(world.batch().await, [5, 6]);
    }

    #[tokio::test]
    async fn what_a_lane_has_left_when_it_panics_is_the_next_batch() {
        let mut world = World::new();
        world.submit([IMPOSSIBLE]);
        assert_eq!(world.batch().await, [IMPOSSIBLE]);

        world.submit([1, 2]);
        world.end(1).await;
        assert_eq!(world.batch().await, [1, 2]);
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn nothing_stays_behind_when_all_lanes_end() {
        let mut world = World::new();
        for gate in &world.gates {
            gate.add_permits(100_000);
        }
        let mut seen = HashSet::new();
        for item in 0..10_000 {
            world.submit([item]);
            // Every so often nobody else hands anything in, so that whoever ends last has to find what is there.
            if item % 7 == 0 {
                while !seen.contains(&item) {
                    seen.extend(world.batch().await);
                }
            }
        }
        while seen.len() < 10_000 {
            seen.extend(world.batch().await);
        }
    }
}
