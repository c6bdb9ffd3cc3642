use std::num::NonZeroUsize;
use std::time::Duration;

use crate::websocket::WebSocketLimits;

/// What a server takes, how long it waits, and how much it keeps in memory for others.
///
/// ```
/// use std::time::Duration;
/// use eventsourcing_server::ServerLimits;
///
/// let limits = ServerLimits {
///     connections: 1_000,
///     write_timeout: Duration::from_secs(10),
///     ..ServerLimits::default()
/// };
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerLimits {
    /// The longest body of a request, in bytes. How deep its JSON may nest, the store says. 1 MiB by default.
    pub body_bytes: usize,
    /// How many connections may be open at a time. Further ones wait until one of them ends. 16,384 by default.
    pub connections: usize,
    /// How long a client may take to send the head of a request, and how long a connection may be idle. 15 seconds by default.
    pub header_timeout: Duration,
    /// How long a client may take to send the body of a request. 30 seconds by default.
    pub body_timeout: Duration,
    /// How long a client may take to read anything of what it is sent. Who takes longer is cut off. 30 seconds by default.
    pub write_timeout: Duration,
    /// How long those who wait for events hear nothing, before they are told that the connection is alive. 15 seconds by default.
    pub keep_alive: Duration,
    /// How long a request waits for projections at the most: for a query that is to know of a position, and with `Prefer: wait`.
    /// 10 seconds by default.
    pub projection_timeout: Duration,
    /// How many events a page has if nobody says otherwise. 100 by default.
    pub page_events: NonZeroUsize,
    /// How many events a page may have. 1,000 by default.
    pub max_page_events: NonZeroUsize,
    /// The most bytes of payload and metadata that are read at once for one client, unless a single event has more. 256 KiB by
    /// default.
    pub page_bytes: usize,
    /// How many bytes of rendered events are kept, for all clients together. 16 MiB by default.
    pub rendered_bytes: usize,
    /// How long it still takes connections after it was told to end, while `/readyz` says that it will: those who pass requests on to
    /// it have to notice that first. None by default, which is right where nobody does.
    pub drain: Duration,
    /// How long to wait at the end for requests and commands that are under way. 30 seconds by default.
    pub shutdown_timeout: Duration,
    /// What one WebSocket connection may take of the server.
    pub websocket: WebSocketLimits,
}

impl Default for ServerLimits {
    fn default() -> Self {
        const HUNDRED: NonZeroUsize = NonZeroUsize::new(100).unwrap();
        const THOUSAND: NonZeroUsize = NonZeroUsize::new(1_000).unwrap();
        Self {
            body_bytes: 1024 * 1024,
            connections: 16_384,
            header_timeout: Duration::from_secs(15),
            body_timeout: Duration::from_secs(30),
            write_timeout: Duration::from_secs(30),
            keep_alive: Duration::from_secs(15),
            projection_timeout: Duration::from_secs(10),
            page_events: HUNDRED,
            max_page_events: THOUSAND,
            page_bytes: 256 * 1024,
            rendered_bytes: 16 * 1024 * 1024,
            drain: Duration::ZERO,
            shutdown_timeout: Duration::from_secs(30),
            websocket: WebSocketLimits::default(),
        }
    }
}
