use std::env;
use std::io;
use std::process::Command;

use eventsourcing_testkit::crash::{BoxError, Failed, Kills, Survived};
use serde::Serialize;

use crate::arguments::{Arguments, Store};
use crate::postgres::Cluster;
use crate::sqlite::File;

/// What a campaign has come to: everything has survived, and this was everything.
#[derive(Debug, Serialize)]
pub(crate) struct Outcome {
    store: Store,
    seed: u64,
    /// The commit of the code that was run, with `-dirty` if it has been changed since.
    commit: String,
    kills: u32,
    /// How many of the victims had stopped at a named point.
    kills_at_points: usize,
    /// The appends that were acknowledged: all are there, once.
    acknowledged_appends: usize,
    /// The events in the logs, of appends that nobody was told of as well.
    events: usize,
    /// How often a reader of a feed was handed an event: each of them, in order.
    handed_to_readers: usize,
    /// A digest of each log, in the order of the stores.
    logs: Vec<String>,
}

/// Why a campaign has failed.
#[derive(Debug, thiserror::Error)]
#[error("store number {store} with seed {seed}")]
struct CampaignFailed {
    store: u32,
    seed: u64,
    source: Failed,
}

pub(crate) fn run(arguments: &Arguments) -> Result<Outcome, BoxError> {
    let mut outcome = Outcome {
        store: arguments.store,
        seed: arguments.seed,
        commit: commit()?,
        kills: 0,
        kills_at_points: 0,
        acknowledged_appends: 0,
        events: 0,
        handed_to_readers: 0,
        logs: Vec::new(),
    };
    for store in 0.. {
        let times = arguments
            .kills_per_store
            .get()
            .min(arguments.kills - outcome.kills);
        if times == 0 {
            break;
        }
        let seed = arguments.seed.wrapping_add(store.into());
        let kills = Kills::new(seed).times(times);
        let survived = match arguments.store {
            Store::Sqlite => kills.run(&mut File::new()?),
            Store::Postgres => kills.run(&mut Cluster::start()?),
        };
        let failed = |source| CampaignFailed { store, seed, source };
        outcome.add(times, survived.map_err(failed)?);
    }
    Ok(outcome)
}

impl Outcome {
    fn add(&mut self, kills: u32, survived: Survived) {
        self.kills += kills;
        self.kills_at_points += survived.stopped;
        self.acknowledged_appends += survived.acknowledged;
        self.events += survived.events;
        self.handed_to_readers += survived.seen;
        self.logs.extend(survived.digest.map(|digest| digest.to_string()));
    }
}

pub(crate) fn commit() -> io::Result<String> {
    let mut describe = Command::new("git");
    describe.args(["describe", "--always", "--abbrev=40", "--exclude=*", "--dirty"]);
    let output = describe.output()?;
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// This program once more, for a victim of the same store.
pub(crate) fn victim(store: Store) -> io::Result<Command> {
    let mut command = Command::new(env::current_exe()?);
    command.args(["--store", &store.to_string()]);
    Ok(command)
}
