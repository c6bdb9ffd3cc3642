use std::collections::VecDeque;

use crate::websocket::WebSocketLimits;

/// Answers that wait to be sent. Events are not among them: those are taken from their subscriptions when it is their turn.
#[derive(Debug, Default)]
pub(super) struct Outbox {
    messages: VecDeque<String>,
    bytes: usize,
}

impl Outbox {
    pub(super) fn push(&mut self, message: String) {
        self.bytes = self.bytes.saturating_add(message.len());
        self.messages.push_back(message);
    }

    pub(super) fn pop(&mut self) -> Option<String> {
        let message = self.messages.pop_front()?;
        self.bytes = self.bytes.saturating_sub(message.len());
        Some(message)
    }

    /// Whether whatever needs an answer may be read.
    pub(super) fn has_room(&self, limits: &WebSocketLimits) -> bool {
        self.messages.len() < limits.outbox_messages && self.bytes < limits.outbox_bytes
    }

    pub(super) fn is_empty(&self) -> bool {
        self.messages.is_empty()
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.messages.len()
    }
}
