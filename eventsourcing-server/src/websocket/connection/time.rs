//! What becomes of a connection as time passes.

use tokio::time::Instant;

use super::super::message::EndReason;
use super::heart::Beat;
use super::parting::{EXPIRED, NO_PONG, SLOW_CONSUMER};
use super::{Connection, Phase};

impl Connection {
    /// The socket has taken what it was given.
    pub(in crate::websocket) fn moved(&mut self) {
        self.stuck_since = None;
    }

    /// The socket does not take what it was given.
    pub(in crate::websocket) fn stuck(&mut self, now: Instant) {
        self.stuck_since.get_or_insert(now);
    }

    /// Whether the socket does not take what it was given.
    pub(in crate::websocket) fn is_stuck(&self) -> bool {
        self.stuck_since.is_some()
    }

    /// When to [`tick`](Self::tick), if nothing happens before. `None` if time is of no concern any more.
    pub(in crate::websocket) fn next_tick(&self) -> Option<Instant> {
        if matches!(self.phase, Phase::Closing(_) | Phase::Closed) {
            return None;
        }
        let stuck = self
            .stuck_since
            .map(|since| since + self.terms.limits.write_timeout);
        let soonest = self.heart.next(&self.terms.limits).min(self.next_news);
        [stuck, self.terms.expires, Some(soonest)]
            .into_iter()
            .flatten()
            .min()
    }

    /// Time has passed.
    pub(in crate::websocket) fn tick(&mut self, now: Instant) {
        if matches!(self.phase, Phase::Closing(_) | Phase::Closed) {
            return;
        }
        let limits = &self.terms.limits;
        if self
            .stuck_since
            .is_some_and(|since| since + limits.write_timeout <= now)
        {
            self.leave_at_once(EndReason::SlowConsumer, SLOW_CONSUMER);
            return;
        }
        if self.terms.expires.is_some_and(|expires| expires <= now) {
            self.leave_at_once(EndReason::CredentialsExpired, EXPIRED);
            return;
        }
        if now >= self.next_news {
            self.next_news = now + limits.ping_interval;
            self.subscriptions.be_curious();
        }
        if self.stuck_since.is_some() || !self.wants_input() {
            // Its answer could not be asked for, or not be heard.
            self.heart.heard(now);
            return;
        }
        match self.heart.tick(now, &self.terms.limits) {
            Beat::Rest => {}
            Beat::Ask => self.must_ping = true,
            Beat::Stopped => self.leave_at_once(EndReason::NoPong, NO_PONG),
        }
    }
}
