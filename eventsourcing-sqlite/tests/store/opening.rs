//! Which files are taken, and what becomes of the others.

use std::error::Error;
use std::fs;

use eventsourcing_core::store::{Capabilities, EventStore};
use eventsourcing_sqlite::{OpenError, SqliteErrorKind, SqliteOptions, SqliteStore, Synchronous};
use eventsourcing_testkit::fixture::{append, event};
use tokio::task::JoinSet;

use crate::folder::{Folder, log, sqlite_kind};

#[tokio::test]
async fn a_file_that_is_no_database_is_refused_and_left_alone() {
    let folder = Folder::new();
    let text = "no database, but a letter. ".repeat(100);
    fs::write(folder.file(), &text).unwrap();
    let error = SqliteStore::open(folder.file()).await.unwrap_err();
    assert_eq!(
        sqlite_kind(&error),
        Some(SqliteErrorKind::NotADatabase),
        "{error:?}"
    );
    assert_eq!(fs::read_to_string(folder.file()).unwrap(), text);
}

#[tokio::test]
async fn a_file_that_cannot_be_made_is_told_of_once() {
    let folder = Folder::new();
    let error = SqliteStore::open(folder.file().join("in/no/folder.db"))
        .await
        .unwrap_err();
    assert_eq!(
        sqlite_kind(&error),
        Some(SqliteErrorKind::CannotOpen),
        "{error:?}"
    );
    assert_eq!(error.to_string(), "the file of the database cannot be opened");
    assert_ne!(error.source().unwrap().to_string(), error.to_string());
}

#[tokio::test]
async fn a_newer_schema_is_refused() {
    let folder = Folder::new();
    drop(folder.open().await);
    folder
        .connect()
        .execute("insert into es_schema values (1000, 0)", [])
        .unwrap();
    let error = SqliteStore::open(folder.file()).await.unwrap_err();
    assert!(
        matches!(
            error,
            OpenError::NewerSchema {
                found: 1000,
                known: 1
            }
        ),
        "{error:?}"
    );
}

#[tokio::test]
async fn the_file_of_another_application_is_refused_and_left_alone() {
    let folder = Folder::new();
    folder.connect().pragma_update(None, "application_id", 7).unwrap();
    let error = SqliteStore::open(folder.file()).await.unwrap_err();
    assert!(
        matches!(error, OpenError::OtherApplication { application_id: 7 }),
        "{error:?}"
    );
    let mode: String = folder
        .connect()
        .pragma_query_value(None, "journal_mode", |row| row.get(0))
        .unwrap();
    assert_eq!(mode, "delete");
}

#[tokio::test]
async fn a_file_with_tables_of_the_application_is_shared_with_it() {
    let folder = Folder::new();
    let connection = folder.connect();
    connection
        .execute_batch("create table titles (title text); pragma user_version = 12")
        .unwrap();
    let store = folder.open().await;
    log(&store)
        .append(append([event("a.Happened", "a-1")]).into())
        .await
        .unwrap();

    connection
        .execute("insert into titles values ('Emma')", [])
        .unwrap();
    connection.pragma_update(None, "application_id", 7).unwrap();
    let user_version: i32 = connection
        .pragma_query_value(None, "user_version", |row| row.get(0))
        .unwrap();
    assert_eq!(user_version, 12);
    folder.open().await;
}

#[tokio::test]
async fn a_file_that_is_made_says_what_it_is() {
    let folder = Folder::new();
    folder.open().await;
    let id: i32 = folder
        .connect()
        .pragma_query_value(None, "application_id", |row| row.get(0))
        .unwrap();
    assert_eq!(&id.to_be_bytes(), b"evnt");
}

#[tokio::test]
async fn what_is_no_file_is_refused() {
    for path in ["", ":memory:"] {
        let error = SqliteStore::open(path).await.unwrap_err();
        assert!(matches!(error, OpenError::NotAFile { .. }), "{path:?}: {error:?}");
    }
}

#[tokio::test]
async fn a_missing_folder_is_an_error() {
    let folder = Folder::new();
    let error = SqliteStore::open(folder.file().join("events.db"))
        .await
        .unwrap_err();
    assert_eq!(
        sqlite_kind(&error),
        Some(SqliteErrorKind::CannotOpen),
        "{error:?}"
    );
}

#[tokio::test]
async fn many_may_make_the_file_at_the_same_time() {
    let folder = Folder::new();
    let opened: JoinSet<_> = (0..8).map(|_| SqliteStore::open(folder.file())).collect();
    let opened = opened.join_all().await;
    let mut identities: Vec<_> = opened
        .into_iter()
        .map(|store| store.expect("the store should open").identity())
        .collect();
    identities.dedup();
    assert_eq!(identities.len(), 1);
}

#[tokio::test]
async fn only_what_reaches_the_disk_is_called_durable() {
    let folder = Folder::new();
    let full = folder.open().await;
    let normal = folder
        .open_with(SqliteOptions::new().synchronous(Synchronous::Normal))
        .await;
    assert_eq!(
        full.capabilities(),
        Capabilities {
            durable: true,
            shared: true
        }
    );
    assert_eq!(
        normal.capabilities(),
        Capabilities {
            durable: false,
            shared: true
        }
    );
}
