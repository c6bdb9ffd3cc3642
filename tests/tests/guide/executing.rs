use std::iter;
use std::num::NonZeroUsize;
use std::time::Duration;

use eventsourcing::environment::Environment;
use eventsourcing::execute::{ExecuteError, RetryPolicy};
use eventsourcing::memory::MemoryStore;
use eventsourcing::prelude::*;
use eventsourcing::snapshot::SnapshotPolicy;
use eventsourcing::store::{EventStore as _, FeedFilter};
use eventsourcing::subscription::Subscription;
use eventsourcing::{Actor, Category, CommandId, EventTypeName, TenantId, TypeFilter, TypeSet};

use super::commands::{AccountEvent, AccountId, BankError, RulesId, TransferMoney};

#[derive(Command, Clone, Debug, Serialize, Deserialize)]
#[command(emits(AccountEvent::Deposited))]
pub struct Deposit {
    #[stream(append)]
    pub account: AccountId,
    pub cents: i64,
}

impl CommandLogic for Deposit {
    type Error = BankError;

    fn handle(&self, _: &DepositState, cx: &mut Decide<Self>) -> Result<(), BankError> {
        emit!(
            cx,
            AccountEvent::Deposited {
                account: self.account.clone(),
                cents: self.cents
            }
        );
        Ok(())
    }
}

fn account(name: &str) -> AccountId {
    AccountId(name.into())
}

fn transfer(cents: i64) -> TransferMoney {
    TransferMoney {
        from: account("alice"),
        to: account("bob"),
        rules: RulesId("eu".into()),
        cents,
    }
}

/// What was paid into an account, line by line.
#[derive(Clone, Default)]
struct Statement {
    lines: Vec<String>,
}

impl State for Statement {
    type Key = AccountId;
    type Event = AccountEvent;

    fn apply(&mut self, _: &AccountId, event: &Recorded<AccountEvent>) {
        if let AccountEvent::Deposited { cents, .. } = event.payload() {
            self.lines.push(format!("{} {cents}", event.recorded_at()));
        }
    }

    fn memory(&self) -> usize {
        size_of::<Self>() + self.lines.iter().map(String::capacity).sum::<usize>()
    }
}

#[derive(Command)]
struct PrintStatement {
    #[stream(read, state = Statement)]
    account: AccountId,
}

impl CommandLogic for PrintStatement {
    type Error = BankError;

    fn handle(&self, state: &PrintStatementState, _: &mut Decide<Self>) -> Result<(), BankError> {
        let lines = &state.account.lines;
        assert!(lines.iter().map(String::len).sum::<usize>() <= state.account.memory());
        Ok(())
    }
}

#[tokio::test]
async fn states_are_kept() -> Result<(), Box<dyn std::error::Error>> {
    let store = MemoryStore::new();
    let executor = Executor::builder(store).state_cache(256 << 20).build();
    let account = account("alice");
    executor
        .execute(Deposit {
            account: account.clone(),
            cents: 100,
        })
        .await?;
    executor.execute(PrintStatement { account }).await?;
    Ok(())
}

#[derive(Clone, Default, Serialize, Deserialize)]
pub struct Turnover {
    cents: i64,
}

#[state(name = "turnover", version = 1)]
impl State for Turnover {
    type Key = AccountId;
    type Event = AccountEvent;

    fn apply(&mut self, _: &AccountId, event: &Recorded<AccountEvent>) {
        if let AccountEvent::Deposited { cents, .. } = event.payload() {
            self.cents += cents;
        }
    }
}

#[derive(Command)]
#[command(emits(AccountEvent))]
struct CheckTurnover {
    #[stream(read, state = Turnover)]
    account: AccountId,
    cents: i64,
}

impl CommandLogic for CheckTurnover {
    type Error = BankError;

    fn handle(&self, state: &CheckTurnoverState, _: &mut Decide<Self>) -> Result<(), BankError> {
        assert_eq!(state.account.cents, self.cents);
        Ok(())
    }
}

#[tokio::test]
async fn snapshots_are_taken() -> Result<(), Box<dyn std::error::Error>> {
    let store = MemoryStore::new();
    let policy = SnapshotPolicy::every(500)
        .when_slower_than(Duration::from_millis(20))
        .on(EventTypeName::from_static("account.Closed"))
        .keep(2)
        .verify_share(0.001);
    let executor = Executor::builder(store).snapshots(policy).build();
    let account = account("alice");
    for _ in 0..500 {
        executor
            .execute(Deposit {
                account: account.clone(),
                cents: 2,
            })
            .await?;
    }
    executor
        .execute(CheckTurnover {
            account,
            cents: 1_000,
        })
        .await?;
    while executor.snapshot_counts().waiting > 0 {
        tokio::task::yield_now().await;
    }
    assert_eq!(executor.snapshot_counts().taken, 1);
    Ok(())
}

#[tokio::test]
async fn a_command_runs() -> Result<(), Box<dyn std::error::Error>> {
    let executor = Executor::new(MemoryStore::new());
    executor
        .execute(Deposit {
            account: account("alice"),
            cents: 100,
        })
        .await?;

    let done = executor.execute(transfer(30)).await?;
    println!(
        "{} event(s), the last at position {}",
        done.events().len(),
        done.position()
    );
    Ok(())
}

