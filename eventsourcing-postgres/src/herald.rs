use std::error::Error;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::time::{Instant, sleep_until};
use tracing::debug;

use crate::SchemaName;
use crate::session::{Link, Query};

/// Notifications come no closer together. Each one is a lock on all commits of the cluster, and wakes every process that
/// listens, while an append takes a fraction of this.
const PAUSE: Duration = Duration::from_millis(10);

/// Tells other processes of new events: at once if nothing was told for a while, and otherwise soon.
///
/// What is told at once is part of the append. What is told later may be lost with this process; whoever listens looks at
/// the log every now and then all the same.
pub(crate) struct Herald {
    link: Arc<Link>,
    runtime: Handle,
    schema: String,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    last: Option<Instant>,
    /// Whether somebody waits to tell what was appended since.
    waiting: bool,
}

impl Herald {
    pub(crate) fn new(link: &Arc<Link>, runtime: &Handle, schema: &SchemaName) -> Arc<Self> {
        Arc::new(Self {
            link: Arc::clone(link),
            runtime: runtime.clone(),
            schema: schema.to_string(),
            state: Mutex::default(),
        })
    }

    /// Whether the next append is to tell of itself. If not, it is [told later](Self::tell_later).
    pub(crate) fn takes_word(&self) -> bool {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        let is_due = !state.waiting && state.last.is_none_or(|last| now >= last + PAUSE);
        if is_due {
            state.last = Some(now);
        }
        is_due
    }

    /// Tells soon of an append that was committed and has not told of itself.
    pub(crate) fn tell_later(self: &Arc<Self>) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if state.waiting {
            return;
        }
        state.waiting = true;
        let due = state.last.map_or_else(Instant::now, |last| last + PAUSE);
        let herald = Arc::clone(self);
        self.runtime.spawn(async move {
            sleep_until(due).await;
            herald.tell().await;
        });
    }

    async fn tell(&self) {
        {
            let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
            // What is committed from here on may come too late for this notification.
            state.waiting = false;
            state.last = Some(Instant::now());
        }
        let told = async {
            let session = self.link.session().await?;
            let told = session.query(Query::Notify, &[&self.schema]).await;
            told.map_err(crate::classify::store_error)
        };
        if let Err(error) = told.await {
            debug!(
                error = &error as &dyn Error,
                "other processes find the last events by looking"
            );
        }
    }
}
