use serde::{Deserialize, Serialize};

/// What a campaign has found.
#[derive(Debug, Serialize)]
pub(crate) struct Outcome {
    pub(crate) commit: String,
    pub(crate) store: String,
    /// The whole log into a projection.
    pub(crate) replay: PartOutcome,
    /// A command on the long stream, with nothing in memory.
    pub(crate) load: PartOutcome,
    pub(crate) follow: Followed,
}

/// What a part has found.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct PartOutcome {
    pub(crate) events: u64,
    pub(crate) seconds: f64,
    /// By how much the process has grown, at most.
    pub(crate) growth_kib: u64,
}

/// Readers that follow while others write.
#[derive(Debug, Serialize)]
pub(crate) struct Followed {
    pub(crate) writers: u32,
    pub(crate) readers: usize,
    pub(crate) events: usize,
    pub(crate) events_per_second: f64,
    /// How many events readers were not handed. More than none, or events that came twice or out of order, end the campaign.
    pub(crate) missed: usize,
}
