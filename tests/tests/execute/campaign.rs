//! Many commands at once, on a store that fails all the time; afterwards the history checker looks for anything wrong.
//!
//! 32 tasks work on ten accounts, mostly from states that are kept. Now and then the bank moves on to ten new ones, of which
//! none are.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use eventsourcing::execute::RetryPolicy;
use eventsourcing::memory::MemoryStore;
use eventsourcing::prelude::*;
use eventsourcing::snapshot::SnapshotPolicy;
use eventsourcing::store::EventStore as _;
use eventsourcing::{CommandId, Metadata, RecordedEvent, TenantId};
use eventsourcing_testkit::fault::{FaultPlan, FaultyStore};
use eventsourcing_testkit::history::{Action, History, RecordingStore, check, read_log};
use fastrand::Rng;
use tokio::task::JoinSet;

use super::bank::{
    Account, AccountEvent, AccountId, BankError, NameFees, account, deposit, transfer, withdraw,
};
use super::discovery::transfer_with_fees;

const TASKS: u64 = 32;
const ACCOUNTS: u32 = 10;

/// Looks at all accounts at one moment.
#[derive(Command)]
#[command(emits(AccountEvent))]
struct Audit {
    #[stream(read, state = Account)]
    accounts: Vec<AccountId>,
}

impl CommandLogic for Audit {
    type Error = BankError;

    fn handle(&self, state: &AuditState, _: &mut Decide<Self>) -> Result<(), BankError> {
        let overdrawn = state.accounts.iter().find(|(_, account)| account.balance < 0);
        match overdrawn {
            Some((_, Account { balance, .. })) => Err(BankError::InsufficientFunds { balance: *balance }),
            None => Ok(()),
        }
    }
}

/// What came of the commands of a campaign.
#[derive(Debug, Default)]
struct Tally {
    done: u32,
    rejected: u32,
    /// Those that took more than one attempt, by their ids.
    retried: HashSet<CommandId>,
    /// What was deposited, less what was withdrawn.
    total: i64,
}

impl Tally {
    fn commands(&self) -> u32 {
        self.done + self.rejected
    }

    fn add(mut self, other: Self) -> Self {
        self.done += other.done;
        self.rejected += other.rejected;
        self.retried.extend(other.retried);
        self.total += other.total;
        self
    }
}

/// What each task works on, by chance.
struct Client {
    executor: Executor,
    rng: Rng,
    tally: Tally,
}

impl Client {
    /// Executes one command on the accounts of a round.
    async fn command(&mut self, round: u32) {
        let [one, other] = [(); 2].map(|()| self.account(round));
        let amount = self.rng.i64(1..100);
        match self.rng.u32(..100) {
            0..30 => self.execute(deposit(&one, amount), amount).await,
            30..40 => self.execute(withdraw(&one, amount), -amount).await,
            40..65 => self.execute(transfer(&one, &other, amount), 0).await,
            65..85 => self.execute(transfer_with_fees(&one, &other, amount), 0).await,
            85..90 => {
                let fees = NameFees {
                    account: account(&one),
                    payable_to: account(&other),
                };
                self.execute(fees, 0).await;
            }
            _ => {
                let accounts = (0..ACCOUNTS).map(|n| account(&name(round, n))).collect();
                self.execute(Audit { accounts }, 0).await;
            }
        }
    }

    fn account(&mut self, round: u32) -> String {
        name(round, self.rng.u32(..ACCOUNTS))
    }

    async fn execute(&mut self, command: impl CommandLogic<Error = BankError>, change: i64) {
        match self.executor.execute(command).await {
            Ok(done) => {
                self.tally.done += 1;
                self.tally.total += change;
                if done.attempts() > 1 {
                    self.tally.retried.insert(done.command_id());
                }
            }
            Err(error) => {
                let rejection = error.into_rejection();
                assert!(matches!(rejection, Some(BankError::InsufficientFunds { balance }) if balance >= 0));
                self.tally.rejected += 1;
            }
        }
    }
}

fn name(round: u32, number: u32) -> String {
    format!("{round}-{number}")
}

/// What is known after a campaign.
struct Aftermath {
    tally: Tally,
    history: History,
    log: Vec<Arc<RecordedEvent>>,
}

/// Executes so many commands, in tasks that are shared out among the executors.
async fn campaign(executors: &[Executor], recording: &RecordingStore, commands: u32) -> Aftermath {
    const COMMANDS_OF_A_ROUND: u32 = 100;
    let next = Arc::new(AtomicU32::new(0));
    let mut tasks = JoinSet::new();
    for (task, executor) in (0..TASKS).zip(executors.iter().cycle()) {
        let next = Arc::clone(&next);
        let mut client = Client {
            executor: executor.clone(),
            rng: Rng::with_seed(task),
            tally: Tally::default(),
        };
        tasks.spawn(async move {
            loop {
                let command = next.fetch_add(1, Ordering::Relaxed);
                if command >= commands {
                    return client.tally;
                }
                client.command(command / COMMANDS_OF_A_ROUND).await;
            }
        });
    }
    let tally = tasks
        .join_all()
        .await
        .into_iter()
        .fold(Tally::default(), Tally::add);
    let history = recording.recorder(&TenantId::DEFAULT).history();
    let log = read_log(&*recording.tenant(&TenantId::DEFAULT).log)
        .await
        .unwrap();
    Aftermath { tally, history, log }
}

