//! One account is poisoned; all others go on.

use std::num::NonZeroUsize;
use std::time::Duration;

use eventsourcing::TenantId;
use eventsourcing::memory::MemoryStore;
use eventsourcing::postgres::PostgresStore;
use eventsourcing::prelude::*;
use eventsourcing::projection::{ParkedError, ProjectionState, WaitForError};
use eventsourcing::sqlite::SqliteStore;
use eventsourcing::store::EventStore;
use postgres_server::Server;

use super::bank::{AccountEvent, AccountId, Close, Move, Open, account, hasty, status, stop, transfer};
use super::ledger::{Books, Ledger, Poison, entries, parked, pay, retry, skip, start, start_with};

/// What is expected of the entries of accounts.
macro_rules! entries {
    ($($account:literal: [$($amount:literal),*]),*) => {
        [$(($account.to_owned(), vec![$($amount),*])),*].into()
    };
}

/// From the first failure to the last repair, with a restart in between.
async fn a_story(store: impl EventStore + Clone) {
    let poison = Poison::of([13, 17]);
    let books = start(&store, &poison).await;
    let payments = [
        ("ann", 1),
        ("ann", 13),
        ("bob", 2),
        ("ann", 3),
        ("bob", 17),
        ("cem", 4),
        ("ann", 5),
    ];
    let last = pay(&books, &payments).await;

    // Ann and Bob are parked.
    let error = books.wait_for::<Ledger>(last).await.unwrap_err();
    assert!(matches!(error, WaitForError::Parked { .. }), "{error}");
    assert_eq!(
        entries(&books).await,
        entries!("ann": [1], "bob": [2], "cem": [4])
    );
    let reasons = parked(&books)
        .await
        .into_iter()
        .map(|event| (event.sequence, event.attempts, event.reason));
    let because = |reason: &str| Some(format!("the handler failed: {reason} cannot be booked"));
    assert_eq!(
        reasons.collect::<Vec<_>>(),
        [
            ("account-ann".to_owned(), 3, because("13")),
            ("account-ann".to_owned(), 0, None),
            ("account-ann".to_owned(), 0, None),
            ("account-bob".to_owned(), 3, because("17")),
        ]
    );
    stop(books).await;

    // They stay so over a restart, and what comes is parked behind.
    let books = start(&store, &poison).await;
    assert_eq!(status(&books, "ledger").parked_events, 4);
    let done = pay(&books, &[("ann", 6), ("cem", 7)]).await;
    let caught_up = books.wait_for::<Ledger>(done).await.unwrap();
    assert_eq!((caught_up.position, caught_up.parked_events), (done, 5));
    assert_eq!(
        entries(&books).await,
        entries!("ann": [1], "bob": [2], "cem": [4, 7])
    );

    // It fails again, until it is mended.
    let again = retry(&books, "account-ann").await.unwrap_err();
    assert!(
        matches!(&again, ParkedError::FailedAgain { event } if event.attempts == 4),
        "{again}"
    );
    poison.mend(13);
    retry(&books, "account-ann").await.unwrap();
    assert_eq!(entries(&books).await["ann"], [1, 13, 3, 5, 6]);
    pay(&books, &[("ann", 8), ("bob", 9)]).await;

    // What is skipped is gone, and what waits behind it comes after all.
    let of_bob = parked(&books).await.remove(0);
    skip(&books, &of_bob).await.unwrap();
    books.settled().await.unwrap();
    assert_eq!(
        entries(&books).await,
        entries!("ann": [1, 13, 3, 5, 6, 8], "bob": [2, 9], "cem": [4, 7])
    );
    assert_eq!(parked(&books).await, []);
    stop(books).await;
}

#[tokio::test]
async fn a_poisoned_account_waits_and_the_others_go_on_in_memory() {
    a_story(MemoryStore::new()).await;
}

#[tokio::test]
async fn a_poisoned_account_waits_and_the_others_go_on_in_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    a_story(SqliteStore::open(folder.path().join("books.db")).await.unwrap()).await;
}

#[tokio::test]
async fn a_poisoned_account_waits_and_the_others_go_on_in_postgres() {
    let server = Server::start().unwrap();
    a_story(PostgresStore::connect(&server.url()).await.unwrap()).await;
}

