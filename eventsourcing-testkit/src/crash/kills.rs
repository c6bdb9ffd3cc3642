use std::sync::Arc;

use eventsourcing_core::store::{EventStore, ReadFeed, TenantStore};
use eventsourcing_core::{RecordedEvent, TenantId};
use fastrand::Rng;
use tokio::runtime::Runtime;

use super::work::FOLLOWER;
use super::{BoxError, Failed, Report, Stop, Subject, Survived, Victim, Witness};
use crate::history::read_log;

/// Kills whoever works on a store, over and over, and looks each time at what is left.
#[derive(Clone, Copy, Debug)]
pub struct Kills {
    seed: u64,
    times: u32,
}

impl Kills {
    /// Twenty kills. The seed says at which moments and points, and of whom.
    pub const fn new(seed: u64) -> Self {
        Self { seed, times: 20 }
    }

    /// How often to kill.
    #[must_use]
    pub const fn times(self, times: u32) -> Self {
        Self { times, ..self }
    }

    /// Lets victims work on a store that nobody has written to yet, and kills them.
    ///
    /// # Errors
    /// If anything is lost, torn, doubled or passed over, or a victim comes to an end by itself.
    pub fn run(&self, subject: &mut impl Subject) -> Result<Survived, Failed> {
        let runtime = Runtime::new().map_err(|source| Failed::Process { kill: 0, source })?;
        let mut rng = Rng::with_seed(self.seed);
        let mut witness = Witness::new();
        for kill in 1..=self.times {
            Kill::random(&mut rng, subject).carry_out(kill, subject, &mut witness)?;
            let unusable = |source| Failed::Unusable { kill, source };
            let log = runtime.block_on(whole_log(subject)).map_err(unusable)?;
            let checked = witness.check(&log);
            checked.map_err(|losses| Failed::Lost { kill, losses })?;
        }
        let kill = self.times;
        let log = runtime.block_on(follow_to_the_end(subject, &mut witness));
        let log = log.map_err(|source| Failed::Unusable { kill, source })?;
        let survived = witness.check_to_the_end(&log);
        survived.map_err(|losses| Failed::Lost { kill, losses })
    }
}

/// Who is killed, and when.
enum Kill {
    /// The victim, when it has told so much.
    Victim { reports: u32 },
    /// The victim, where it stops.
    StoppedVictim(Stop),
    /// The server, when its client has told so much, and that client when it has gone on for as long.
    Server { reports: u32 },
}

impl Kill {
    fn random(rng: &mut Rng, subject: &impl Subject) -> Self {
        let reports = rng.u32(..400);
        let stop = Stop {
            point: subject.points()[rng.usize(..subject.points().len())],
            pass: rng.u32(1..40),
        };
        match rng.u32(..4) {
            0 if subject.has_server() => Self::Server { reports },
            0 | 1 => Self::Victim { reports },
            _ => Self::StoppedVictim(stop),
        }
    }

    fn carry_out(&self, kill: u32, subject: &mut impl Subject, witness: &mut Witness) -> Result<(), Failed> {
        let process = |source| Failed::Process { kill, source };
        let stop = match self {
            Self::StoppedVictim(stop) => Some(*stop),
            Self::Victim { .. } | Self::Server { .. } => None,
        };
        let command = subject.command().map_err(process)?;
        let mut victim = Victim::start(command, subject.address(), stop).map_err(process)?;
        let mut listen = |reports: u32| {
            for _ in 0..reports {
                let report = victim.next_report().ok_or(Failed::EndedByItself { kill })?;
                let is_last = matches!(report, Report::Stopped { .. });
                witness.note(report);
                if is_last {
                    break;
                }
            }
            Ok(())
        };
        match self {
            Self::Victim { reports } => listen(*reports)?,
            Self::StoppedVictim(_) => listen(u32::MAX)?,
            Self::Server { reports } => {
                listen(*reports)?;
                subject
                    .kill_server()
                    .map_err(|source| Failed::Server { kill, source })?;
                listen(*reports)?;
            }
        }
        let last_words = victim.kill().map_err(process)?;
        for report in last_words {
            witness.note(report);
        }
        Ok(())
    }
}

async fn tenant(subject: &impl Subject) -> Result<TenantStore, BoxError> {
    Ok(subject.open().await?.tenant(&TenantId::DEFAULT))
}

async fn whole_log(subject: &impl Subject) -> Result<Vec<Arc<RecordedEvent>>, BoxError> {
    Ok(read_log(&*tenant(subject).await?.log).await?)
}

/// Goes on where the reader of the feed was killed last, now that nobody writes any more.
async fn follow_to_the_end(
    subject: &impl Subject,
    witness: &mut Witness,
) -> Result<Vec<Arc<RecordedEvent>>, BoxError> {
    let tenant = tenant(subject).await?;
    let mut read = ReadFeed::after(tenant.checkpoints.load(FOLLOWER).await?);
    loop {
        let page = tenant.log.read_feed(&read).await?;
        for event in &page.events {
            let position = event.position;
            witness.note(Report::Seen { position });
        }
        read.after = Some(page.scanned_to);
        if page.is_last() {
            break;
        }
    }
    Ok(read_log(&*tenant.log).await?)
}