impl Aftermath {
    /// No balance is ever below zero, and all of them together are what was brought in.
    fn assert_that_the_books_balance(&self) {
        let mut accounts: HashMap<AccountId, Account> = HashMap::new();
        for event in &self.log {
            let recorded = Recorded::<AccountEvent>::decode(Arc::clone(event)).unwrap();
            for place in event.streams() {
                let key = AccountId::from_stream_id(&place.stream).unwrap();
                let account = accounts.entry(key.clone()).or_default();
                account.apply(&key, &recorded);
                assert!(
                    account.balance >= 0,
                    "{key:?} is overdrawn at position {}",
                    event.position
                );
            }
        }
        let total: i64 = accounts.values().map(|account| account.balance).sum();
        assert_eq!(total, self.tally.total);
    }

    /// The commands with an append whose outcome was unknown at first. Those that wrote nothing are not counted.
    fn unknown_at_first(&self) -> HashSet<CommandId> {
        let metadata = |action: &Action| match action {
            Action::Settled(appended) => Some(appended.events.first()?.metadata.clone()),
            Action::Command(command) if command.settled => {
                Some(command.sent.as_ref()?.events.first()?.metadata.clone())
            }
            _ => None,
        };
        let actions = self.history.operations.iter().map(|operation| &operation.action);
        actions
            .filter_map(metadata)
            .map(|bytes| Metadata::from_bytes(&bytes).unwrap().command_id)
            .collect()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_hundred_thousand_commands_on_a_bad_day() {
    const COMMANDS: u32 = 100_000;
    let plan = FaultPlan {
        unavailable: 180,
        delays: 20,
        longest_delay: Duration::from_millis(1),
        ..FaultPlan::rough(7)
    };
    let store = FaultyStore::new(Arc::new(MemoryStore::new()), plan);
    let recording = RecordingStore::new(Arc::new(store.clone()));
    let policy = RetryPolicy::default()
        .with_max_attempts(50)
        .with_pauses(Duration::from_micros(100), Duration::from_millis(1));
    let executor = Executor::builder(recording.clone()).retry(policy).build();

    let after = campaign(&[executor], &recording, COMMANDS).await;
    assert_eq!(after.tally.commands(), COMMANDS, "no command has failed");
    let unknown = after.unknown_at_first();
    let troubled = after.tally.retried.union(&unknown).count();
    assert!(
        troubled * 100 >= COMMANDS as usize * 30,
        "{troubled} commands have met a fault"
    );
    assert!(
        unknown.len() * 100 >= COMMANDS as usize * 5,
        "{} outcomes were unknown",
        unknown.len()
    );

    let report = check(&after.history, &after.log);
    report.assert_clean();
    assert_eq!(
        report.counts.conflicted, 0,
        "those who wait their turn do not meet in conflicts"
    );
    after.assert_that_the_books_balance();
}

/// Nearly nothing is kept in memory, so nearly every command goes on from a snapshot, which may be one that was just written, is
/// just being written, or could not be.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn commands_that_go_on_from_snapshots_on_a_bad_day() {
    const COMMANDS: u32 = 20_000;
    let store = FaultyStore::new(Arc::new(MemoryStore::new()), FaultPlan::rough(13));
    let recording = RecordingStore::new(Arc::new(store));
    let policy = RetryPolicy::default()
        .with_max_attempts(200)
        .with_pauses(Duration::from_micros(100), Duration::from_millis(1));
    let executors = [(); 2].map(|()| {
        Executor::builder(recording.clone())
            .retry(policy)
            .state_cache(2_000)
            .snapshots(SnapshotPolicy::every(3).verify_share(0.2))
            .build()
    });

    let after = campaign(&executors, &recording, COMMANDS).await;
    assert_eq!(after.tally.commands(), COMMANDS, "no command has failed");
    check(&after.history, &after.log).assert_clean();
    after.assert_that_the_books_balance();
    for executor in &executors {
        let counts = executor.snapshot_counts();
        assert_eq!((counts.differed, counts.unusable), (0, 0));
        assert!(
            counts.used > 1_000 && counts.verified > 100 && counts.taken > 100,
            "{counts:?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn without_faults_each_command_takes_one_attempt() {
    const COMMANDS: u32 = 20_000;
    let recording = RecordingStore::new(Arc::new(MemoryStore::new()));
    let executor = Executor::new(recording.clone());

    let after = campaign(&[executor], &recording, COMMANDS).await;
    assert_eq!(after.tally.commands(), COMMANDS);
    assert!(after.tally.retried.is_empty());
    let report = check(&after.history, &after.log);
    report.assert_clean();
    assert_eq!(report.counts.conflicted, 0);
    after.assert_that_the_books_balance();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_executors_meet_in_conflicts_and_no_command_fails_for_it() {
    const COMMANDS: u32 = 10_000;
    let store = FaultyStore::new(Arc::new(MemoryStore::new()), FaultPlan::rough(11));
    let recording = RecordingStore::new(Arc::new(store));
    let policy = RetryPolicy::default().with_max_attempts(200);
    let executors = [(); 2].map(|()| Executor::builder(recording.clone()).retry(policy).build());

    let after = campaign(&executors, &recording, COMMANDS).await;
    assert_eq!(after.tally.commands(), COMMANDS);
    let report = check(&after.history, &after.log);
    report.assert_clean();
    assert!(report.counts.conflicted > 100, "{}", report.counts);
    after.assert_that_the_books_balance();
}