#[tokio::test(start_paused = true)]
async fn who_waits_for_an_event_that_is_parked_is_told_and_nobody_else() {
    let books = start(&MemoryStore::new(), &Poison::of([13])).await;
    let mine = transfer(&books, "ann", "shop", 13).await;
    let other = Move {
        from: account("bob"),
        to: account("shop"),
        amount: 1,
    };
    let other = books.execute(other).await.unwrap();

    let caught_up = books.wait_for::<Ledger>(&other).await.unwrap();
    assert_eq!(caught_up.parked_events, 1);
    let error = books.wait_for::<Ledger>(mine).await.unwrap_err();
    let WaitForError::Parked { parked, .. } = &error else {
        panic!("{error}");
    };
    assert_eq!((parked.position, parked.sequence.as_str()), (mine, "account-ann"));
    assert!(error.to_string().contains("has parked the event"), "{error}");
    assert!(
        books.settled().await.is_err(),
        "a test that settles does not overlook it"
    );
}

/// Payments of two accounts at once.
#[derive(Command, Clone, Debug, Serialize, Deserialize)]
#[command(emits(AccountEvent::Moved))]
struct PayBoth {
    #[stream(append)]
    first: AccountId,
    #[stream(append)]
    second: AccountId,
    #[stream(append)]
    to: AccountId,
    amounts: [i64; 2],
}

impl CommandLogic for PayBoth {
    type Error = std::convert::Infallible;

    fn handle(&self, _: &PayBothState, cx: &mut Decide<Self>) -> Result<(), Self::Error> {
        for (from, amount) in [&self.first, &self.second].into_iter().zip(self.amounts) {
            let (from, to) = (from.clone(), self.to.clone());
            emit!(cx, AccountEvent::Moved { from, to, amount });
        }
        Ok(())
    }
}

#[tokio::test(start_paused = true)]
async fn who_has_done_several_things_is_told_if_any_of_them_is_parked() {
    let books = start(&MemoryStore::new(), &Poison::of([13])).await;
    let pay = PayBoth {
        first: account("ann"),
        second: account("bob"),
        to: account("shop"),
        amounts: [13, 1],
    };
    let done = books.execute(pay).await.unwrap();
    let error = books.wait_for::<Ledger>(&done).await.unwrap_err();
    assert!(matches!(error, WaitForError::Parked { .. }), "{error}");
    let caught_up = books.wait_for::<Ledger>(done.position()).await.unwrap();
    assert_eq!(
        caught_up.parked_events, 1,
        "of a position, nobody knows what else was done"
    );
}

#[tokio::test(start_paused = true)]
async fn status_and_health_tell_what_is_parked() {
    let books = start(&MemoryStore::new(), &Poison::of([13, 17])).await;
    let last = pay(&books, &[("bob", 17), ("ann", 13), ("ann", 1), ("cem", 2)]).await;
    books.wait_for::<Ledger>(last).await.unwrap();
    let health = books.health().await;
    let [ledger] = health.status.projections.as_slice() else {
        panic!("{health:?}");
    };
    assert_eq!(
        (ledger.state, ledger.parked_events, ledger.lag_events),
        (ProjectionState::Live, 3, 0)
    );
    let told = ledger
        .parked
        .iter()
        .map(|one| (one.first.sequence.as_str(), one.events));
    assert_eq!(told.collect::<Vec<_>>(), [("account-bob", 1), ("account-ann", 2)]);
}

