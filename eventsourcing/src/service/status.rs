use serde::{Deserialize, Serialize};

use crate::process::ManagerStatus;
use crate::processor::ProcessorStatus;
use crate::projection::ProjectionStatus;
use crate::snapshot::SnapshotCounts;
use crate::{Category, Position};

/// What a service does at a moment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Status {
    /// The name of the service in Rust.
    pub service: String,
    /// Whether it takes commands.
    pub phase: Phase,
    /// How many commands are under way.
    pub commands_under_way: usize,
    /// What each of its process managers has come to.
    pub process_managers: Vec<ManagerStatus>,
    /// What each of its projections has come to.
    #[serde(default)]
    pub projections: Vec<ProjectionStatus>,
    /// What each of its processors has come to.
    #[serde(default)]
    pub processors: Vec<ProcessorStatus>,
    /// What has become of snapshots since it was started.
    #[serde(default)]
    pub snapshots: SnapshotCounts,
}

/// How far a service is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Phase {
    /// It takes commands.
    Running,
    /// It takes no more commands, and waits for those that are under way.
    ShuttingDown,
    /// It takes no more commands, and none is under way.
    Stopped,
}

/// What a service does, and whether its stores answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Health {
    /// Whether a command that is sent now can be expected to be decided.
    pub ready: bool,
    /// What it does.
    pub status: Status,
    /// Its stores: first the one that it was started with.
    pub stores: Vec<StoreHealth>,
}

/// Whether a store of a service answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct StoreHealth {
    /// The categories whose streams it was given; none if it has all the others.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub categories: Vec<Category>,
    /// The last position, if it answers.
    pub end_of_log: Option<Position>,
    /// Why it does not.
    pub error: Option<String>,
}
