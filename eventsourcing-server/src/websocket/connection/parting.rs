//! How a connection ends.

use std::time::Duration;

use axum::extract::ws::CloseCode;

use super::super::message::{EndReason, ServerMessage};
use super::{Connection, Phase};
use crate::problem::{Problem, ProblemKind};

/// How it ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::websocket) struct Farewell {
    pub(in crate::websocket) code: CloseCode,
    pub(in crate::websocket) reason: &'static str,
}

const SHUTTING_DOWN: Farewell = Farewell {
    code: 1012,
    reason: "the service is shutting down",
};
pub(super) const SLOW_CONSUMER: Farewell = Farewell {
    code: 1013,
    reason: "slow consumer",
};
pub(super) const NO_PONG: Farewell = Farewell {
    code: 1008,
    reason: "a ping was not answered",
};
pub(super) const EXPIRED: Farewell = Farewell {
    code: 1008,
    reason: "the credentials have expired",
};
pub(super) const NOT_TEXT: Farewell = Farewell {
    code: 1003,
    reason: "messages are text",
};
pub(super) const MISUNDERSTOOD: Farewell = Farewell {
    code: 1002,
    reason: "a message was not understood",
};
pub(super) const BROKEN: Farewell = Farewell {
    code: 1002,
    reason: "the WebSocket protocol was broken",
};
pub(super) const TOO_LARGE: Farewell = Farewell {
    code: 1009,
    reason: "a message was too large",
};

impl Connection {
    /// Takes nothing new, and closes when all commands are done.
    pub(in crate::websocket) fn shut_down(&mut self, retry_after: Duration) {
        if self.phase == Phase::Open {
            self.end_subscriptions(EndReason::ShuttingDown);
            self.say(&ServerMessage::Goodbye {
                reason: EndReason::ShuttingDown,
                retry_after,
            });
            self.phase = Phase::Leaving(SHUTTING_DOWN);
        }
    }

    pub(super) fn leave_at_once(&mut self, reason: EndReason, farewell: Farewell) {
        self.end_subscriptions(reason);
        self.say(&ServerMessage::Goodbye {
            reason,
            retry_after: Duration::ZERO,
        });
        self.phase = Phase::Closing(farewell);
    }

    /// Closes because of something that the client has done.
    pub(super) fn close_over(&mut self, farewell: Farewell, detail: impl Into<String>) {
        if matches!(self.phase, Phase::Closing(_) | Phase::Closed) {
            return;
        }
        let problem = Problem::new(ProblemKind::Malformed, detail);
        self.say(&ServerMessage::Error {
            request: None,
            subscription: None,
            problem: &problem,
        });
        self.end_subscriptions(EndReason::ProtocolError);
        self.phase = Phase::Closing(farewell);
    }

    fn end_subscriptions(&mut self, reason: EndReason) {
        while let Some(subscription) = self.subscriptions.pop() {
            self.ended(&subscription, reason, None);
        }
    }
}