#[tokio::test(start_paused = true)]
async fn what_is_parked_is_listed_page_by_page() {
    let books = start(&MemoryStore::new(), &Poison::of([13])).await;
    let last = pay(&books, &[("ann", 13), ("ann", 1), ("bob", 13)]).await;
    books.wait_for::<Ledger>(last).await.unwrap_err();
    let page = |after| {
        let limit = NonZeroUsize::new(2).unwrap();
        books
            .projections()
            .parked(&TenantId::DEFAULT, "ledger", after, limit)
    };
    let first = page(None).await.unwrap();
    let second = page(first.last()).await.unwrap();
    assert_eq!([first.clone(), second.clone()].concat(), parked(&books).await);
    assert_eq!((first.len(), second.len()), (2, 1));
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_done_about_parked_events_is_refused() {
    let books = start(&MemoryStore::new(), &Poison::of([13])).await;
    let last = pay(&books, &[("ann", 13), ("ann", 1)]).await;
    books.wait_for::<Ledger>(last).await.unwrap_err();
    let [first, behind] = parked(&books).await.try_into().unwrap();

    let error = skip(&books, &behind).await.unwrap_err();
    assert!(matches!(error, ParkedError::NotFirst { first: id, .. } if id == first.event));
    let error = retry(&books, "account-bob").await.unwrap_err();
    assert!(matches!(error, ParkedError::NoSuchSequence { .. }));
    skip(&books, &first).await.unwrap();
    let error = skip(&books, &first).await.unwrap_err();
    assert!(matches!(error, ParkedError::NotParked { .. }));

    let (projections, stranger) = (books.projections().clone(), TenantId::new("stranger").unwrap());
    for (tenant, name) in [(TenantId::DEFAULT, "legder"), (stranger, "ledger")] {
        let error = projections.retry(&tenant, name, "account-ann").await.unwrap_err();
        assert!(matches!(error, ParkedError::NotRunning { .. }));
    }
    stop(books).await;
    let error = projections
        .retry(&TenantId::DEFAULT, "ledger", "account-ann")
        .await
        .unwrap_err();
    assert!(matches!(error, ParkedError::Stopped { .. }));
}

#[tokio::test(start_paused = true)]
async fn no_more_events_are_parked_than_may_be_and_a_retry_makes_room() {
    let poison = Poison::of([13]);
    let books = start_with(&MemoryStore::new(), &poison, hasty().with_max_parked(2)).await;
    let last = pay(
        &books,
        &[("ann", 13), ("ann", 1), ("bob", 2), ("ann", 3), ("bob", 4)],
    )
    .await;
    let error = books.wait_for::<Ledger>(last).await.unwrap_err();
    assert!(matches!(error, WaitForError::Failed { .. }), "{error}");
    assert!(
        error
            .to_string()
            .contains("2 events are already, as many as may be"),
        "{error}"
    );
    assert_eq!(status(&books, "ledger").state, ProjectionState::Failed);
    assert_eq!(entries(&books).await, entries!("bob": [2]));

    poison.mend(13);
    retry(&books, "account-ann").await.unwrap();
    while books.settled().await.is_err() {
        // Time stands still but for pauses.
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    assert_eq!(entries(&books).await, entries!("ann": [13, 1, 3], "bob": [2, 4]));
}

#[tokio::test(start_paused = true)]
async fn each_tenant_has_parked_events_of_its_own() {
    let store = MemoryStore::new();
    let tenants = ["one", "two"].map(|tenant| TenantId::new(tenant).unwrap());
    let ledger = Ledger {
        poison: Poison::of([13]),
    };
    let poison = ledger.poison.clone();
    let builder = Books::builder(store)
        .projection_policy(hasty())
        .projection(ledger);
    let books = builder.tenants(tenants.clone()).start().await.unwrap();
    for (tenant, amount) in tenants.iter().zip([13, 1]) {
        let command = Move {
            from: account("ann"),
            to: account("shop"),
            amount,
        };
        let done = books.execute(command).tenant(tenant.clone()).await.unwrap();
        let parked = books.wait_for_in::<Ledger>(tenant, &done).await;
        assert_eq!(parked.is_err(), amount == 13);
    }
    poison.mend(13);
    let [one, two] = tenants;
    let projections = books.projections();
    assert!(projections.retry(&two, "ledger", "account-ann").await.is_err());
    projections.retry(&one, "ledger", "account-ann").await.unwrap();
    books.settled().await.unwrap();
}

#[derive(Row, Clone, Debug, PartialEq)]
#[row(table = "received")]
struct ReceivedRow {
    #[key]
    account: AccountId,
    cents: i64,
}

/// Ordered by who receives, not by the stream of who pays.
#[derive(Default)]
struct Received {
    poison: Poison,
}

#[projection(name = "received", version = 1, row = ReceivedRow, parallel_by = to)]
impl Received {
    #[on(AccountEvent::Moved)]
    fn moved(&self, to: &AccountId, amount: &i64, rows: &mut Rows<ReceivedRow>) -> Result<(), &'static str> {
        if self.poison.holds(*amount) {
            return Err("no");
        }
        rows.entry(to).cents += amount;
        Ok(())
    }
}

#[service(commands(Open, Move, Close), projections(Received))]
struct Inbox;

#[tokio::test(start_paused = true)]
async fn a_field_may_tell_what_waits_for_what() {
    let received = Received {
        poison: Poison::of([13]),
    };
    let poison = received.poison.clone();
    let inbox = Inbox::builder(MemoryStore::new())
        .projection_policy(hasty())
        .projection(received);
    let inbox = inbox.start().await.unwrap();
    transfer(&inbox, "a", "ann", 13).await;
    transfer(&inbox, "b", "ann", 1).await;
    let last = transfer(&inbox, "a", "bob", 2).await;
    assert_eq!(inbox.wait_for::<Received>(last).await.unwrap().parked_events, 2);
    let cents = async |name: &str| {
        let row = inbox.rows::<ReceivedRow>().get(&account(name)).await.unwrap();
        row.map_or(0, |row| row.cents)
    };
    assert_eq!((cents("ann").await, cents("bob").await), (0, 2));

    poison.mend(13);
    inbox
        .projections()
        .retry(&TenantId::DEFAULT, "received", "ann")
        .await
        .unwrap();
    assert_eq!(cents("ann").await, 14);
}
