use std::time::Duration;

use eventsourcing_testkit::crash::{BoxError, Subject};
use fastrand::Rng;
use serde::Serialize;
use tokio::runtime::Runtime;

use super::bank::{SLICES, TTL, check, writes_of_slices};
use super::instance::Instance;
use crate::arguments::{Arguments, Store};
use crate::campaign::{commit, victim};
use crate::postgres::Cluster;
use crate::sqlite::File;

/// What a campaign has come to: the rows are those of an uninterrupted run.
#[derive(Debug, Serialize)]
pub(crate) struct Outcome {
    work: &'static str,
    store: Store,
    /// How many processes were at work at the same time.
    instances: u32,
    seed: u64,
    /// The commit of the code that was run, with `-dirty` if it has been changed since.
    commit: String,
    kills: u32,
    /// How often a process was frozen until others had taken its leases, and then went on.
    freezes: u32,
    /// The deposits in the logs, each of which is in the rows once.
    events: u32,
    /// How often the victims have written each slice of the counters.
    writes_of_slices: [u64; SLICES],
}

/// Why a campaign has failed.
#[derive(Debug, thiserror::Error)]
#[error("store number {store} with seed {seed}")]
struct CampaignFailed {
    store: u32,
    seed: u64,
    source: BoxError,
}

pub(crate) fn run(arguments: &Arguments) -> Result<Outcome, BoxError> {
    let mut outcome = Outcome {
        work: "balances",
        store: arguments.store,
        instances: arguments.instances.get(),
        seed: arguments.seed,
        commit: commit()?,
        kills: 0,
        freezes: 0,
        events: 0,
        writes_of_slices: [0; SLICES],
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
        let survived = match arguments.store {
            Store::Sqlite => outcome.add(&mut File::new()?, seed, times),
            Store::Postgres => outcome.add(&mut Cluster::start()?, seed, times),
        };
        survived.map_err(|source| CampaignFailed { store, seed, source })?;
    }
    Ok(outcome)
}

impl Outcome {
    /// Kills so often in one store, freezes as often, and looks at what is left.
    fn add(&mut self, subject: &mut impl Subject, seed: u64, times: u32) -> Result<(), BoxError> {
        let mut rng = Rng::with_seed(seed);
        let mut instances = Vec::new();
        for _ in 0..self.instances {
            instances.push(self.start(subject)?);
        }
        for _ in 0..times {
            std::thread::sleep(Duration::from_millis(rng.u64(100..600)));
            let frozen = &instances[rng.usize(..instances.len())];
            frozen.freeze(TTL.mul_f64(1.5 + rng.f64()))?;
            self.freezes += 1;
            std::thread::sleep(Duration::from_millis(rng.u64(50..300)));
            if subject.has_server() && rng.u32(..8) == 0 {
                subject.kill_server()?;
            }
            instances.swap_remove(rng.usize(..instances.len())).kill()?;
            self.kills += 1;
            instances.push(self.start(subject)?);
        }
        for instance in instances {
            instance.kill()?;
        }
        Runtime::new()?.block_on(async {
            let store = subject.open().await?;
            let written = writes_of_slices(&*store).await?;
            for (all, written) in self.writes_of_slices.iter_mut().zip(written) {
                *all += written;
            }
            self.events += check(store).await?;
            Ok(())
        })
    }

    fn start(&self, subject: &impl Subject) -> Result<Instance, BoxError> {
        let mut command = victim(self.store)?;
        command.args(["--work", "balances"]);
        Ok(Instance::start(command, &subject.address())?)
    }
}
