//! What does not start.

use eventsourcing::memory::MemoryStore;
use eventsourcing::prelude::*;
use eventsourcing::projection::StartProjectionsError;
use eventsourcing::service::{Runtime, StartError};
use eventsourcing::store::rows::{PrepareError, TableRefused};

use super::audit::Auditing;
use super::database::{NAME, Place, Tx, sqlx};
use crate::bank::{AccountEvent, Close, Move, Open};

/// Why a service has not started.
#[expect(clippy::panic, reason = "this is how tests fail")]
pub fn why_not(started: Result<Runtime, StartError>) -> StartProjectionsError {
    match started {
        Err(StartError::Projections(error)) => error,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn sql_for_a_database_does_not_start_on_another_store() {
    let error = why_not(Auditing::builder(MemoryStore::new()).start().await);
    assert!(
        matches!(
            &error,
            StartProjectionsError::OtherDatabase {
                projection: "audit",
                database: NAME,
                found: None
            }
        ),
        "{error}"
    );
}

/// Forgets its table, or finds that it is there.
#[derive(Default)]
struct Forgetful;

#[projection(name = "forgetful", version = 1, tables("notes"))]
impl Forgetful {
    #[create]
    async fn create(&self, tx: &mut Tx) -> Result<(), sqlx::Error> {
        let other = sqlx::query("create temporary table notes_v1 (n bigint)");
        other.execute(&mut **tx).await.map(drop)
    }

    #[on(AccountEvent::Moved)]
    async fn moved(&self, _tx: &mut Tx) {}
}

#[service(commands(Open, Move, Close), projections(Forgetful))]
struct Forgetting;

#[expect(clippy::panic, reason = "this is how tests fail")]
async fn why_no_table(place: &Place) -> TableRefused {
    match Forgetting::builder(place.open().await).start().await {
        Err(StartError::Projections(StartProjectionsError::Prepare(PrepareError::Table {
            refused, ..
        }))) => refused,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_table_that_was_not_made_or_that_somebody_else_has_made_is_refused() {
    let place = Place::start().await;
    assert_eq!(why_no_table(&place).await, TableRefused::NotMade);
    place.make("notes_v1").await;
    assert_eq!(why_no_table(&place).await, TableRefused::NameTaken);
}

/// Cannot make its table.
#[derive(Default)]
struct Clumsy;

#[projection(name = "clumsy", version = 1, tables("notes"))]
impl Clumsy {
    #[create]
    async fn create(&self, tx: &mut Tx) -> Result<(), sqlx::Error> {
        let table = tx.sql("create table {} (n bigint)", [Self::NOTES]);
        sqlx::query(table).execute(&mut **tx).await?;
        let nonsense = sqlx::query("select nonsense");
        nonsense.execute(&mut **tx).await.map(drop)
    }

    #[on(AccountEvent::Moved)]
    async fn moved(&self, _tx: &mut Tx) {}
}

#[service(commands(Open, Move, Close), projections(Clumsy))]
struct Clumsily;

#[tokio::test]
async fn who_cannot_make_its_table_does_not_start() {
    let place = Place::start().await;
    let error = Clumsily::builder(place.open().await).start().await.unwrap_err();
    let StartError::Projections(
        error @ StartProjectionsError::Create {
            projection: "clumsy", ..
        },
    ) = error
    else {
        panic!("{error}");
    };
    let source = std::error::Error::source(&error)
        .and_then(std::error::Error::source)
        .unwrap();
    assert!(source.to_string().contains("nonsense"), "{source}");
    assert_eq!(place.tables("notes_v1").await, 0, "nothing is left");
}
