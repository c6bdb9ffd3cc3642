//! Metrics: what a service does, as numbers for whichever recorder of the [`metrics`](https://docs.rs/metrics) crate the program has
//! installed. Without one, nothing is recorded.
//!
//! A service that runs sets its gauges every [`EVERY`] seconds; counters of commands move with each command. What each of them
//! means, and which deserve an alarm, is in the chapter "Watching it" of the guide.
//!
//! | metric | kind | labels | |
//! |---|---|---|---|
//! | `es_commands_total` | counter | `command`, `outcome` | commands that came to an end: `succeeded`, or the class of the error |
//! | `es_command_retries_total` | counter | `command` | attempts after the first, of commands that succeeded or were given up after conflicts |
//! | `es_commands_under_way` | gauge | | commands that have begun and not come to an end |
//! | `es_projection_position` | gauge | `projection`, `version`, `tenant` | everything up to here is in the rows |
//! | `es_projection_lag_events` | gauge | the same | positions of the log that are left |
//! | `es_projection_lag_seconds` | gauge | the same | how long ago the first event was stored that is not in the rows |
//! | `es_projection_events_total` | counter | the same | events that this process has handled |
//! | `es_projection_parked_events` | gauge | the same | events that are parked |
//! | `es_projection_ready` | gauge | the same | 1 if queries are answered from its rows, else 0 |
//! | `es_projection_state` | gauge | the same, and `state` | 1 for the state that it is in, 0 for the others |
//! | `es_processor_position` | gauge | `processor`, `tenant` | everything up to here was handed over |
//! | `es_processor_lag_events` | gauge | the same | positions of the log that are left |
//! | `es_processor_lag_seconds` | gauge | the same | how long ago the first event was stored that is worked on |
//! | `es_processor_state` | gauge | the same, and `state` | 1 for the state that it is in, 0 for the others |
//! | `es_process_manager_position` | gauge | `manager`, `tenant`, `categories` | everything up to here was dealt with, or is parked |
//! | `es_process_manager_parked_events` | gauge | the same | events that are parked |
//! | `es_process_manager_running` | gauge | the same | 0 if it does not go on: a person has to look |

mod commands;
mod gauges;

use std::time::Duration;

pub(crate) use commands::command;
pub(crate) use gauges::set_gauges;

pub use crate::told::chain;

/// How often a service that runs sets its gauges.
pub const EVERY: Duration = Duration::from_secs(5);
