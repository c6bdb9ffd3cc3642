//! Event types that the program does not know, or cannot read.

use std::error::Error as _;
use std::sync::Arc;

use eventsourcing::event::{DecodeError, DecodeFailure};
use eventsourcing::execute::{Bug, ExecuteError};
use eventsourcing::memory::MemoryStore;
use eventsourcing::prelude::*;
use eventsourcing::store::{Append, ErrorClass, EventStore as _};
use eventsourcing::{ContentType, EventId, EventTypeName, NewEvent, SchemaVersion, TenantId};

use super::bank::{Account, AccountId, Noted, Notes, SetLimit, account, deposit, note, rules, withdraw};
use super::stage::Stage;

/// Stores an event as another program would have.
async fn store(executor: &Executor, event_type: &str, schema_version: SchemaVersion, payload: &str) {
    let event = NewEvent {
        id: EventId::new(uuid::Uuid::now_v7()),
        event_type: EventTypeName::new(event_type).unwrap(),
        schema_version,
        content_type: ContentType::JSON,
        payload: payload.to_owned().into(),
        metadata: "{}".into(),
        home: account("alice").to_stream_id().unwrap(),
        links: Vec::new(),
    };
    let append = Append {
        events: vec![event],
        ..Append::default()
    };
    let log = executor.store().tenant(&TenantId::DEFAULT).log;
    log.append(Arc::new(append)).await.unwrap();
}

