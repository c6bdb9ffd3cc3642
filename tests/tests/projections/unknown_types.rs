//! At a type that nobody knows, whoever may have taken it stops, before anything else happens.

use std::num::NonZeroU32;

use eventsourcing::TenantId;
use eventsourcing::environment::Environment;
use eventsourcing::prelude::*;
use eventsourcing::processor::{ProcessorBuilder, ProcessorState};
use eventsourcing::projection::{Projection, ProjectionState, QueryError, WaitForError};
use eventsourcing::service::Runtime;
use eventsourcing::store::rows::ProjectionName;
use eventsourcing::store::{EventStore, FeedFilter};
use eventsourcing::{Category, Position};

use super::bank::{self, AccountEvent, AccountId, Close, Move, Open, open, status};
use super::ledger::{EntryRow, Ledger, Poison, entries, pay, start};
use super::places::{Place, on_every_store, until};
use super::processors::{Sink, hasty};
use super::refusing::append;

/// A program that has renamed all events, and forgotten their names.
mod renamed {
    use super::*;

    #[derive(Event, Clone, Debug, PartialEq)]
    #[event(prefix = "account")]
    pub enum Renamed {
        Sent {
            #[stream]
            from: AccountId,
            amount: i64,
        },
    }

    #[derive(Command, Clone, Debug, Serialize, Deserialize)]
    #[command(emits(Renamed::Sent))]
    pub struct Send {
        #[stream(append)]
        pub from: AccountId,
    }

    impl CommandLogic for Send {
        type Error = std::convert::Infallible;

        fn handle(&self, _: &SendState, cx: &mut Decide<Self>) -> Result<(), Self::Error> {
            let from = self.from.clone();
            emit!(cx, Renamed::Sent { from, amount: 1 });
            Ok(())
        }
    }

    #[derive(Default)]
    pub struct Ledger;

    #[projection(name = "ledger", version = 2, row = EntryRow)]
    impl Ledger {
        #[on(Renamed::Sent)]
        fn sent(&self, from: &AccountId, amount: &i64, rows: &mut Rows<EntryRow>) {
            rows.entry(from).amounts.push(*amount);
        }
    }

    #[service(commands(Send), projections(Ledger))]
    pub struct Books;
}

/// What the bank does not know.
#[derive(Event, Clone, Debug, PartialEq)]
#[event(prefix = "account")]
pub enum Foreign {
    Paid {
        #[stream]
        account: AccountId,
    },
}

/// Books of those who know it.
#[service(
    commands(Open, Move, Close),
    projections(Ledger),
    extern_events(Foreign = "the shop stores them")
)]
pub struct Told;

