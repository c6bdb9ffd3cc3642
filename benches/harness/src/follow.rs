use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use tokio::io::{AsyncBufReadExt as _, BufReader, stdin};
use tokio::task::JoinSet;
use tokio::time::{Instant, interval, timeout};

use crate::bank::{ACCOUNTS, EVENTS_PER_ACCOUNT};
use crate::drive::Load;
use crate::measured::Measured;
use crate::protocol::{Followed, Said};
use crate::sink::Sink;
use crate::subject::{Follows, Subject};
use crate::usage::CpuTime;
use crate::work::Work;

/// A subscriber that meets nothing new for so long has missed what it has not met.
const PATIENCE: Duration = Duration::from_secs(3);

/// How long a subscriber reads at most: what it has not met by then is left out of the measurement.
const LONGEST: Duration = Duration::from_secs(20);

/// Reads all that was seeded, or as much as there is time for; the events count as commands.
pub(crate) async fn catch_up<S: Subject>(subject: Arc<S>) -> Result<Said> {
    if S::FOLLOWS == Follows::Not {
        return Ok(Said::Cannot);
    }
    let events = ACCOUNTS * EVENTS_PER_ACCOUNT;
    Said::Ready.say()?;
    BufReader::new(stdin()).read_line(&mut String::new()).await?;

    let sink = Arc::new(Sink::counting(events));
    let (cpu, begun) = (CpuTime::of_self()?, Instant::now());
    let mut subscriber = JoinSet::new();
    subscriber.spawn(subject.follow(Arc::clone(&sink)));
    tokio::select! {
        // Either way it counts what was read.
        _ = timeout(LONGEST, sink.reached()) => {}
        Some(ended) = subscriber.join_next() => {
            ended.context("the subscriber panicked")??;
            if sink.count() < events {
                bail!("the subscriber ended after {} of {events} events", sink.count());
            }
        }
    }
    let (read, seconds) = (sink.count().min(events), begun.elapsed().as_secs_f64());
    ensure!(read > 0, "the subscriber has read nothing in {seconds} s");
    Ok(Said::Measured(Measured {
        committed: read,
        attempts: read,
        seconds,
        client_cpu: (CpuTime::of_self()? - cpu).as_secs_f64(),
        ..Measured::default()
    }))
}

/// Lets a subscriber follow while clients write at full speed, and looks whether it has met everything that is stored.
pub(crate) async fn follow<S: Subject>(subject: Arc<S>, clients: usize, time: Duration) -> Result<Said> {
    if S::FOLLOWS != Follows::Live {
        return Ok(Said::Cannot);
    }
    let sink = Arc::new(Sink::remembering());
    let mut subscriber = JoinSet::new();
    subscriber.spawn(Arc::clone(&subject).follow(Arc::clone(&sink)));
    let load = Load {
        work: Work::W1,
        clients,
        time,
        commands: None,
    };
    load.run(&subject).await?;

    let stored = subject.markers().await?;
    let mut ticks = interval(Duration::from_millis(20));
    let mut progress = (sink.count(), Instant::now());
    while sink.missing(&stored) > 0 && progress.1.elapsed() < PATIENCE {
        ticks.tick().await;
        if let Some(ended) = subscriber.try_join_next() {
            ended.context("the subscriber panicked")??;
            bail!("the subscriber ended");
        }
        if sink.count() > progress.0 {
            progress = (sink.count(), Instant::now());
        }
    }
    let missing = sink.missing(&stored);
    Ok(Said::Followed(Followed {
        stored: stored.len() as u64,
        missing,
    }))
}
