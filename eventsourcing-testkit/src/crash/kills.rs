use std::ffi::OsStr;
use std::sync::Arc;

use eventsourcing_core::TenantId;
use eventsourcing_core::store::EventStore;
use fastrand::Rng;
use tokio::runtime::Runtime;

use super::{Survived, Victim, Witness};
use crate::history::read_log;

/// Kills whoever works on a store, at random moments, and looks each time at what is left.
#[derive(Clone, Debug)]
pub struct Kills {
    test: String,
    times: u32,
    seed: u64,
}

impl Kills {
    /// Twenty kills of the test of this name. It has to be marked `#[ignore]`, and to call
    /// [`work_until_killed`](super::work_until_killed) with the store at the [`address`](super::address).
    pub fn new(test: &str) -> Self {
        Self {
            test: test.into(),
            times: 20,
            seed: 0,
        }
    }

    /// How often to kill.
    #[must_use]
    pub fn times(self, times: u32) -> Self {
        Self { times, ..self }
    }

    /// From what to choose the moments.
    #[must_use]
    pub fn seed(self, seed: u64) -> Self {
        Self { seed, ..self }
    }

    /// Lets victims work on the store at an address, and kills them. `open` opens the same store in this process.
    ///
    /// # Panics
    /// If anything is lost, torn, doubled or skipped, or a victim comes to an end by itself.
    pub fn run(&self, address: impl AsRef<OsStr>, open: impl AsyncFn() -> Arc<dyn EventStore>) -> Survived {
        let runtime = Runtime::new().expect("a runtime");
        let mut rng = Rng::with_seed(self.seed);
        let mut witness = Witness::new();
        let mut survived = Survived::default();
        for kill in 1..=self.times {
            self.kill_one(address.as_ref(), rng.usize(1..400), &mut witness);
            let log = runtime.block_on(async {
                let tenant = open().await.tenant(&TenantId::DEFAULT);
                read_log(&*tenant.log).await.expect("the log should be readable")
            });
            survived = witness.check(&log).unwrap_or_else(|losses| {
                panic!("after kill {kill} with seed {}: {losses:#?}", self.seed);
            });
        }
        survived
    }

    /// Lets a victim live until it has told so much.
    fn kill_one(&self, address: &OsStr, reports: usize, witness: &mut Witness) {
        let mut victim = Victim::start(&self.test, address).expect("the victim should start");
        for _ in 0..reports {
            match victim.next_report() {
                Some(report) => witness.note(report),
                None => panic!("the victim has come to an end by itself"),
            }
        }
        let last_words = victim.kill().expect("the victim should die");
        for report in last_words {
            witness.note(report);
        }
    }
}
