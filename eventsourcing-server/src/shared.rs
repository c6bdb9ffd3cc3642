use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use bytes::Bytes;
use eventsourcing::RecordedEvent;
use eventsourcing::service::Runtime;
use serde_json::Value;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tokio_util::task::task_tracker::TaskTrackerToken;

use crate::events::RenderedEvents;
use crate::settings::ServerLimits;

/// What every route has. A handle: clones are the same.
#[derive(Clone, Debug)]
pub(crate) struct Shared {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    runtime: Runtime,
    limits: ServerLimits,
    openapi: Value,
    rendered: RenderedEvents,
    draining: AtomicBool,
    closing: CancellationToken,
    lasting: TaskTracker,
}

impl Shared {
    pub(crate) fn new(runtime: Runtime, limits: ServerLimits, openapi: Value) -> Self {
        Self {
            inner: Arc::new(Inner {
                rendered: RenderedEvents::new(limits.rendered_bytes),
                runtime,
                limits,
                openapi,
                draining: AtomicBool::new(false),
                closing: CancellationToken::new(),
                lasting: TaskTracker::new(),
            }),
        }
    }

    pub(crate) fn runtime(&self) -> &Runtime {
        &self.inner.runtime
    }

    pub(crate) fn limits(&self) -> &ServerLimits {
        &self.inner.limits
    }

    /// What tools are told of the routes.
    pub(crate) fn openapi(&self) -> &Value {
        &self.inner.openapi
    }

    /// An event as a CloudEvent: JSON on one line.
    pub(crate) fn render(&self, event: &RecordedEvent) -> Bytes {
        self.inner.rendered.get(event)
    }

    /// Tells those who ask whether it is ready that it will not be for long.
    pub(crate) fn drain(&self) {
        self.inner.draining.store(true, Ordering::Relaxed);
    }

    /// Tells everybody that the server is about to end.
    pub(crate) fn close(&self) {
        self.inner.closing.cancel();
        self.inner.lasting.close();
    }

    /// Ready when the server is about to end, or the service takes no more commands: those who wait for events have to go
    /// elsewhere.
    pub(crate) async fn closing(&self) {
        tokio::select! {
            () = self.inner.closing.cancelled() => {}
            () = self.inner.runtime.closed() => {}
        }
    }

    /// Whether it is about to end, or will be soon.
    pub(crate) fn is_ending(&self) -> bool {
        self.inner.draining.load(Ordering::Relaxed) || self.inner.closing.is_cancelled()
    }

    /// The end of the server waits for whoever holds one of these: for tasks that outlive the request that has led to them.
    pub(crate) fn lasting(&self) -> TaskTrackerToken {
        self.inner.lasting.token()
    }

    /// Waits for those who hold a [`lasting`](Self::lasting) token, once the server is [closing](Self::close).
    pub(crate) async fn ended(&self) {
        self.inner.lasting.wait().await;
    }
}
