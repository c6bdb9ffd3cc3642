use std::time::Duration;

/// What one WebSocket connection may take of the server.
///
/// ```
/// use eventsourcing_server::{ServerLimits, WebSocketLimits};
///
/// let limits = ServerLimits {
///     websocket: WebSocketLimits { subscriptions: 4, ..WebSocketLimits::default() },
///     ..ServerLimits::default()
/// };
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebSocketLimits {
    /// The longest message that a client may send, in bytes. How deep its JSON may nest, the store says. 1 MiB and 128 KiB by
    /// default: the largest command that a store takes.
    pub message_bytes: usize,
    /// How many commands and queries may be under way. While there are so many, nothing more is read from the client. 64 by default.
    pub commands: usize,
    /// How many subscriptions there may be, queries that are followed among them. 16 by default.
    pub subscriptions: usize,
    /// How many types, categories and streams the filter of a subscription may name. 256 by default.
    pub filter_names: usize,
    /// How many answers may wait to be sent. While there are so many, nothing more is read from the client; the results of
    /// commands that are under way then are added. 64 by default.
    pub outbox_messages: usize,
    /// How many bytes of answers may wait to be sent, likewise. 256 KiB by default.
    pub outbox_bytes: usize,
    /// The most bytes of events in a message, unless a single event has more. Of as many may wait for each subscription, and of
    /// a page that is read besides. 32 KiB by default.
    pub events_bytes: usize,
    /// After how long a client that says nothing is asked whether it is still there, and how often a subscription whose filter
    /// lets nothing through is told how far the log was looked through. 20 seconds by default.
    pub ping_interval: Duration,
    /// How long a client may take to answer to that. 20 seconds by default.
    pub pong_timeout: Duration,
    /// How long a client may take to read any message. 20 seconds by default: less than
    /// [`ServerLimits::write_timeout`](crate::ServerLimits::write_timeout), so that it can be told why it is closed.
    pub write_timeout: Duration,
    /// How long a connection that is to be closed may take for that. 5 seconds by default.
    pub close_timeout: Duration,
}

impl Default for WebSocketLimits {
    fn default() -> Self {
        Self {
            message_bytes: (1024 + 128) * 1024,
            commands: 64,
            subscriptions: 16,
            filter_names: 256,
            outbox_messages: 64,
            outbox_bytes: 256 * 1024,
            events_bytes: 32 * 1024,
            ping_interval: Duration::from_secs(20),
            pong_timeout: Duration::from_secs(20),
            write_timeout: Duration::from_secs(20),
            close_timeout: Duration::from_secs(5),
        }
    }
}
