//! Readers that follow while others write at full speed.

use std::error::Error;
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use eventsourcing::bus::BusSubscription;
use eventsourcing::processor::{Batch, Processor};
use eventsourcing::service::Runtime;
use eventsourcing::store::{Checkpoint, EventStore, FeedError, FeedFilter, FeedPage, ReadFeed};
use eventsourcing::subscription::Subscription;
use eventsourcing::{Position, TenantId};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::arguments::Arguments;
use crate::bank::{AccountId, Balances, Bank, Deposit};
use crate::error::{BoxError, Failed};
use crate::outcome::Followed;
use crate::part::deposits;

/// How many readers of each kind there are.
const OF_A_KIND: usize = 4;
/// How many accounts the writers share.
const ACCOUNTS: u32 = 64;

pub(crate) async fn follow(store: Arc<dyn EventStore>, arguments: &Arguments) -> Result<Followed, BoxError> {
    let bank = Bank::builder(Arc::clone(&store)).start().await?;
    let after = bank.bus().end(&TenantId::DEFAULT).await?;
    let (end, ends) = watch::channel(None);
    let mut readers = JoinSet::new();
    for _ in 0..OF_A_KIND {
        let tenant = store.tenant(&TenantId::DEFAULT);
        let of_log = Subscription::new(&tenant, Some(after), FeedFilter::ALL);
        readers.spawn(read(Follower::OfLog(of_log), ends.clone()));
        let of_bus = bank
            .bus()
            .subscribe(&TenantId::DEFAULT, Some(after), FeedFilter::ALL);
        readers.spawn(read(Follower::OfBus(of_bus), ends.clone()));
    }
    let (processor, taken) = processor(&bank, after).await?;

    let begin = Instant::now();
    let until = begin + Duration::from_secs(arguments.seconds);
    let mut writers = JoinSet::new();
    for writer in 0..arguments.writers.get() {
        let bank = bank.clone();
        writers.spawn(async move { write(&bank, writer, until).await });
    }
    let mut acknowledged = 0;
    while let Some(written) = writers.join_next().await {
        acknowledged += written??;
    }
    let seconds = begin.elapsed().as_secs_f64();

    let last = bank.bus().end(&TenantId::DEFAULT).await?.position;
    end.send_replace(Some(last));
    let log = log_after(&*store, after.position).await?;
    Failed::unless_equal(
        "events that were acknowledged",
        u64::try_from(log.len())?,
        acknowledged,
    )?;
    let mut handed = Vec::new();
    while let Some(read) = readers.join_next().await {
        handed.push(read??);
    }
    processor.wait_for(last).await?;
    handed.push(taken.lock().unwrap_or_else(PoisonError::into_inner).clone());
    for (reader, found) in handed.iter().enumerate() {
        if *found != log {
            return Err(Failed::Reader {
                reader,
                found: found.len(),
                expected: log.len(),
            }
            .into());
        }
    }
    bank.wait_for::<Balances>(last).await?;
    let all = log_after(&*store, Position::START).await?.len();
    Failed::unless_equal("deposits in rows", deposits(&bank).await?, u64::try_from(all)?)?;
    Ok(Followed {
        writers: arguments.writers.get(),
        readers: handed.len() + 1,
        events: log.len(),
        events_per_second: f64::from(u32::try_from(log.len())?) / seconds,
        missed: 0,
    })
}

async fn write(bank: &Runtime, writer: u32, until: Instant) -> Result<u64, BoxError> {
    let mut done = 0;
    let mut account = writer;
    while Instant::now() < until {
        account = (account + 1) % ACCOUNTS;
        let deposit = Deposit {
            account: AccountId(account),
        };
        bank.execute(deposit).await?;
        done += 1;
    }
    Ok(done)
}

/// How a reader hears of events.
enum Follower {
    OfBus(BusSubscription),
    OfLog(Subscription),
}

impl Follower {
    async fn next(&mut self) -> Result<FeedPage, FeedError> {
        match self {
            Self::OfBus(subscription) => subscription.next().await,
            Self::OfLog(subscription) => subscription.next().await,
        }
    }
}

/// Everything that comes, until the end is known and reached.
async fn read(
    mut follower: Follower,
    mut end: watch::Receiver<Option<Position>>,
) -> Result<Vec<Position>, FeedError> {
    let mut read = Vec::new();
    let mut scanned_to = Position::START;
    loop {
        let is_over = |end: &Option<Position>| end.is_some_and(|end| end <= scanned_to);
        tokio::select! {
            page = follower.next() => {
                let page = page?;
                scanned_to = page.scanned_to.position;
                read.extend(page.events.iter().map(|event| event.position));
            }
            // The sender goes with whoever waits for this.
            _ = end.wait_for(is_over) => return Ok(read),
        }
    }
}

type Taken = Arc<Mutex<Vec<Position>>>;

async fn processor(bank: &Runtime, after: Checkpoint) -> Result<(Processor, Taken), BoxError> {
    let taken = Taken::default();
    let sink = Arc::clone(&taken);
    let take = move |batch: Batch| {
        let positions = batch.events().iter().map(|event| event.position);
        sink.lock()
            .unwrap_or_else(PoisonError::into_inner)
            .extend(positions);
        std::future::ready(Ok::<_, Box<dyn Error + Send + Sync>>(()))
    };
    let processor = bank.processor("followers").begin_after(after).start(take).await?;
    Ok((processor, taken))
}

/// What is there, read again from the beginning.
async fn log_after(store: &dyn EventStore, after: Position) -> Result<Vec<Position>, FeedError> {
    const TEN_THOUSAND: NonZeroUsize = NonZeroUsize::new(10_000).unwrap();
    let log = store.tenant(&TenantId::DEFAULT).log;
    let mut read = ReadFeed {
        max_events: TEN_THOUSAND,
        ..ReadFeed::after(None)
    };
    let mut found = Vec::new();
    loop {
        let page = log.read_feed(&read).await?;
        let positions = page.events.iter().map(|event| event.position);
        found.extend(positions.filter(|position| *position > after));
        if page.is_last() {
            return Ok(found);
        }
        read.after = Some(page.scanned_to);
    }
}