#[tokio::test]
async fn a_repeated_command_happens_once() -> Result<(), Box<dyn std::error::Error>> {
    let executor = Executor::new(MemoryStore::new());
    let deposit = Deposit {
        account: account("alice"),
        cents: 100,
    };

    let id = CommandId::from_key("statement 2026-03, line 17");
    let first = executor.execute(deposit.clone()).command_id(id).await?;
    let again = executor.execute(deposit).command_id(id).await?;
    assert_eq!(first.position(), again.position());
    assert!(again.is_repeated());
    Ok(())
}

#[tokio::test]
async fn errors_tell_what_to_do() {
    let executor = Executor::new(MemoryStore::new());
    match executor.execute(transfer(30)).await {
        Ok(done) => println!("done at {}", done.position()),
        Err(ExecuteError::Rejected(BankError::InsufficientFunds)) => println!("not enough money"),
        Err(ExecuteError::Rejected(other)) => println!("no: {other}"),
        Err(error @ ExecuteError::UnknownOutcome { .. }) => println!("it may have happened: {error}"),
        Err(error) => println!("nothing was written: {error}"),
    }
}

#[tokio::test]
async fn who_and_for_whom() -> Result<(), Box<dyn std::error::Error>> {
    let executor = Executor::builder(MemoryStore::new())
        .retry(RetryPolicy::default().with_max_attempts(5))
        .build();
    let done = executor
        .execute(Deposit {
            account: account("alice"),
            cents: 100,
        })
        .tenant(TenantId::new("acme")?)
        .actor(Actor::new("teller-7")?)
        .await?;

    let events = done.events_of::<AccountEvent>()?;
    assert_eq!(events[0].metadata()?.actor, Some(Actor::new("teller-7")?));
    assert_eq!(events[0].tenant(), "acme");
    Ok(())
}

#[tokio::test]
async fn the_log_can_be_followed() -> Result<(), Box<dyn std::error::Error>> {
    let store = MemoryStore::new();
    let executor = Executor::new(store.clone());
    executor
        .execute(Deposit {
            account: account("alice"),
            cents: 100,
        })
        .await?;

    let tenant = store.tenant(&TenantId::DEFAULT);
    let mut subscription = Subscription::new(&tenant, None, FeedFilter::ALL);
    let page = subscription.next().await?;
    for event in &page.events {
        println!("{} {} {}", event.position, event.home.stream, event.event_type);
    }
    assert_eq!(page.events.len(), 1);
    Ok(())
}

const FIFTY: NonZeroUsize = NonZeroUsize::new(50).unwrap();
const THOUSAND: NonZeroUsize = NonZeroUsize::new(1_000).unwrap();

/// A hundred deposits of Alice, and one of Bob.
async fn deposits(store: &MemoryStore) -> Result<(), Box<dyn std::error::Error>> {
    let executor = Executor::new(store.clone());
    let names = iter::repeat_n("alice", 100).chain(["bob"]);
    for name in names {
        let account = account(name);
        executor.execute(Deposit { account, cents: 1 }).await?;
    }
    Ok(())
}

#[tokio::test]
async fn some_events_can_be_followed() -> Result<(), Box<dyn std::error::Error>> {
    let store = MemoryStore::new();
    deposits(&store).await?;
    let tenant = store.tenant(&TenantId::DEFAULT);

    let of_accounts = FeedFilter {
        types: TypeFilter::Only(TypeSet::of(const { &AccountEvent::TYPES })),
        ..FeedFilter::ALL
    };
    let of_rules = FeedFilter {
        categories: Some(vec![Category::from_static("rules")]),
        ..FeedFilter::ALL
    };
    let of_alice = FeedFilter {
        streams: Some(vec![account("alice").to_stream_id()?]),
        ..FeedFilter::ALL
    };
    for (filter, events) in [(of_accounts, 101), (of_rules, 0), (of_alice.clone(), 100)] {
        let page = Subscription::new(&tenant, None, filter).next().await?;
        assert_eq!(page.events.len(), events);
    }

    let mut subscription = Subscription::new(&tenant, None, of_alice)
        .with_max_events(FIFTY)
        .with_max_bytes(64 * 1024);
    assert_eq!(subscription.next().await?.events.len(), 50);
    Ok(())
}

#[tokio::test]
async fn who_follows_the_log_goes_on_later() -> Result<(), Box<dyn std::error::Error>> {
    let store = MemoryStore::new();
    deposits(&store).await?;
    let tenant = store.tenant(&TenantId::DEFAULT);
    let mut subscription = Subscription::new(&tenant, None, FeedFilter::ALL).with_max_events(FIFTY);
    let page = subscription.next().await?;
    tenant.checkpoints.save("statements", page.scanned_to).await?;

    let place = tenant.checkpoints.load("statements").await?;
    let mut subscription = Subscription::new(&tenant, place, FeedFilter::ALL);
    assert_eq!(subscription.next().await?.events.len(), 51);

    let mut events = Subscription::new(&tenant, place, FeedFilter::ALL).read_ahead(
        THOUSAND,
        4 * 1024 * 1024,
        &Environment::default(),
    );
    let page = events.next().await?;
    assert_eq!(page.events.len(), 51);
    assert_eq!(events.checkpoint(), Some(page.scanned_to));
    Ok(())
}