fn unknown_types<E: std::fmt::Debug>(error: ExecuteError<E>) -> Vec<String> {
    match error {
        ExecuteError::Bug(Bug::UnknownEventTypes { category, names }) => {
            assert_eq!(category, "account");
            names.iter().map(ToString::to_string).collect()
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_type_that_the_program_does_not_know_is_refused_and_not_passed_over() {
    let executor = Executor::new(MemoryStore::new());
    executor.execute(deposit("alice", 100)).await.unwrap();
    store(&executor, "account.Received", 1, "{}").await;

    let error = executor.execute(withdraw("alice", 1)).await.unwrap_err();
    assert_eq!(error.class(), ErrorClass::Bug);
    assert!(
        error
            .source()
            .unwrap()
            .to_string()
            .contains("`account.Received`; give their types an `alias`")
    );
    assert_eq!(unknown_types(error), ["account.Received"]);
}

#[tokio::test]
async fn an_unknown_type_in_another_account_is_refused_too_and_in_another_category_is_not() {
    let executor = Executor::new(MemoryStore::new());
    store(&executor, "account.Received", 1, "{}").await;
    let error = executor.execute(withdraw("bob", 0)).await.unwrap_err();
    assert_eq!(unknown_types(error), ["account.Received"]);

    let set_limit = SetLimit {
        rules: rules("eu"),
        limit: 1,
    };
    executor.execute(set_limit).await.unwrap();
}

#[tokio::test]
async fn a_type_that_was_made_known_to_the_executor_is_passed_over() {
    let shared = MemoryStore::new();
    let strict = Executor::new(shared.clone());
    strict.execute(deposit("alice", 100)).await.unwrap();
    strict.execute(note("alice", "a good customer")).await.unwrap();
    assert_eq!(
        unknown_types(strict.execute(withdraw("alice", 1)).await.unwrap_err()),
        ["account.Noted"]
    );

    let informed = Executor::builder(shared).events::<Noted>().build();
    informed.execute(withdraw("alice", 1)).await.unwrap();
}

#[tokio::test]
async fn dictionaries_are_looked_into_again_when_they_have_grown_and_only_then() {
    let stage = Stage::default();
    // Without what is kept, every command reads.
    let executor = Executor::builder(stage.clone()).state_cache(0).build();
    executor.execute(deposit("alice", 100)).await.unwrap();
    executor.execute(withdraw("alice", 1)).await.unwrap();
    executor.execute(withdraw("alice", 1)).await.unwrap();
    assert_eq!(
        stage.dictionaries_read(),
        2,
        "the first withdrawal was a new type"
    );
    executor.execute(withdraw("alice", 1)).await.unwrap();
    executor.execute(withdraw("bob", 0)).await.unwrap();
    assert_eq!(stage.dictionaries_read(), 2);

    store(&executor, "account.Received", 1, "{}").await;
    let error = executor.execute(withdraw("alice", 1)).await.unwrap_err();
    assert_eq!(unknown_types(error), ["account.Received"]);
    let error = executor.execute(withdraw("alice", 1)).await.unwrap_err();
    assert_eq!(
        unknown_types(error),
        ["account.Received"],
        "and it is not forgotten"
    );
}

#[tokio::test]
async fn a_command_that_does_not_read_first_finds_an_unknown_type_in_its_stream() {
    let executor = Executor::new(Stage::default());
    executor.execute(deposit("alice", 100)).await.unwrap();
    for _ in 0..3 {
        executor.execute(withdraw("alice", 1)).await.unwrap();
    }
    store(&executor, "account.Received", 1, "{}").await;
    let error = executor.execute(withdraw("alice", 1)).await.unwrap_err();
    assert_eq!(unknown_types(error), ["account.Received"]);
}

/// The account as an older program knew it.
mod before {
    use super::AccountId;
    use eventsourcing::prelude::*;

    #[derive(Event, Clone, Debug, PartialEq)]
    #[event(prefix = "account")]
    pub enum OldEvent {
        Received {
            #[stream]
            account: AccountId,
            cents: i64,
        },
        Audited {
            #[stream]
            account: AccountId,
        },
    }
}

/// The account as the program knows it now: `Received` has a new name, `Audited` is of no interest any more.
mod after {
    use super::AccountId;
    use eventsourcing::prelude::*;

    #[derive(Event, Clone, Debug, PartialEq)]
    #[event(prefix = "account", retired("account.Audited"))]
    pub enum NewEvent {
        #[event(alias = "account.Received")]
        Paid {
            #[stream]
            account: AccountId,
            cents: i64,
        },
    }

    #[derive(Clone, Default)]
    pub struct Total(pub i64);

    impl State for Total {
        type Key = AccountId;
        type Event = NewEvent;

        fn apply(&mut self, _: &AccountId, event: &Recorded<NewEvent>) {
            let NewEvent::Paid { cents, .. } = event.payload();
            self.0 += cents;
        }
    }

    #[derive(Debug, PartialEq, thiserror::Error)]
    #[error("the total is {0}")]
    pub struct TotalIs(pub i64);

    #[derive(Command)]
    pub struct AddUp {
        #[stream(state = Total)]
        pub account: AccountId,
    }

    impl CommandLogic for AddUp {
        type Error = TotalIs;

        fn handle(&self, state: &AddUpState, _: &mut Decide<Self>) -> Result<(), TotalIs> {
            Err(TotalIs(state.account.0))
        }
    }
}

#[tokio::test]
async fn a_renamed_type_is_read_by_its_alias_and_a_retired_one_is_passed_over() {
    let executor = Executor::new(MemoryStore::new());
    assert!(before::OldEvent::TYPES.contains("account.Received"));
    store(
        &executor,
        "account.Received",
        1,
        r#"{"account":"alice","cents":70}"#,
    )
    .await;
    store(&executor, "account.Audited", 1, r#"{"account":"alice"}"#).await;
    store(&executor, "account.Paid", 1, r#"{"account":"alice","cents":7}"#).await;

    let error = executor
        .execute(after::AddUp {
            account: account("alice"),
        })
        .await
        .unwrap_err();
    assert_eq!(error.into_rejection(), Some(after::TotalIs(77)));
}

async fn unreadable(executor: &Executor) -> DecodeError {
    let error = executor.execute(withdraw("alice", 1)).await.unwrap_err();
    assert_eq!(error.class(), ErrorClass::Bug);
    match error {
        ExecuteError::Bug(Bug::UnreadableHistory(error)) => error,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn an_event_that_cannot_be_read_stops_the_command_and_is_named() {
    let executor = Executor::new(MemoryStore::new());
    executor.execute(deposit("alice", 100)).await.unwrap();
    store(&executor, "account.Deposited", 1, r#"{"account":"alice"}"#).await;

    let error = unreadable(&executor).await;
    assert_eq!(
        error.to_string(),
        "cannot read event 2 of stream `account-alice`, a `account.Deposited` of schema version 1 at position 2"
    );
    assert!(matches!(error.failure, DecodeFailure::Payload(_)));
}

#[tokio::test]
async fn an_event_of_a_newer_program_stops_the_command() {
    let executor = Executor::new(MemoryStore::new());
    store(
        &executor,
        "account.Deposited",
        2,
        r#"{"account":"alice","amount":1}"#,
    )
    .await;
    assert!(matches!(
        unreadable(&executor).await.failure,
        DecodeFailure::NewerVersion { known: 1 }
    ));
}

/// Looks at an account, and at the notes beside those it discovers.
#[derive(Command)]
#[command(emits(), discovers(noted: AccountId, state = Notes))]
struct LookAround {
    #[stream(read, state = Account)]
    account: AccountId,
}

impl StreamResolver for LookAround {
    fn discover(&self, _: &LookAroundState, found: &mut LookAroundFound) {
        found.noted(account("bob"));
    }
}

impl CommandLogic for LookAround {
    type Error = std::convert::Infallible;

    fn handle(&self, _: &LookAroundState, _: &mut Decide<Self>) -> Result<(), Self::Error> {
        Ok(())
    }
}

#[tokio::test]
async fn what_a_command_reads_of_discovered_streams_is_known_before_any_is_discovered() {
    let executor = Executor::new(MemoryStore::new());
    executor.execute(deposit("alice", 100)).await.unwrap();
    executor.execute(note("bob", "late")).await.unwrap();
    let look_around = LookAround {
        account: account("alice"),
    };
    executor.execute(look_around).await.unwrap();
}