/// A payment under a name that nobody knows.
async fn pay_otherwise(store: &impl EventStore) -> Position {
    append(store, "account-ann", "account.Paid", r#"{"account": "ann"}"#).await
}

async fn has_stopped<P: Projection>(books: &Runtime, position: Position, name: &str) {
    let error = books.wait_for::<P>(position).await.unwrap_err();
    assert!(matches!(error, WaitForError::Stopped { .. }), "{error}");
    let unknown = format!("does not know: `{name}`");
    assert!(error.to_string().contains(&unknown), "{error}");
    assert_eq!(status(books, "ledger").state, ProjectionState::Stopped);
}

async fn is_not_ready(books: &Runtime) {
    let error = books.rows::<EntryRow>().all().await.unwrap_err();
    assert!(matches!(error, QueryError::NotReady(_)), "{error}");
    let status = status(books, "ledger");
    assert!(!status.is_ready && !status.is_active, "{status:?}");
}

/// The version of the ledger that people see.
async fn active(store: &impl EventStore) -> Option<NonZeroU32> {
    let rows = store.tenant(&TenantId::DEFAULT).rows;
    rows.active(&ProjectionName::from_static("ledger")).await.unwrap()
}

async fn a_log_of_old_names_makes_no_projection_complete(place: Place) {
    let store = place.open().await;
    let unknown = pay_otherwise(&store).await;
    for _ in 0..2 {
        let books = start(&store, &Poison::default()).await;
        has_stopped::<Ledger>(&books, unknown, "account.Paid").await;
        is_not_ready(&books).await;
        bank::stop(books).await;
    }
    assert_eq!(active(&store).await, None);
}

async fn a_new_version_that_knows_no_old_name_does_not_take_the_place_of_the_old_one(place: Place) {
    let store = place.open().await;
    let books = start(&store, &Poison::default()).await;
    let paid = pay(&books, &[("ann", 1)]).await;
    books.wait_for::<Ledger>(paid).await.unwrap();
    assert_eq!(active(&store).await, NonZeroU32::new(1));

    let next = renamed::Books::builder(place.open().await).start().await.unwrap();
    has_stopped::<renamed::Ledger>(&next, paid, "account.Moved").await;
    is_not_ready(&next).await;
    assert_eq!(active(&store).await, NonZeroU32::new(1));
    assert_eq!(entries(&books).await["ann"], [1], "the old version serves on");
    bank::stop(next).await;
    bank::stop(books).await;
}

async fn a_type_that_appears_later_stops_a_projection_and_whoever_stands_by(place: Place) {
    let store = place.open().await;
    let books = start(&store, &Poison::default()).await;
    let paid = pay(&books, &[("ann", 1)]).await;
    books.wait_for::<Ledger>(paid).await.unwrap();
    let standby = start(&place.open().await, &Poison::default()).await;
    standby.wait_for::<Ledger>(paid).await.unwrap();

    let unknown = pay_otherwise(&store).await;
    for books in [&books, &standby] {
        has_stopped::<Ledger>(books, unknown, "account.Paid").await;
        assert_eq!(
            entries(books).await["ann"],
            [1],
            "what was complete can be asked for"
        );
    }
    bank::stop(standby).await;
    bank::stop(books).await;
}

async fn a_program_that_knows_less_than_the_one_before_stops_at_once(place: Place) {
    let store = place.open().await;
    let told = Told::builder(place.open().await).start().await.unwrap();
    let unknown = pay_otherwise(&store).await;
    told.wait_for::<Ledger>(unknown).await.unwrap();
    bank::stop(told).await;

    let books = start(&store, &Poison::default()).await;
    let has_stopped = || status(&books, "ledger").state == ProjectionState::Stopped;
    until("it stops, though nothing is new", has_stopped).await;
    let error = status(&books, "ledger").error.unwrap();
    assert!(error.contains("does not know: `account.Paid`"), "{error}");
    bank::stop(books).await;
}

async fn a_processor_stops_until_it_is_told(place: Place) {
    let store = place.open().await;
    let bank = bank::start(&store).await;
    let sink = Sink::default();
    let mails = || hasty(bank.processor("mails")).events::<AccountEvent>();
    let processor = mails().start(sink.clone()).await.unwrap();
    let opened = open(&bank, "ann", "Ada").await;
    processor.wait_for(opened).await.unwrap();

    let unknown = pay_otherwise(&store).await;
    let error = processor.wait_for(unknown).await.unwrap_err().to_string();
    assert!(error.contains("does not know: `account.Paid`"), "{error}");
    assert_eq!(processor.status().state, ProcessorState::Stopped);

    let told = mails().knows::<Foreign>().start(sink.clone()).await.unwrap();
    told.wait_for(unknown).await.unwrap();
    assert_eq!(sink.taken(), [opened]);
    bank::stop(bank).await;
}

async fn a_processor_passes_over_no_log_of_old_names(place: Place) {
    let store = place.open().await;
    let unknown = pay_otherwise(&store).await;
    let bank = bank::start(&store).await;
    let account = FeedFilter {
        categories: Some(vec![Category::from_static("account")]),
        ..FeedFilter::ALL
    };
    let alone = ProcessorBuilder::new("alone", bank.bus(), &Environment::default());
    for builder in [
        bank.processor("of-the-service").events::<AccountEvent>(),
        alone.events::<AccountEvent>().filter(account),
    ] {
        let sink = Sink::default();
        let processor = builder.start(sink.clone()).await.unwrap();
        let error = processor.wait_for(unknown).await.unwrap_err().to_string();
        assert!(error.contains("does not know: `account.Paid`"), "{error}");
        assert!(sink.taken().is_empty());
    }
    bank::stop(bank).await;
}

async fn a_processor_of_all_events_takes_what_nobody_knows(place: Place) {
    let store = place.open().await;
    let bank = bank::start(&store).await;
    let sink = Sink::default();
    let processor = hasty(bank.processor("audit")).start(sink.clone()).await.unwrap();
    let unknown = pay_otherwise(&store).await;
    processor.wait_for(unknown).await.unwrap();
    assert_eq!(sink.taken(), [unknown]);
    bank::stop(bank).await;
}

on_every_store! {
    a_log_of_old_names_makes_no_projection_complete,
    a_new_version_that_knows_no_old_name_does_not_take_the_place_of_the_old_one,
    a_type_that_appears_later_stops_a_projection_and_whoever_stands_by,
    a_program_that_knows_less_than_the_one_before_stops_at_once,
    a_processor_stops_until_it_is_told,
    a_processor_passes_over_no_log_of_old_names,
    a_processor_of_all_events_takes_what_nobody_knows,
}
