use std::io;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use eventsourcing_core::Position;
use tokio::sync::watch;

use super::Shared;
use super::committer::Committer;
use super::queue::{Next, Wake};

/// How many jobs one transaction holds at most, so that other processes get their turn.
const TOGETHER: usize = 256;

/// Starts the thread that does what is in the queue.
pub(super) fn start(
    shared: Arc<Shared>,
    head: watch::Sender<Position>,
    ended: watch::Sender<()>,
    busy_timeout: Duration,
    poll_interval: Duration,
) -> io::Result<()> {
    let work = move || {
        // Whoever waits is told, even if this thread panics: of what was handed in first, of the end last.
        let _ended = ended;
        let _end = EndWhenDropped(&shared);
        let somebody_waits = || (head.receiver_count() > 0).then_some(poll_interval);
        let mut seen = 0;
        loop {
            match shared.queue.wait(&mut seen, somebody_waits) {
                Wake::Closed if shared.is_done() => return,
                Wake::Closed | Wake::Tick => {}
                Wake::Work => work_off(&shared, busy_timeout),
            }
            if somebody_waits().is_some() {
                shared.lock().iter_mut().for_each(Committer::look_around);
            }
        }
    };
    thread::Builder::new()
        .name("eventsourcing-sqlite".into())
        .spawn(work)?;
    Ok(())
}

fn work_off(shared: &Shared, busy_timeout: Duration) {
    loop {
        let mut guard = shared.lock();
        let Some(committer) = guard.as_mut() else {
            return;
        };
        let done = match shared.queue.take(TOGETHER) {
            Next::Jobs(jobs) if jobs.is_empty() => true,
            Next::Jobs(jobs) => {
                committer.commit_together(jobs, busy_timeout);
                false
            }
            Next::Turn(asked) => {
                asked.lend();
                false
            }
        };
        if !done || committer.should_consider_checkpoint() {
            committer.checkpoint_if_due();
        }
        if done {
            return;
        }
    }
}

struct EndWhenDropped<'a>(&'a Shared);

impl Drop for EndWhenDropped<'_> {
    fn drop(&mut self) {
        self.0.queue.abandon();
        *self.0.lock() = None;
    }
}
