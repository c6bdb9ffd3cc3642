use tokio::time::Instant;

use crate::websocket::WebSocketLimits;

/// Whether the other side is still there.
#[derive(Debug)]
pub(super) struct Heart {
    last_heard: Instant,
    asked: Option<Instant>,
    /// Whether anything was sent since. Its answer is then behind that, and may take as long as it takes to read it.
    has_more_to_read: bool,
}

/// What is to be done about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Beat {
    Rest,
    Ask,
    Stopped,
}

impl Heart {
    pub(super) fn new(now: Instant) -> Self {
        Self {
            last_heard: now,
            asked: None,
            has_more_to_read: false,
        }
    }

    /// Whatever is heard is a sign of life.
    pub(super) fn heard(&mut self, now: Instant) {
        self.last_heard = now;
        self.asked = None;
    }

    /// Something was sent. Whoever does not read it is noticed in another way: its socket takes no more.
    pub(super) fn told(&mut self) {
        self.has_more_to_read = true;
    }

    pub(super) fn tick(&mut self, now: Instant, limits: &WebSocketLimits) -> Beat {
        if now < self.next(limits) {
            return Beat::Rest;
        }
        if self.asked.is_some() && !self.has_more_to_read {
            return Beat::Stopped;
        }
        self.asked = Some(now);
        self.has_more_to_read = false;
        Beat::Ask
    }

    /// When there is something to do next, if nothing is heard until then.
    pub(super) fn next(&self, limits: &WebSocketLimits) -> Instant {
        match self.asked {
            Some(asked) => asked + limits.pong_timeout,
            None => self.last_heard + limits.ping_interval,
        }
    }
}
