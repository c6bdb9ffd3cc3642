//! What does not start.

use eventsourcing::memory::MemoryStore;
use eventsourcing::postgres::PgTx;
use eventsourcing::postgres::sqlx;
use eventsourcing::prelude::*;
use eventsourcing::projection::StartProjectionsError;
use eventsourcing::service::StartError;
use eventsourcing::store::EventStore;
use eventsourcing::store::rows::{PrepareError, TableRefused};

use super::audit::{Auditing, Place};
use crate::bank::{AccountEvent, Close, Move, Open};

#[expect(clippy::panic, reason = "this is how tests fail")]
async fn why_not(store: impl EventStore) -> StartProjectionsError {
    match Auditing::builder(store).start().await {
        Err(StartError::Projections(error)) => error,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn sql_for_a_database_does_not_start_on_another_store() {
    let error = why_not(MemoryStore::new()).await;
    assert!(
        matches!(
            &error,
            StartProjectionsError::OtherDatabase {
                projection: "audit",
                database: "PostgreSQL",
                found: None
            }
        ),
        "{error}"
    );
    let place = Place::start().await;
    let error = why_not(place.open_without_sql().await).await;
    assert!(error.to_string().contains("PostgresOptions::sql_pool"), "{error}");
}

/// Forgets its table, or finds that it is there.
#[derive(Default)]
struct Forgetful;

#[projection(name = "forgetful", version = 1, tables("notes"))]
impl Forgetful {
    #[create]
    async fn create(&self, tx: &mut PgTx) -> Result<(), sqlx::Error> {
        let other = sqlx::query("create temporary table notes_v1 (n bigint)");
        other.execute(&mut **tx).await.map(drop)
    }

    #[on(AccountEvent::Moved)]
    async fn moved(&self, _tx: &mut PgTx) {}
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
    let others = "create table eventsourcing.notes_v1 (n bigint)";
    sqlx::query(others).execute(&place.pool).await.unwrap();
    assert_eq!(why_no_table(&place).await, TableRefused::NameTaken);
}

/// Cannot make its table.
#[derive(Default)]
struct Clumsy;

#[projection(name = "clumsy", version = 1, tables("notes"))]
impl Clumsy {
    #[create]
    async fn create(&self, tx: &mut PgTx) -> Result<(), sqlx::Error> {
        let table = tx.sql("create table {} (n nonsense)", [Self::NOTES]);
        sqlx::query(table).execute(&mut **tx).await.map(drop)
    }

    #[on(AccountEvent::Moved)]
    async fn moved(&self, _tx: &mut PgTx) {}
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
}
