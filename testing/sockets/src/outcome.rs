//! What there is to tell in the end.

use serde::Serialize;

/// What a campaign has come to. All events have arrived at all clients, in order, none twice.
#[derive(Debug, Serialize)]
pub(crate) struct Outcome {
    /// The commit of the code that was run, with `-dirty` if it has been changed since.
    pub(crate) commit: String,
    /// How many clients have received all events.
    pub(crate) clients: u32,
    /// How many commands have led to them.
    pub(crate) commands: u32,
    /// How many events have arrived, at all clients together.
    pub(crate) delivered: u64,
    pub(crate) flood: Flood,
    pub(crate) rounds: Rounds,
    pub(crate) memory_kib: Memory,
    pub(crate) never_reading: NeverReading,
    pub(crate) idle: Idle,
}

/// Commands that are sent as fast as they are taken.
#[derive(Debug, Serialize)]
pub(crate) struct Flood {
    /// Until the last event has arrived at the last client.
    pub(crate) seconds: f64,
    pub(crate) commands_per_second: f64,
    pub(crate) events_per_second_at_all_clients: f64,
}

/// Commands that are sent one after another, at the same distance.
#[derive(Debug, Serialize)]
pub(crate) struct Rounds {
    pub(crate) commands_per_second: u32,
    /// From the sending of a command until its event has arrived, in microseconds: of all clients, in the rounds without anybody who
    /// never reads.
    pub(crate) without_micros: Percentiles,
    /// In the rounds with a client that never reads, of all others.
    pub(crate) with_micros: Percentiles,
    /// The second p99 divided by the first.
    pub(crate) p99_ratio: f64,
}

#[derive(Debug, Serialize)]
pub(crate) struct Percentiles {
    pub(crate) p50: u32,
    pub(crate) p90: u32,
    pub(crate) p99: u32,
    pub(crate) max: u32,
}

/// How much memory the server has, in KiB: what is resident.
#[derive(Debug, Serialize)]
pub(crate) struct Memory {
    /// All clients have subscribed.
    pub(crate) connected: u64,
    /// After the flood, whose events its store keeps in memory.
    pub(crate) after_flood: u64,
    /// After the rounds, likewise.
    pub(crate) after_rounds: u64,
}

/// A client that subscribes to all events that there are, and reads none.
#[derive(Debug, Serialize)]
pub(crate) struct NeverReading {
    /// By how much the memory of the server grew until the client was cut off, in KiB.
    pub(crate) growth_kib: u64,
    /// With which code it was told so, if it could be told.
    pub(crate) close_code: Option<u16>,
}

/// Clients that have subscribed, and wait.
#[derive(Debug, Serialize)]
pub(crate) struct Idle {
    pub(crate) clients: u32,
    /// How much memory the server has for each of them, in bytes.
    pub(crate) bytes_each: u64,
    /// From a command until all of them have received its event, in milliseconds.
    pub(crate) millis_until_all_have_heard: u64,
}

impl Percentiles {
    pub(crate) fn of(mut delays: Vec<u32>) -> Self {
        delays.sort_unstable();
        let at = |percent: usize| {
            let index = (delays.len() * percent / 100).min(delays.len().saturating_sub(1));
            delays.get(index).copied().unwrap_or_default()
        };
        Self {
            p50: at(50),
            p90: at(90),
            p99: at(99),
            max: at(100),
        }
    }
}
