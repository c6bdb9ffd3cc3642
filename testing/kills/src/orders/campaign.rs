use std::collections::BTreeSet;
use std::time::Duration;

use eventsourcing_testkit::crash::{BoxError, Subject};
use fastrand::Rng;
use serde::Serialize;
use tokio::runtime::Runtime;

use super::check;
use super::instance::{Instance, STOCK};
use super::point::{Point, Stop};
use crate::arguments::{Arguments, Store};
use crate::campaign::{commit, victim};
use crate::postgres::Cluster;
use crate::sqlite::File;

/// What a campaign has come to: every order was led to its end, once.
#[derive(Debug, Serialize)]
pub(crate) struct Outcome {
    work: &'static str,
    store: Store,
    /// How many stores the orders are in.
    stores: u8,
    /// How many processes were at work at the same time.
    instances: u32,
    seed: u64,
    /// The commit of the code that was run, with `-dirty` if it has been changed since.
    commit: String,
    kills: u32,
    /// How many of the victims had stopped at a named point.
    kills_at_points: u32,
    /// The orders: each has one reservation, one payment, one confirmation and one parcel, unless it was refused.
    orders: usize,
    /// Those of them for what is never in stock: each has one cancellation, and nothing else.
    refused: usize,
    /// Those of them that were acknowledged.
    acknowledged: usize,
    /// The events in the logs.
    events: usize,
}

/// Why a campaign has failed.
#[derive(Debug, thiserror::Error)]
#[error("store number {store} with seed {seed}")]
struct CampaignFailed {
    store: u32,
    seed: u64,
    source: BoxError,
}

/// A victim that does not come to where it stops is killed after this time.
const PATIENCE: Duration = Duration::from_secs(3);

pub(crate) fn run(arguments: &Arguments) -> Result<Outcome, BoxError> {
    let mut outcome = Outcome {
        work: "orders",
        store: arguments.store,
        stores: arguments.stores,
        instances: arguments.instances.get(),
        seed: arguments.seed,
        commit: commit()?,
        kills: 0,
        kills_at_points: 0,
        orders: 0,
        refused: 0,
        acknowledged: 0,
        events: 0,
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
    /// Kills so often in one store, and looks at what is left.
    fn add(&mut self, subject: &mut impl Subject, seed: u64, times: u32) -> Result<(), BoxError> {
        let stock = if self.stores == 2 {
            Some(File::new()?)
        } else {
            None
        };
        let stock = stock.as_ref();
        let mut rng = Rng::with_seed(seed);
        let mut acknowledged = BTreeSet::new();
        let mut instances = Vec::new();
        for _ in 0..self.instances {
            instances.push(self.start(subject, stock, &mut rng)?);
        }
        for _ in 0..times {
            let mut killed = instances.remove(0);
            let patience = if killed.stops() {
                PATIENCE
            } else {
                Duration::from_millis(rng.u64(50..600))
            };
            if killed.work(patience)? {
                self.kills_at_points += 1;
            }
            if subject.has_server() && rng.u32(..8) == 0 {
                subject.kill_server()?;
            }
            acknowledged.extend(killed.kill()?);
            self.kills += 1;
            instances.push(self.start(subject, stock, &mut rng)?);
        }
        for instance in instances {
            acknowledged.extend(instance.kill()?);
        }
        let left = Runtime::new()?.block_on(async {
            let stock = match stock {
                Some(stock) => Some(stock.open().await?),
                None => None,
            };
            check::check(subject.open().await?, stock, &acknowledged).await
        })?;
        self.orders += left.orders;
        self.refused += left.refused;
        self.events += left.events;
        self.acknowledged += acknowledged.len();
        Ok(())
    }

    /// Starts a victim: every second one, by chance, stops at a point.
    fn start(
        &self,
        subject: &impl Subject,
        stock: Option<&File>,
        rng: &mut Rng,
    ) -> Result<Instance, BoxError> {
        let mut command = victim(self.store)?;
        command.args(["--work", "orders"]);
        if let Some(stock) = stock {
            command.env(STOCK, stock.address());
        }
        let stop = rng.bool().then(|| Stop {
            point: Point::ALL[rng.usize(..Point::ALL.len())],
            pass: rng.u32(1..40),
        });
        Ok(Instance::start(command, &subject.address(), stop)?)
    }
}
