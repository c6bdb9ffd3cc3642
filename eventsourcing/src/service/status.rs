use serde::{Deserialize, Serialize};

use crate::Position;
use crate::process::ManagerStatus;

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

/// What a service does, and whether its store answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Health {
    /// Whether a command that is sent now can be expected to be decided.
    pub ready: bool,
    /// What it does.
    pub status: Status,
    /// The last position of the store, if that answers.
    pub end_of_log: Option<Position>,
    /// Why it does not.
    pub store_error: Option<String>,
}
